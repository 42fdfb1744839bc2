import type { Output } from '#shared/contract/index.ts';
import type { NightdeskError } from '#shared/errors/index.ts';
import type { ReplayBudget, ReplayEndpoint } from '#shared/model/replay.ts';
import {
  ErrorState,
  formatCount,
  formatDuration,
  formatUsd,
  Notice,
  plural,
  Skeleton,
} from '../../ui/index.ts';
import { cutsOf } from './cuts.ts';
import styles from './replay.module.css';

/** What the run would take, guessed from the recording, what stands in its way, and where its budget would cut it. */
export function Preview(props: {
  preview: Output<'replay.preview'> | undefined;
  error: NightdeskError | null;
  stale: boolean;
  budget: ReplayBudget;
  endpoints: readonly ReplayEndpoint[];
}) {
  const { preview } = props;
  if (props.error) {
    return <ErrorState small error={props.error} what="What it would take could not be computed" />;
  }
  if (!preview) return <Skeleton lines={2} label="Reading the recording" />;
  const { answers, blockers, cases, estimate, phases, remarks } = preview;
  return (
    <div className={styles.preview} data-stale={props.stale || undefined}>
      <p>
        <strong>{plural(answers, 'answer')}</strong>
        {cases > 1 ? ` to ${plural(cases, 'conversation')}` : ''}, about{' '}
        {plural(estimate.requests, 'request')} and {formatCount(estimate.tokens)} tokens,{' '}
        {estimate.usd === null ? 'cost not known' : formatUsd(estimate.usd)}, about{' '}
        {formatDuration(estimate.ms)} if it is as fast as then.
      </p>
      {blockers.map(({ code, message }) => (
        <Notice key={code + message} tone="bad" word="Cannot run:">
          {message}
        </Notice>
      ))}
      {cutsOf(phases, props.budget, props.endpoints).map(({ limit, sentence }) => (
        <Notice key={limit} tone="watch" word="Will be cut:">
          {sentence} Raise it, or ask for fewer samples{cases > 1 ? ' or conversations' : ''}.
        </Notice>
      ))}
      {remarks.map(({ code, message }) => (
        <Notice key={code + message} tone="watch" word="Note:">
          {message}
        </Notice>
      ))}
    </div>
  );
}
