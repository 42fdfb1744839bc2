import { NativeSelect } from '@mantine/core';
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import type { ActionRequest } from '#shared/model/action.ts';
import { plainString } from '#shared/util/visible-text.ts';
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
  const ways = waysBack(models.data.models, flags.data.flags, rollback);
  if (ways.length < 2) return null;
  return (
    <div className={styles.choice}>
      <label className={styles.lead} htmlFor="roll-back-to">
        To
      </label>
      <NativeSelect
        id="roll-back-to"
        size="xs"
        value={rollback.to ?? ways[0]?.version}
        data={ways.map(({ version, part, lastSeenAt }) => ({
          value: version,
          label: plainString(
            part === 'stable' ? `${version}, stable` : `${version}${servedWords(lastSeenAt, now)}`,
          ),
        }))}
        onChange={({ currentTarget: { value: to } }) =>
          useWindow
            .getState()
            .changePlan(asOne(parts.map((one) => (one === rollback ? { ...one, to } : one))))
        }
      />
    </div>
  );
}

type Way = Pick<ModelRow, 'version' | 'part' | 'lastSeenAt'>;

/**
 * The stable version first, then those that ran before and that the flag still offers, the latest first. Not the
 * candidate: more users for it are a ramp, which has a gate. Not what serves now: that is what is left behind. What
 * was asked for is among them, whatever it is: the plan says what is wrong with it.
 */
function waysBack(
  models: readonly ModelRow[],
  flags: readonly FlagRow[],
  { service, to }: { service: string; to?: string | undefined },
): Way[] {
  const flag = flags.find(({ roles }) =>
    roles.some((one) => one.role === 'model' && one.service === service),
  );
  const offered = new Set(
    [flag?.state, ...(flag?.state.strategies ?? [])].flatMap(
      (one) => one?.variants.map(({ name }) => name) ?? [],
    ),
  );
  const own = models.filter((one) => one.service === service);
  const ran = own.filter(
    ({ part, version, rollout, firstSeenAt }) =>
      part === 'other' && offered.has(version) && firstSeenAt !== null && !rollout,
  );
  const ways: Way[] = [
    ...own.filter(({ part }) => part === 'stable'),
    ...ran.sort((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0)),
  ];
  if (to === undefined || ways.some(({ version }) => version === to)) return ways;
  return [...ways, { version: to, part: 'other', lastSeenAt: null }];
}

function servedWords(at: number | null, now: number): string {
  return at === null ? '' : `, last served ${formatAge(now - at)} ago`;
}
