import { RECORDED } from '#shared/model/replay.ts';
import { useOperation } from '../../client/index.ts';
import { formatDuration, formatUsd, Go, plural, StateDot } from '../../ui/index.ts';
import styles from './Conversation.module.css';

/** What the last re-run of this turn showed, one line an endpoint; nothing where it was not re-run. */
export function Rerun(props: { conversation: number; turn: number }) {
  const asked = useOperation('replay.list', { conversation: props.conversation, limit: 50 });
  const last = asked.data?.replays.find((replay) => replay.turn === props.turn);
  if (!last) return null;
  const told = last.totals.filter((one) => one.endpoint !== RECORDED && one.samples > 0);
  return (
    <div className={styles.rerun}>
      <p className={styles.rerunHead}>
        <span>
          <strong>Re-run</strong> {plural(last.samples, 'time')} each, tools from the recording
        </span>
        <Go to={`/replays/${encodeURIComponent(last.id)}`}>
          {last.state === 'running' ? 'under way' : 'compare the answers'}
        </Go>
      </p>
      {told.map((one) => (
        <p key={one.endpoint}>
          <StateDot
            tone={one.passed === one.samples ? 'ok' : one.passed === 0 ? 'bad' : 'watch'}
            word={`${last.endpoints.find(({ id }) => id === one.endpoint)?.version ?? one.endpoint}: ${one.passed} of ${one.samples} correct`}
            showWord
          />{' '}
          · {formatDuration(one.latencyMs)} · {formatUsd(one.costUsd)}
        </p>
      ))}
    </div>
  );
}
