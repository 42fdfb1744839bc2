import { RECORDED } from '#shared/model/replay.ts';
import { useOperation } from '../../client/query.ts';
import { Go, Moment, Panel, StateBadge, StateDot } from '../../ui/index.ts';
import styles from './replay.module.css';
import { endpointName, passedOf, STATE_WORD, toneOfTotals } from './words.ts';

/** What was re-run of this conversation before; nothing where that is nothing. */
export function EarlierRuns(props: { conversation: number }) {
  const asked = useOperation('replay.list', { conversation: props.conversation, limit: 20 });
  const replays = asked.data?.replays ?? [];
  if (replays.length === 0) return null;
  return (
    <Panel title="Re-run before" className={styles.earlier}>
      <ul className={styles.runs}>
        {replays.map((replay) => (
          <li key={replay.id}>
            <Moment at={replay.startedAt} seconds />
            <Go to={`/replays/${encodeURIComponent(replay.id)}`}>{replay.title}</Go>
            <StateBadge tone={STATE_WORD[replay.state].tone}>
              {STATE_WORD[replay.state].word}
            </StateBadge>
            {replay.totals
              .filter((totals) => totals.endpoint !== RECORDED && totals.answers > 0)
              .map((totals) => (
                <span key={totals.endpoint}>
                  {endpointName(replay.endpoints, totals.endpoint)}{' '}
                  <StateDot tone={toneOfTotals(totals)} word={passedOf(totals)} showWord />
                </span>
              ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
