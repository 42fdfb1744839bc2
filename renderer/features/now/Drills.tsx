import { Button } from '@mantine/core';
import type { Drilled } from '#shared/model/action.ts';
import { useOperation } from '../../client/query.ts';
import { useSession } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { formatDuration, Go, Notice } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './now.module.css';

const PATH = { rollback: 'rollback', kill_switch: 'kill switch' } as const;

/** Drills that are due, or that failed: a way back that nobody has walked lately may not be there. */
export function Drills(props: { environment: string }) {
  const { environment } = props;
  const session = useSession();
  const now = useNow(60);
  const asked = useOperation('actions.readiness', { environment }, { enabled: environment !== '' });
  const due = asked.data?.drills.filter((one) => one.overdue || one.failed !== null) ?? [];
  if (due.length === 0) return null;
  const mayAct = session !== undefined && session.role !== 'viewer';
  return (
    <Notice tone="watch" word={due.length === 1 ? 'A drill is due' : 'Drills are due'}>
      <ul className={styles.drills}>
        {due.map((one) => (
          <li className={styles.drillsItem} key={`${one.service} ${one.environment} ${one.drill}`}>
            <span>
              {PATH[one.drill]} of {one.service} in {one.environment}: {stand(one, now)}
              {one.failed === null ? null : (
                <>
                  {' '}
                  · <Go to={`/action/${encodeURIComponent(one.failed)}`}>the latest failed</Go>
                </>
              )}
            </span>
            <Button
              size="compact-xs"
              variant="default"
              disabled={!mayAct || one.environment === null}
              onClick={() =>
                useWindow.getState().openPlan({
                  kind: 'drill',
                  service: one.service,
                  environment: one.environment ?? '',
                  drill: one.drill,
                })
              }
            >
              Drill
            </Button>
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
