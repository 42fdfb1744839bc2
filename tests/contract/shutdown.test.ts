/** How the console ends when a terminal, which signals every process of its group, or a launcher asks it to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configuration, type Folder, temporaryFolder } from './fixtures.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const href = (file: string) => JSON.stringify(new URL(`../../${file}`, import.meta.url).href);

let folder: Folder;
const groups: ChildProcess[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  for (const { pid } of groups.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended, as it should have.
    }
  }
  folder.remove();
});

const PROGRAM = ['--input-type=module', '-e'];

interface Run {
  child: ChildProcess;
  said: () => string;
  /** Resolves when all that may write to the terminal has ended. */
  ended: Promise<{ code: number | null; signal: string | null }>;
}

/** A Node as the leader of a process group of its own, as a shell starts one. */
function run(flags: readonly string[], args: readonly string[]): Run {
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  groups.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said += String(text);
    });
  }
  const ended = new Promise<Awaited<Run['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  return { child, said: () => said, ended };
}

const hears = (one: Run, text: string) =>
  expect.poll(one.said, { timeout: 40_000 }).toContain(text);

/** What Ctrl-C does: the terminal's signal goes to the whole group. */
const ctrlC = ({ child }: Run) => process.kill(-(child.pid ?? 0), 'SIGINT');

describe.skipIf(process.platform === 'win32')('the console', () => {
  /** `close` takes a while, and says when it is done. */
  const CLOSING = `
    const { closeOnExit } = await import(${href('electron/host/shutdown.ts')});
    let closes = 0;
    setInterval(() => {}, 1000);
    closeOnExit(async () => {
      closes += 1;
      console.log('closing');
      await new Promise((resolve) => setTimeout(resolve, 1800));
      console.log('closed ' + closes);
    });
    console.log('ready');`;

  test('takes a signal that comes twice, as a terminal and a launcher send it, as one', async () => {
    const one = run(PROGRAM, [CLOSING]);
    await hears(one, 'ready');
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) {
      one.child.kill(signal);
      await sleep(150);
    }
    expect(await one.ended).toEqual({ code: 0, signal: null });
    expect(one.said()).toContain('closed 1');
  });

  test('ends at once for who asks again later', async () => {
    const one = run(PROGRAM, [CLOSING]);
    await hears(one, 'ready');
    one.child.kill('SIGINT');
    await sleep(1200);
    one.child.kill('SIGINT');
    expect(await one.ended).toEqual({ code: 1, signal: null });
    expect(one.said()).not.toContain('closed');
  });

  const OLD_NODE =
    'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.1.0"}})';
  const HOST = `
    const { main } = await import(${href('electron/server/index.ts')});
    await main(process.argv.slice(2));`;

  test.each([
    ['by itself', []],
    ['behind the launcher that found an older Node', ['--import', OLD_NODE]],
  ])(
    'is closed by Ctrl-C every time, %s',
    async (_, flags) => {
      const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
      const args = ['--no-open', '--port', '0', '--data', folder.dir, '--config', config];
      const script = folder.write('host.ts', HOST);
      for (let round = 1; round <= 5; round++) {
        const one = run(flags, ['electron/launch/run.mjs', script, ...args]);
        await hears(one, 'Data and log:');
        expect(existsSync(path.join(folder.dir, 'instance.json'))).toBe(true);
        ctrlC(one);
        expect(await one.ended, `round ${round}: ${one.said()}`).toEqual({ code: 0, signal: null });
        expect(existsSync(path.join(folder.dir, 'instance.json'))).toBe(false);
      }
    },
    180_000,
  );

  test('is closed also while it still starts', async () => {
    const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
    const script = folder.write('host.ts', HOST);
    const data = path.join(folder.dir, 'data');
    const one = run(
      [],
      [
        'electron/launch/run.mjs',
        script,
        '--no-open',
        '--port',
        '0',
        '--data',
        data,
        '--config',
        config,
      ],
    );
    const instance = path.join(data, 'instance.json');
    await expect.poll(() => existsSync(instance), { timeout: 40_000, interval: 5 }).toBe(true);
    ctrlC(one);
    expect(await one.ended, one.said()).toEqual({ code: 0, signal: null });
    expect(existsSync(instance)).toBe(false);
  });

  test('with the demo fleet, whose processes get the signal too, ends without an error in the log', async () => {
    const script = folder.write('host.ts', HOST);
    const one = run(
      [],
      ['electron/launch/run.mjs', script, '--no-open', '--port', '0', '--data', folder.dir],
    );
    await hears(one, 'Data and log:');
    ctrlC(one);
    expect(await one.ended, one.said()).toEqual({ code: 0, signal: null });
    const lines = readFileSync(path.join(folder.dir, 'nightdesk.log'), 'utf8').trim().split('\n');
    const errors = lines.filter((line) => JSON.parse(line).level >= 50);
    expect(errors).toEqual([]);
  }, 120_000);
});

describe.skipIf(process.platform === 'win32')('the launcher of Electron', () => {
  /** Stands for Electron's binary, which is given the folder of the project as its first argument. */
  const launch = (electron: string) => {
    const script = folder.write('electron.mjs', electron);
    return run(PROGRAM, [
      `
      const { runElectron } = await import(${href('electron/launch/run-electron.ts')});
      console.log('result', await runElectron(process.execPath, ${JSON.stringify(script)}, []));`,
    ]);
  };

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'never goes on to the browser once it was told to end (%s)',
    async (signal) => {
      const one = launch(`
        for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(3));
        setInterval(() => {}, 1000);
        console.log('up');`);
      await hears(one, 'up');
      process.kill(-(one.child.pid ?? 0), signal);
      expect(await one.ended).toMatchObject({ code: 0 });
      expect(one.said()).toContain('result 3');
    },
  );

  test('says so when it could not start, or was killed', async () => {
    const broken = launch('process.exit(127)');
    await broken.ended;
    expect(broken.said()).toContain('result unusable');
    const killed = launch(`setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5200)`);
    await killed.ended;
    expect(killed.said()).toContain('result 1');
  });
});
