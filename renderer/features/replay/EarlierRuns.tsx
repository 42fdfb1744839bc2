import { placeOf } from '#shared/util/place.ts';
import { useOperation } from '../../client/query.ts';
import { Go, Moment, Panel, StateBadge } from '../../ui/index.ts';
import { Passed } from './Passed.tsx';
import styles from './replay.module.css';
import { STATE_WORD } from './words.ts';

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
            <Go to={placeOf('replays', replay.id)}>{replay.title}</Go>
            <StateBadge tone={STATE_WORD[replay.state].tone}>
              {STATE_WORD[replay.state].word}
            </StateBadge>
            <Passed replay={replay} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
