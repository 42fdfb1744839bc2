import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDataDir, withUsualMask } from '../../electron/host/data-dir.ts';
import { beginAnew } from '../../electron/host/demo.ts';
import { modulesOf } from '../../electron/host/modules.ts';
import { startConsole } from '../../electron/host/start-console.ts';
import { runBrowserHost } from '../../electron/server/index.ts';
import { configuration, type Folder, hostArguments, temporaryFolder } from './fixtures.ts';

let folder: Folder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe("the demo's folder", () => {
  const hostUrl = new URL('../../electron/server/index.ts', import.meta.url).href;
  const demo = () => path.join(folder.dir, 'demo');

  test('that somebody else filled is refused in words, and nothing in it is touched', async () => {
    mkdirSync(demo());
    const file = folder.write('demo/thesis.txt', 'years of work');
    const start = startConsole(hostArguments({ data: folder.dir }), {
      host: 'browser',
      modules: modulesOf(hostUrl),
      keychain: null,
      describe: () => null,
    });
    await expect(start).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /demo is not empty and not marked .*Nothing was deleted.*--data DIR/,
      ),
    });
    expect(readFileSync(file, 'utf8')).toBe('years of work');
    expect(readdirSync(demo())).toEqual(['thesis.txt']);
  });

  test('is emptied when it was ours, also when the last emptying broke off half-way', () => {
    mkdirSync(demo());
    beginAnew(demo());
    const [mark] = readdirSync(demo());
    expect(readFileSync(path.join(demo(), mark ?? ''), 'utf8')).toMatch(/emptied at each start/);
    mkdirSync(path.join(demo(), 'fleet'));
    folder.write('demo/fleet/flags.json', '{}');
    folder.write('demo/cache.db', 'of yesterday');
    beginAnew(demo());
    expect(readdirSync(demo())).toEqual([mark]);
    expect(existsSync(path.join(demo(), 'fleet'))).toBe(false);
  });

  test('is known from before it was marked; a console of its own is not', () => {
    mkdirSync(demo());
    folder.write('demo/masking.key', 'k');
    expect(() => beginAnew(demo())).toThrow('not marked');
    mkdirSync(path.join(demo(), 'fleet'));
    beginAnew(demo());
    expect(readdirSync(demo())).toHaveLength(1);
  });
});

describe.skipIf(process.platform === 'win32')('a data folder that others can look into', () => {
  const before = process.umask();
  beforeEach(() => void process.umask(0o022));
  afterEach(() => void process.umask(before));

  async function start(mode: number) {
    chmodSync(folder.dir, mode);
    const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
    const said: string[] = [];
    const host = await runBrowserHost(hostArguments({ data: folder.dir, config }), {
      say: (line) => said.push(line),
    });
    const open = readdirSync(folder.dir).filter(
      (name) => name !== 'nightdesk.yml' && statSync(path.join(folder.dir, name)).mode & 0o077,
    );
    await host.close?.();
    return { open, warned: said.filter((line) => line.includes('Others on this machine')) };
  }

  test('is named, and what the console keeps there is for its owner only, also what an earlier version left', async () => {
    chmodSync(folder.write('journal.db', ''), 0o644);
    chmodSync(folder.write('cache.db.set-aside-2026-01-01T00-00-00.000Z', 'said'), 0o644);
    const { open, warned } = await start(0o755);
    expect(open).toEqual([]);
    expect(warned).toEqual([expect.stringContaining(`chmod 700 ${folder.dir}`)]);
    expect(statSync(folder.dir).mode & 0o777).toBe(0o755);
  });

  test('leaves what is started beside the console with the usual mask', async () => {
    prepareDataDir(path.join(folder.dir, 'data'));
    expect(withUsualMask(() => process.umask())).toBe(0o022);
    expect(process.umask()).toBe(0o077);
  });

  test('is not complained of when it is private', async () => {
    expect(await start(0o700)).toEqual({ open: [], warned: [] });
  });
});
