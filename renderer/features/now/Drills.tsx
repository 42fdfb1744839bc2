import type { Drilled } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { DRILL_PATH } from '../../client/plan.ts';
import { useOperation } from '../../client/query.ts';
import { formatDuration, Go, Notice } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import { DrillButton } from './DrillButton.tsx';
import styles from './now.module.css';

/** Drills that are due, or that failed: a way back that nobody has walked lately may not be there. */
export function Drills(props: { environment: string }) {
  const { environment } = props;
  const now = useNow(60);
  const asked = useOperation('actions.readiness', { environment }, { enabled: environment !== '' });
  const due =
    asked.data?.drills.filter(
      ({ everyMs, failed, idle, overdue }) =>
        idle === undefined && (overdue || (everyMs !== null && failed !== null)),
    ) ?? [];
  if (due.length === 0) return null;
  return (
    <Notice tone="watch" word={due.length === 1 ? 'A drill is due' : 'Drills are due'}>
      <ul className={styles.drills}>
        {due.map((one) => (
          <li className={styles.drillsItem} key={`${one.service} ${one.environment} ${one.drill}`}>
            <span>
              {DRILL_PATH[one.drill]} of {one.service} in {one.environment}: {stand(one, now)}
              {one.failed === null ? null : (
                <>
                  {' '}
                  · <Go to={placeOf('action', one.failed)}>the latest failed</Go>
                </>
              )}
            </span>
            <DrillButton of={one} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function stand({ at, everyMs }: Drilled, now: number): string {
  const every = everyMs === null ? '' : `, due every ${formatDuration(everyMs)}`;
  return at === null ? `never drilled${every}` : `last ${formatDuration(now - at)} ago${every}`;
}
