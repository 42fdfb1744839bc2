import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedConfig, Log } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { Config } from '#shared/model/config.ts';
import { prepareDataDir } from './data-dir.ts';
import { freePort } from './free-port.ts';
import type { Modules } from './modules.ts';
import type { SpawnDemo } from './processes.ts';

/** The same fleet tells the same story at every start. */
const SEED = 42;

/** Says that a folder is the demo's: whatever else lies beside it may be deleted. */
const MARK = 'nightdesk-demo.txt';
const MARK_TEXT = `This folder belongs to the demo of Nightdesk. It is emptied at each start of the demo:
keep nothing here that you want to have tomorrow.
`;

const UNMARKED = ['fleet', 'masking.key'];

export interface RunningDemo {
  loaded: LoadedConfig;
  secrets: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Leaves nothing in the demo's folder but its mark. A folder that is neither empty nor marked is somebody else's:
 * throws `conflict` in words and touches nothing.
 */
export function beginAnew(dir: string): void {
  const found = readdirSync(prepareDataDir(dir));
  // Before there was a mark, the demo's folder was told by its fleet beside a console's key.
  const ours = found.includes(MARK) || UNMARKED.every((name) => found.includes(name));
  if (found.length > 0 && !ours) {
    throw new NightdeskError(
      'conflict',
      `The demo empties its folder at each start, but ${dir} is not empty and not marked as the demo's. ` +
        'Nothing was deleted. Move that folder away, or name another data folder with --data DIR.',
    );
  }
  // The mark stays throughout: what breaks off half-way must not lock the demo out of its own folder.
  writeFileSync(path.join(dir, MARK), MARK_TEXT, { mode: 0o600 });
  for (const name of found) {
    if (name !== MARK) rmSync(path.join(dir, name), { recursive: true, force: true });
  }
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
  beginAnew(dataDir);
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
