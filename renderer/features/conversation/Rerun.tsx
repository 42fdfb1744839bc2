import { RECORDED, type ReplayTotals } from '#shared/model/replay.ts';
import { placeOf } from '#shared/util/place.ts';
import { uncountedWords, wasAsked } from '#shared/util/replay-counts.ts';
import { useOperation } from '../../client/index.ts';
import { formatDuration, formatUsd, Go, plural, StateDot, type Tone } from '../../ui/index.ts';
import styles from './Conversation.module.css';

/** What the last re-run of this turn showed, one line an endpoint; nothing where it was not re-run. */
export function Rerun(props: { conversation: number; turn: number }) {
  const asked = useOperation('replay.list', { conversation: props.conversation, limit: 50 });
  const last = asked.data?.replays.find((replay) => replay.turn === props.turn);
  if (!last) return null;
  const told = last.totals.filter((one) => one.endpoint !== RECORDED && wasAsked(one));
  return (
    <div className={styles.rerun}>
      <p className={styles.rerunHead}>
        <span>
          <strong>Re-run</strong> {plural(last.samples, 'time')} each, tools from the recording
        </span>
        <Go to={placeOf('replays', last.id)}>
          {last.state === 'running' ? 'under way' : 'compare the answers'}
        </Go>
      </p>
      {told.map((one) => (
        <p key={one.endpoint}>
          <StateDot
            tone={toneOf(one)}
            word={`${last.endpoints.find(({ id }) => id === one.endpoint)?.version ?? one.endpoint}: ${resultOf(one)}`}
            showWord
          />
          {one.answers > 0 ? (
            <>
              {' '}
              · {formatDuration(one.latencyMs)} · {formatUsd(one.costUsd)}
            </>
          ) : null}
        </p>
      ))}
    </div>
  );
}

function toneOf({ passed, samples }: ReplayTotals): Tone {
  if (samples === 0) return 'unknown';
  return passed === samples ? 'ok' : passed === 0 ? 'bad' : 'watch';
}

function resultOf(totals: ReplayTotals): string {
  const { passed, samples } = totals;
  const counted = samples === 0 ? [] : [`${passed} of ${samples} correct`];
  return [...counted, uncountedWords(totals)].filter((words) => words !== '').join(', ');
}
