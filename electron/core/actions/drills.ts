/** When each path was last drilled, by the journal: what the cache loses, this keeps. */
import type { Action, Drilled, DrillKind } from '#shared/model/action.ts';
import type { Config } from '#shared/model/config.ts';
import { parseDuration } from '#shared/util/duration.ts';
import type { PlannerDeps } from './planner.ts';

type Deps = Pick<PlannerDeps, 'cache' | 'clock' | 'config'>;
const LOOKED_AT = 500;

/** Every drill that is configured, or of which the journal tells, with when it is due. */
export async function drillsOf(deps: Deps): Promise<Drilled[]> {
  const drills = await pastDrills(deps);
  const config = deps.config();
  const now = deps.clock.now();
  return config.drills.map((one) =>
    stand(drills, config, one.service, one.kind, one.environment, now),
  );
}

/** The path of a service: where it is configured to be drilled, else wherever it last was. */
export async function drilledOf(deps: Deps, service: string, drill: DrillKind): Promise<Drilled> {
  const drills = await pastDrills(deps);
  const config = deps.config();
  const [last] = drills.filter((action) => isOf(action, service, drill, null));
  const configured = config.drills.find((one) => one.service === service && one.kind === drill);
  const environment = configured?.environment ?? last?.environment ?? null;
  return stand(drills, config, service, drill, environment, deps.clock.now());
}

function pastDrills({ cache }: Deps): Promise<Action[]> {
  return cache.journal('listActions', { limit: LOOKED_AT, kind: 'drill' });
}

function isOf(action: Action, service: string, drill: DrillKind, environment: string | null) {
  const { request } = action.plan;
  return (
    request.kind === 'drill' &&
    request.service === service &&
    request.drill === drill &&
    (environment === null || request.environment === environment)
  );
}

function stand(
  drills: readonly Action[],
  config: Config,
  service: string,
  drill: DrillKind,
  environment: string | null,
  now: number,
): Drilled {
  const own = drills.filter(
    (action) => action.endedAt !== null && isOf(action, service, drill, environment),
  );
  const passed = own.find(({ outcome }) => outcome === 'drilled');
  const [latest] = own;
  const configured = config.drills.find(
    (one) => one.service === service && one.kind === drill && one.environment === environment,
  );
  const everyMs = configured === undefined ? null : parseDuration(configured.every);
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
}
