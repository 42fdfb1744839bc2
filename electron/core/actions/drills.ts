/**
 * When each path was last drilled, by the journal: what the cache loses, this keeps. A rollback in earnest is no
 * drill: nobody waited for its times, and it was not taken back.
 */
import type { Action, Drilled, DrillKind } from '#shared/model/action.ts';
import { parseDuration } from '#shared/util/duration.ts';
import type { PlannerDeps } from './planner.ts';

type Deps = Pick<PlannerDeps, 'cache' | 'clock' | 'config'>;
const LOOKED_AT = 500;

/** How a path stands; without an environment: where it is configured to be drilled, else wherever it last was. */
export type DrilledReader = (service: string, drill: DrillKind, environment?: string) => Drilled;

/** Every drill that is configured, with when it is due. */
export async function drillsOf(deps: Deps): Promise<Drilled[]> {
  const drilled = await drilledReader(deps);
  return deps
    .config()
    .drills.map(({ service, kind, environment }) => drilled(service, kind, environment));
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
    const ended = ofPath.filter((one) => one.endedAt !== null && one.environment === environment);
    const [latest] = ended;
    const passed = ended.find(({ outcome }) => outcome === 'drilled');
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
  };
}

function isOf({ plan: { request } }: Action, service: string, drill: DrillKind): boolean {
  return request.kind === 'drill' && request.service === service && request.drill === drill;
}
