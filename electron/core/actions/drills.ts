/**
 * When each path was last drilled, by the journal: what the cache loses, this keeps. A rollback in earnest is no
 * drill: nobody waited for its times, and it was not taken back.
 */

import { rolloutByVersion } from '#core/analysis/rollout.ts';
import type { Action, Drilled, DrillKind } from '#shared/model/action.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { durationMs } from '#shared/util/duration.ts';
import type { PlannerDeps } from './planner.ts';

type Deps = Pick<PlannerDeps, 'cache' | 'clock' | 'config'>;
const LOOKED_AT = 500;

/** How a path stands; without an environment: where it is configured to be drilled, else wherever it last was. */
export type DrilledReader = (service: string, drill: DrillKind, environment?: string) => Drilled;

/** Every path that may be drilled, wherever that is, with when it is due. */
export async function drillsOf(deps: Deps): Promise<Drilled[]> {
  const drilled = await drilledReader(deps);
  const config = deps.config();
  return Promise.all(
    config.services.flatMap(({ id, modelFlag, killSwitch, environments }) => {
      const paths: DrillKind[] = [];
      if (modelFlag !== undefined) paths.push('rollback');
      if (killSwitch !== undefined) paths.push('kill_switch');
      return paths.flatMap((drill) =>
        Object.keys(environments)
          .filter((environment) => mayDrill(config, { service: id, drill, environment }))
          .map((environment) => asItStands(deps, drilled(id, drill, environment))),
      );
    }),
  );
}

/** Where the flag shows that there is nothing to drill now, nobody is late with it. */
export async function asItStands({ cache, config }: Deps, drilled: Drilled): Promise<Drilled> {
  const { environment, drill } = drilled;
  const service = config().services.find(({ id }) => id === drilled.service);
  const ref = drill === 'rollback' ? service?.modelFlag : service?.killSwitch;
  if (environment === null || service === undefined || ref === undefined) return drilled;
  const flag = await cache.read('readFlag', { source: ref.source, key: ref.flag, environment });
  const idle = flag === null ? null : nothingToDrill(service, drill, flag.state);
  return idle === null ? drilled : { ...drilled, idle, overdue: false };
}

/** Why carrying the path out would change nothing, as part of a sentence; null where it would. */
export function nothingToDrill(
  { modelFlag }: ServiceConfig,
  drill: DrillKind,
  state: FlagState,
): string | null {
  if (drill === 'kill_switch') return state.enabled ? null : 'the AI path is off';
  if (modelFlag === undefined) return null;
  const isServed = [...rolloutByVersion(modelFlag, state)].some(
    ([version, share]) => version !== modelFlag.stable && share > 0,
  );
  return isServed ? null : 'no candidate is served';
}

/** A protected environment is drilled only where the configuration names it. */
export function mayDrill(
  config: Config,
  path: { service: string; drill: DrillKind; environment: string },
): boolean {
  const { service, drill, environment } = path;
  return (
    config.environments.some((one) => one.name === environment && !one.protected) ||
    config.drills.some(
      (one) => one.service === service && one.kind === drill && one.environment === environment,
    )
  );
}

/** Reads the past drills once, and answers for every path. */
export async function drilledReader({ cache, clock, config }: Deps): Promise<DrilledReader> {
  const drills = await cache.journal('listActions', { limit: LOOKED_AT, kind: 'drill' });
  const now = clock.now();
  return (service, drill, asked) => {
    const configured = config().drills.find(
      (one) =>
        one.service === service &&
        one.kind === drill &&
        (asked === undefined || one.environment === asked),
    );
    const ofPath = drills.filter((action) => isOf(action, service, drill));
    const environment = asked ?? configured?.environment ?? ofPath[0]?.environment ?? null;
    const ended = ofPath.filter(
      (one) => one.endedAt !== null && one.environment === environment && !tellsNothing(one),
    );
    const [latest] = ended;
    const passed = ended.find(({ outcome }) => outcome === 'drilled');
    const everyMs = configured === undefined ? null : durationMs(configured.every);
    const at = passed?.endedAt ?? null;
    return {
      service,
      environment,
      drill,
      at,
      action: passed?.id ?? null,
      everyMs,
      overdue: everyMs !== null && (at === null || now - at > everyMs),
      failed: latest !== undefined && latest !== passed ? latest.id : null,
    };
  };
}

/** It was so already, or the drill was ended before the path could be judged. */
function tellsNothing({ steps, outcome, endedEarlyBy }: Action): boolean {
  if (endedEarlyBy !== undefined && outcome === 'unknown') return true;
  return steps.some(({ name, state }) => name === 'sent' && state === 'skipped');
}

function isOf({ plan: { request } }: Action, service: string, drill: DrillKind): boolean {
  return request.kind === 'drill' && request.service === service && request.drill === drill;
}
