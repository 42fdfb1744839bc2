/** What a person will likely ask for next: for each service out of band, the plan is computed before the press. */
import { badCells, suggest } from '#core/analysis/incident.ts';
import type { Log } from '#core/deps.ts';
import type { Topic } from '#shared/contract/index.ts';
import type { ActionRequest } from '#shared/model/action.ts';
import type { Engine } from './engine.ts';

/** What moves a plan. */
const MOVES: ReadonlySet<Topic> = new Set(['signals', 'flags', 'alerts', 'actions', 'session']);

/** Answers a listener for changed topics; while it computes, what comes in between is one more round. */
export function createPreparer(engine: () => Engine, log: Log): (topics: readonly Topic[]) => void {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      try {
        await engine().actions.prepare(await likely(engine()));
      } catch (error) {
        log.debug({ err: error }, 'plans could not be computed ahead');
      }
    } while (again);
    running = false;
  };
  return (topics) => {
    if (topics.some((topic) => MOVES.has(topic))) void run();
  };
}

async function likely({ config, situations }: Engine): Promise<ActionRequest[]> {
  const all = await Promise.all(
    config.environments.map(async ({ name: environment }) => {
      const { services } = await situations.read(environment);
      return services.flatMap(({ service, versions, whole }): ActionRequest[] => {
        if (![whole, ...versions].some((version) => badCells(version).length > 0)) return [];
        const on = { service: service.id, environment };
        const served = versions.some(
          ({ part, rollout }) => part !== 'stable' && part !== 'whole' && (rollout ?? 0) > 0,
        );
        const hasKill = service.killSwitch !== undefined;
        const advised = suggest(versions, service.modelFlag?.stable ?? null, hasKill);
        return [
          ...(service.modelFlag !== undefined && served
            ? [{ kind: 'rollback' as const, ...on, to: service.modelFlag.stable }]
            : []),
          ...(advised?.kind === 'kill_switch'
            ? [{ kind: 'kill_switch' as const, ...on, on: false }]
            : []),
        ];
      });
    }),
  );
  return all.flat();
}
