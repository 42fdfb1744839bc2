/** What a person should hear before confirming, beside what blocks a plan. */
import type { Plan } from '#shared/model/action.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Config } from '#shared/model/config.ts';
import type { PlannedChange } from '#shared/model/planned-change.ts';
import type { ServiceFacts } from './facts.ts';
import type { Intention } from './intend.ts';
import { askedBy } from './own-writes.ts';
import { type PlannerDeps, quietly } from './planner.ts';
import { seconds } from './proof.ts';

const OTHERS_CHANGED_WITHIN = 10 * 60_000;
/** A version that was out of band within this time may well be again. */
const LATELY_MS = 24 * 3_600_000;
const NAMED = 3;
const ACTIONS_ASKED = 20;
/** What was observed of a service, not done to it by somebody. */
const SEEN_ONLY: ReadonlySet<string> = new Set(['model', 'runbook']);

export async function warningsOf(
  deps: PlannerDeps,
  seen: {
    intention: Intention;
    changes: readonly PlannedChange[];
    noop: boolean;
    targetHealth: Plan['targetHealth'];
    standing: ServiceFacts | null;
    now: number;
  },
): Promise<Remark[]> {
  const { intention, changes, now, targetHealth } = seen;
  const { service, environment } = intention;
  if (seen.noop) {
    return [{ code: 'already_so', message: 'It is already so: nothing would be sent.' }];
  }
  const warnings: Remark[] = [];
  const short = (id: string) => deps.facts.signals().find((one) => one.id === id)?.short ?? id;
  const warn = (code: string, message: string) => warnings.push({ code, message });
  if (targetHealth !== null) {
    const { version, at, cells } = targetHealth;
    const bad = cells.filter((cell) => cell.state === 'bad').map((cell) => short(cell.signal));
    if (at === null) warn('target_unseen', `Nothing was ever measured of ${version}.`);
    else if (bad.length > 0) {
      warn('target_unhealthy', `${version} itself is out of band: ${bad.join(', ')}.`);
    } else if (service !== null) {
      const lately = await quietly(
        deps.facts.breaches({
          service: service.id,
          environment,
          version,
          since: now - LATELY_MS,
        }),
      );
      const [latest] = lately ?? [];
      if (latest !== undefined) {
        const names = [...new Set(lately?.map(({ signal }) => short(signal)))]
          .slice(0, NAMED)
          .join(', ');
        warn(
          'target_lately',
          `${version} was out of band lately: ${names}, last ${seconds(now - latest.at)} ago.`,
        );
      }
    }
  }
  const freshness = (await quietly(deps.facts.freshness(environment))) ?? [];
  const old = freshness.filter(({ state }) => state !== 'ok' && state !== 'syncing');
  if (old.length > 0) {
    const names = old.map(({ source }) => source).join(', ');
    warn('stale_sources', `What is shown may be old: ${names} did not answer lately.`);
  }
  if (service !== null) {
    const since = now - OTHERS_CHANGED_WITHIN;
    const others =
      (await quietly(deps.facts.changes({ service: service.id, environment, since }))) ?? [];
    const own = new Set(changes.map((change) => (change.kind === 'flag' ? change.flag : null)));
    const actions = await deps.cache.journal('listActions', { environment, limit: ACTIONS_ASKED });
    for (const change of others.filter(({ kind }) => !SEEN_ONLY.has(kind)).slice(0, NAMED)) {
      const minutes = Math.max(1, Math.round((now - change.at) / 60_000));
      const by = askedBy(change, actions) ?? change.by;
      const what =
        change.flag !== null && own.has(change.flag)
          ? `${by || 'Somebody'} changed this flag`
          : `${change.title}${by === '' ? '' : `, by ${by}`},`;
      warn('changed_lately', `${what} ${minutes} min ago.`);
    }
  }
  for (const source of new Set(changes.map((change) => change.source))) {
    const missing = missingClientToken(deps.config(), source, environment);
    if (missing) warn('served_unproven', missing);
  }
  return warnings;
}

/** Known from the configuration alone, so that it is said before and not after. */
function missingClientToken(config: Config, id: string, environment: string): string | null {
  const source = config.sources.find((one) => one.id === id);
  if (source?.kind !== 'unleash') return null;
  return source.environments[environment]?.clientSecret === undefined
    ? `No client token is configured for ${environment} in ${id}: what clients get cannot be proven.`
    : null;
}
