import { versionsOffered } from '#core/analysis/rollout.ts';
import { checkRunbook } from '#core/analysis/runbook-check.ts';
import type { RunbookCheck } from '#shared/contract/runbooks.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

export function runbookHandlers(
  engine: () => Engine,
): Pick<Handlers, 'runbooks.list' | 'runbooks.read' | 'runbooks.check'> {
  const require = async (id: string): Promise<Runbook> => {
    const runbook = await engine().cache.read('readRunbook', { id });
    if (!runbook) throw new NightdeskError('not_found', `There is no runbook "${id}".`);
    return runbook;
  };
  return {
    'runbooks.list': async ({ environment }) => {
      const runbooks = await engine().cache.read('listRunbooks', {});
      return {
        runbooks: await Promise.all(
          runbooks.map(async (runbook) => {
            const { body: _, ...rest } = runbook;
            return { ...rest, check: await checkOf(engine(), environment, runbook) };
          }),
        ),
        freshness: engine().sync.freshness('runbooks', 'flags', 'alerts'),
      };
    },
    'runbooks.read': async ({ id, environment }) => {
      const runbook = await require(id);
      return {
        runbook,
        check: await checkOf(engine(), environment, runbook),
        freshness: engine().sync.freshness('runbooks', 'flags', 'alerts', 'signals'),
      };
    },
    'runbooks.check': async ({ id, environment }) => ({
      check: await checkOf(engine(), environment, await require(id)),
    }),
  };
}

/** Every reference of a runbook against what the cache has now. */
export async function checkOf(
  engine: Engine,
  environment: string,
  runbook: Runbook,
): Promise<RunbookCheck> {
  const [flags, alerts] = await Promise.all([
    engine.cache.read('listFlags', { environment }),
    engine.cache.read('listAlerts', {
      environment: null,
      states: ['firing', 'suppressed', 'resolved'],
    }),
  ]);
  const offered = new Map(
    engine.config.services.flatMap(({ id, modelFlag }) => {
      const flag = flags.find(
        ({ key, source }) => key === modelFlag?.flag && source === modelFlag.source,
      );
      return modelFlag && flag ? [[id, versionsOffered(modelFlag, flag.state)] as const] : [];
    }),
  );
  const references = checkRunbook(runbook, {
    offered,
    services: engine.config.services,
    signals: engine.signals.map((signal) => signal.id),
    flags: flags.map((flag) => flag.key),
    flagsKnown: engine.sync.freshness('flags').some((source) => source.lastSuccessAt !== null),
    alerts: [...new Set(alerts.map((alert) => alert.name))],
  });
  return { id: runbook.id, checkedAt: engine.clock.now(), references };
}
