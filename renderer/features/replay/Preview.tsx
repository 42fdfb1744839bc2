import type { Output } from '#shared/contract/index.ts';
import type { NightdeskError } from '#shared/errors/index.ts';
import {
  ErrorState,
  formatCount,
  formatDuration,
  formatUsd,
  Notice,
  plural,
  Skeleton,
} from '../../ui/index.ts';
import styles from './replay.module.css';

/** What the run would take, guessed from the recording, and what stands in its way. */
export function Preview(props: {
  preview: Output<'replay.preview'> | undefined;
  error: NightdeskError | null;
  stale: boolean;
}) {
  const { preview } = props;
  if (props.error) {
    return <ErrorState small error={props.error} what="What it would take could not be computed" />;
  }
  if (!preview) return <Skeleton lines={2} label="Reading the recording" />;
  const { answers, blockers, cases, estimate, remarks } = preview;
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
      {remarks.map(({ code, message }) => (
        <Notice key={code + message} tone="watch" word="Note:">
          {message}
        </Notice>
      ))}
    </div>
  );
}
