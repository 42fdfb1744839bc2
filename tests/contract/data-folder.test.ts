import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { beginAnew } from '../../electron/host/demo.ts';
import { modulesOf } from '../../electron/host/modules.ts';
import { startConsole } from '../../electron/host/start-console.ts';
import { type Folder, hostArguments, temporaryFolder } from './fixtures.ts';

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
});
