import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseArguments } from '../../electron/host/arguments.ts';
import { defaultDataDir, prepareDataDir } from '../../electron/host/data-dir.ts';
import { pathOfLink } from '../../electron/host/deep-link.ts';
import { takeInstance } from '../../electron/host/instance.ts';
import { openLog } from '../../electron/host/log.ts';
import { modulesOf } from '../../electron/host/modules.ts';
import { createSecrets } from '../../electron/host/secrets.ts';
import { hasScreen, whyBrowser } from '../../electron/launch/choose-host.ts';
import { createTickets } from '../../electron/server/guard.ts';
import { toJson } from '../../electron/server/json.ts';
import { smallDisk } from '../fixtures/small-disk.ts';
import { type Folder, temporaryFolder } from './fixtures.ts';

const nobody = {
  onOpen: () => {},
  describe: () => ({ address: null, addressOnce: null, windows: 0 }),
};

let folder: Folder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('the command line', () => {
  test('is read in full', () => {
    expect(
      parseArguments(['--browser', '--port', '0', '--data', 'd', '--config', 'c.yml', '--no-open']),
    ).toEqual({
      browser: true,
      port: 0,
      data: 'd',
      config: 'c.yml',
      open: false,
      dev: false,
      help: false,
      path: null,
    });
    expect(parseArguments([])).toMatchObject({ browser: false, port: null, open: true });
    expect(parseArguments(['nightdesk://conversation/c-1']).path).toBe('/conversation/c-1');
  });

  test.each([
    ['--port', 'many'],
    ['--port', '-1'],
    ['--port', '70000'],
    ['--prot', '1'],
    ['--port'],
    ['what?'],
    ['/now', 'y'],
    ['/now', '/flags'],
  ])('says what is wrong with %s %s', (...argv) => {
    expect(() => parseArguments(argv)).toThrow(expect.objectContaining({ code: 'bad_input' }));
  });

  test("of Electron carries Chromium's switches, which are not refused", () => {
    const args = parseArguments(['--remote-debugging-port=0', '--data', 'd', '--no-sandbox'], true);
    expect(args).toMatchObject({ data: 'd', open: true });
  });
});

describe('a deep link', () => {
  test.each([
    ['nightdesk://conversation/c-7f3a', '/conversation/c-7f3a'],
    ['NIGHTDESK://conversation/C-7f3A/', '/conversation/C-7f3A'],
    ['nightdesk://conversation/a%20b%2Fc', '/conversation/a%20b%2Fc'],
    ['nightdesk://conversation/¿', '/conversation/%C2%BF'],
    ['/now?env=production&from=1', '/now?env=production&from=1'],
  ])('%s leads to %s', (link, place) => {
    expect(pathOfLink(link)).toBe(place);
  });

  test.each([
    'nightdesk://settings/x',
    'nightdesk://conversation/',
    'nightdesk://conversation/a/b',
    'nightdesk://conversation/%00',
    'nightdesk://conversation/%E0%A4%A',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/now"><script>',
    'javascript:alert(1)',
    `/${'x'.repeat(6000)}`,
  ])('%s leads nowhere', (link) => {
    expect(pathOfLink(link)).toBeNull();
  });
});

describe('the data folder', () => {
  test('lies where each system wants it', () => {
    expect(defaultDataDir('linux', {}, '/home/a')).toBe('/home/a/.local/share/nightdesk');
    expect(defaultDataDir('linux', { XDG_DATA_HOME: '/d' }, '/home/a')).toBe('/d/nightdesk');
    expect(defaultDataDir('darwin', {}, '/Users/a')).toBe(
      '/Users/a/Library/Application Support/Nightdesk',
    );
  });

  test('that cannot be made is explained', () => {
    const file = folder.write('file', '');
    expect(() => prepareDataDir(path.join(file, 'below'))).toThrow(
      expect.objectContaining({ code: 'storage_failed' }),
    );
  });

  test('belongs to one instance; the next hands over what it was started with', async () => {
    const opened: (string | null)[] = [];
    const first = await takeInstance(folder.dir, null, {
      onOpen: (target) => opened.push(target),
      describe: () => ({ address: 'http://127.0.0.1:1/#token=t', addressOnce: null, windows: 2 }),
    });
    if (!first.first) throw new Error('not the first');
    expect(await takeInstance(folder.dir, '/conversation/c-1', nobody)).toEqual({
      first: false,
      running: { address: 'http://127.0.0.1:1/#token=t', addressOnce: null, windows: 2 },
    });
    expect(opened).toEqual(['/conversation/c-1']);
    first.release();
    const next = await takeInstance(folder.dir, null, nobody);
    expect(next.first).toBe(true);
    if (next.first) next.release();
  });

  test('goes to the one that waits when the first fails to start', async () => {
    const asked: (string | null)[] = [];
    const first = await takeInstance(folder.dir, null, {
      onOpen: (target) => asked.push(target),
      describe: () => null,
    });
    const waited = Promise.withResolvers<void>();
    const second = takeInstance(folder.dir, '/now', nobody, { onWait: waited.resolve });
    await waited.promise;
    if (first.first) first.release();
    const taken = await second;
    expect(taken.first).toBe(true);
    expect(asked).toEqual([]);
    if (taken.first) taken.release();
  });

  test('is not taken by one that was told to end while it waited', async () => {
    const first = await takeInstance(folder.dir, null, { onOpen: () => {}, describe: () => null });
    const waited = Promise.withResolvers<void>();
    const stop = new AbortController();
    const second = takeInstance(folder.dir, '/now', nobody, {
      onWait: waited.resolve,
      stop: stop.signal,
    });
    await waited.promise;
    stop.abort();
    if (first.first) first.release();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    const next = await takeInstance(folder.dir, null, nobody);
    expect(next.first).toBe(true);
    if (next.first) next.release();
  });

  test('whose user crashed is free again, whatever it left behind', async () => {
    const module = new URL('../../electron/host/instance.ts', import.meta.url).href;
    const program = `
      const { takeInstance } = await import(${JSON.stringify(module)});
      await takeInstance(process.argv[1], null, { onOpen() {}, describe: () => ({}) });
      process.stdout.write('taken');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder.dir], {
      cwd: path.resolve(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const instance = await takeInstance(folder.dir, null, nobody);
    expect(instance.first).toBe(true);
    if (instance.first) instance.release();
  });

  test('that cannot be locked is explained in words', async (context) => {
    const lock = folder.write('instance.lock', 'no database'.repeat(100));
    await expect(takeInstance(folder.dir, null, nobody)).rejects.toMatchObject({
      code: 'storage_failed',
      message: `${lock} is damaged. Delete it and start again: nothing is kept in it.`,
    });
    const disk = smallDisk(path.join(folder.dir, 'disk'), 64);
    if (!disk) return context.skip('the rest needs the right to mount');
    try {
      disk.fill();
      await expect(takeInstance(disk.dir, null, nobody)).rejects.toMatchObject({
        code: 'storage_full',
        message: `No space left in the data folder ${disk.dir}. Free some space and start again.`,
      });
      disk.free();
      const instance = await takeInstance(disk.dir, null, nobody);
      expect(instance.first).toBe(true);
      if (instance.first) instance.release();
      disk.readOnly();
      await expect(takeInstance(disk.dir, null, nobody)).rejects.toMatchObject({
        code: 'storage_failed',
        message: expect.stringMatching(/^The data folder .* cannot be written \(.*--data DIR\.$/),
      });
    } finally {
      disk.unmount();
    }
  });

  test('that is taken by something that does not answer is explained', async () => {
    const first = await takeInstance(folder.dir, null, nobody);
    writeFileSync(path.join(folder.dir, 'instance.json'), '{"socket":"/nowhere","key":"k"}');
    await expect(takeInstance(folder.dir, null, nobody)).rejects.toMatchObject({
      code: 'conflict',
    });
    if (first.first) first.release();
  });
});

describe('secrets', () => {
  test('come from the keychain before the environment, and are told to the log to be hidden', async () => {
    const hidden: string[] = [];
    const secrets = createSecrets({
      keychain: {
        get: async (name) => (name === 'BOTH' ? 'from keychain' : null),
        set: async () => true,
      },
      environment: { BOTH: 'from environment', ONE: 'only here', EMPTY: '' },
      onRead: (value) => hidden.push(value),
    });
    expect(await secrets.get('BOTH')).toBe('from keychain');
    expect(await secrets.get('ONE')).toBe('only here');
    expect(await secrets.get('EMPTY')).toBeNull();
    expect(await secrets.where('ONE')).toBe('environment');
    expect(await secrets.where('NONE')).toBe('missing');
    expect(await secrets.set('NEW', 'entered')).toBe(true);
    expect(hidden).toEqual(['from keychain', 'only here', 'entered']);
  });

  test('are never written to the log, under a telling name or in the middle of a text', () => {
    const log = openLog(folder.dir);
    log.hide('s3cr3t-value');
    log.log.info({ headers: { authorization: 'Bearer abc' }, token: 'def' }, 'a call');
    log.log.error({ err: new Error('GET http://x/?key=s3cr3t-value failed') }, 'failed');
    log.close();
    const text = readFileSync(log.file, 'utf8');
    expect(text).toContain('a call');
    expect(text).not.toContain('Bearer abc');
    expect(text).not.toContain('def');
    expect(text).not.toContain('s3cr3t-value');
  });
});

describe('the modules that run beside the host', () => {
  test('are found from the sources, from the build, and from a chunk of the build', () => {
    expect(modulesOf('file:///app/electron/server/index.ts').cacheWorker.pathname).toBe(
      '/app/electron/core/cache/worker.ts',
    );
    for (const from of ['file:///app/out/main/server.js', 'file:///app/out/main/chunks/x-1.js']) {
      const modules = modulesOf(from);
      expect(modules.cacheWorker.pathname).toBe('/app/out/main/cache-worker.js');
      expect(modules.shareViewer.pathname).toBe('/app/out/main/share-viewer.js');
      expect(modules.demoProcess('bot').pathname).toBe('/app/out/main/demo/bot.js');
      expect(modules.renderer.pathname).toBe('/app/out/renderer/');
    }
  });
});

describe('which host starts', () => {
  const linux = { platform: 'linux', env: { DISPLAY: ':0' }, root: false } as const;
  test('is Electron where there is a screen, else the browser, with the reason', () => {
    expect(whyBrowser(false, linux)).toBeNull();
    expect(whyBrowser(true, linux)).toContain('--browser');
    expect(whyBrowser(false, { ...linux, env: {} })).toContain('no screen');
    expect(whyBrowser(false, { ...linux, root: true })).toContain('root');
    expect(whyBrowser(false, { platform: 'darwin', env: {}, root: false })).toBeNull();
    expect(hasScreen({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true);
  });
});

describe('a ticket', () => {
  test('is good once and for a minute', () => {
    let now = 0;
    const tickets = createTickets(() => now);
    const [first, second] = [tickets.issue(), tickets.issue()];
    expect(tickets.redeem(first)).toBe(true);
    expect(tickets.redeem(first)).toBe(false);
    now = 61_000;
    expect(tickets.redeem(second)).toBe(false);
    expect(tickets.redeem('')).toBe(false);
    expect(tickets.redeem(null)).toBe(false);
  });
});

describe('an answer as JSON', () => {
  test('holds typed arrays as arrays, and null where JSON has no number', () => {
    const value = {
      a: [{ ts: new Float64Array([1, 2.5, Number.NaN]) }],
      b: Number.POSITIVE_INFINITY,
      c: 'x',
      d: null,
    };
    expect(JSON.parse(toJson(value))).toEqual({
      a: [{ ts: [1, 2.5, null] }],
      b: null,
      c: 'x',
      d: null,
    });
  });
});
