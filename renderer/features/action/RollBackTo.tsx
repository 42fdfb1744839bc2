import { NativeSelect } from '@mantine/core';
import type { ActionRequest } from '#shared/model/action.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { type WayBack, waysBack } from '../../client/plan.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { formatAge } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './action.module.css';
import { asOne, partsOf } from './parts.ts';

/** To which version it goes back; another choice is another plan. Where there is only the stable one, nothing is asked. */
export function RollBackTo({ request }: { request: ActionRequest }) {
  const parts = partsOf(request);
  const rollback = parts.find((one) => one.kind === 'rollback');
  const environment = rollback?.environment ?? '';
  const enabled = rollback !== undefined;
  const models = useOperation('models.list', { environment }, { enabled });
  const flags = useOperation('flags.list', { environment }, { enabled });
  const now = useNow(60);
  if (rollback === undefined || !models.data || !flags.data) return null;
  const { service, to } = rollback;
  const ways = choicesOf(waysBack(models.data.models, flags.data.flags, service), to);
  if (ways.length < 2) return null;
  return (
    <div className={styles.choice}>
      <label className={styles.lead} htmlFor="roll-back-to">
        To
      </label>
      <NativeSelect
        id="roll-back-to"
        size="xs"
        value={to ?? ways[0]?.version}
        data={ways.map(({ version, part, lastSeenAt }) => ({
          value: version,
          label: plainString(
            part === 'stable' ? `${version}, stable` : `${version}${servedWords(lastSeenAt, now)}`,
          ),
        }))}
        onChange={({ currentTarget: { value } }) =>
          useWindow
            .getState()
            .changePlan(asOne(parts.map((one) => (one === rollback ? { ...one, to: value } : one))))
        }
      />
    </div>
  );
}

/** What was asked for is among them, whatever it is: the plan says what is wrong with it. */
function choicesOf(ways: readonly WayBack[], to: string | undefined): WayBack[] {
  if (to === undefined || ways.some(({ version }) => version === to)) return [...ways];
  return [...ways, { version: to, part: 'other', lastSeenAt: null }];
}

function servedWords(at: number | null, now: number): string {
  return at === null ? '' : `, last served ${formatAge(now - at)} ago`;
}
