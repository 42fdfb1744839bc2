import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedConfig, Log } from '#core/deps.ts';
import { Config } from '#shared/model/config.ts';
import { freePort } from './free-port.ts';
import type { Modules } from './modules.ts';
import type { SpawnDemo } from './processes.ts';

/** The same fleet tells the same story at every start. */
const SEED = 42;

export interface RunningDemo {
  loaded: LoadedConfig;
  secrets: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the demo fleet in `dataDir`, which is emptied first, and answers the configuration that watches it. */
export async function startDemo(
  dataDir: string,
  modules: Modules,
  spawn: SpawnDemo,
  log: Log,
): Promise<RunningDemo> {
  // The fleet begins its story anew at each start, with a new history of the last day: yesterday's cache would
  // contradict it, and yesterday's journal would offer to undo what was done in a world that is gone.
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Loaded only here: a console with a configuration has no need of the fleet's libraries.
  const { startDemoFleet } = await import('../demo/fleet.ts');
  const fleet = await startDemoFleet({
    dir: path.join(dataDir, 'fleet'),
    otlpPort: await freePort(),
    seed: SEED,
    spawn,
    onProblem: (message) => log.error({}, message),
  });
  log.info({ ports: fleet.ports, pids: fleet.pids() }, 'demo fleet started');
  try {
    return {
      loaded: {
        config: Config.parse(fleet.config),
        problems: [],
        path: null,
        text: null,
        baseDir: fileURLToPath(modules.root),
      },
      secrets: fleet.secrets,
      stop: () => fleet.stop(),
    };
  } catch (error) {
    await fleet.stop();
    throw error;
  }
}
