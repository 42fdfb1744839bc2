import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CoreEvent } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { openLog } from '../../electron/host/log.ts';
import { serveIpc } from '../../electron/main/ipc.ts';
import { createKeychain, type SafeStorage } from '../../electron/main/keychain.ts';
import { answerPage, isOurPage, PAGE_ORIGIN } from '../../electron/main/page-protocol.ts';
import { watchAlerts } from '../../electron/main/watch-alerts.ts';
import { readPlace, writePlace } from '../../electron/main/window-state.ts';
import { createBridge } from '../../electron/preload/bridge.ts';
import { replacedElectron } from './adapters/replaced-electron.ts';
import { type Folder, temporaryFolder } from './fixtures.ts';

const caller = { name: 'somebody', role: 'viewer' } as const;
let folder: Folder;
let log: ReturnType<typeof openLog>;
beforeEach(() => {
  folder = temporaryFolder();
  log = openLog(folder.dir);
});
afterEach(() => {
  log.close();
  folder.remove();
});

/** A core that answers with what it was asked, waits where it is told to, and tells events on demand. */
function echo() {
  const listeners = new Set<(event: CoreEvent) => void>();
  const aborted: string[] = [];
  return {
    aborted,
    listeners,
    tell: (event: CoreEvent) => {
      for (const fn of listeners) fn(event);
    },
    console: {
      log,
      subscribe(fn: (event: CoreEvent) => void) {
        listeners.add(fn);
        return () => listeners.delete(fn);
      },
      async call(name: string, input: unknown, _caller: unknown, signal?: AbortSignal) {
        if (name !== 'wait') return { name, input };
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            aborted.push(name);
            reject(new NightdeskError('cancelled', 'Cancelled.'));
          });
        });
      },
    },
  };
}

describe('who may send', () => {
  test.each([
    ['a page of another site', { url: 'https://evil.example/', parent: null }],
    ['a frame inside the console', { url: `${PAGE_ORIGIN}/now`, parent: {} }],
    ['a look-alike of the scheme', { url: 'app://nightdesk.evil.example/', parent: null }],
    ['a file', { url: 'file:///tmp/page.html', parent: null }],
    ['a frame that is gone', null],
  ])('%s is refused and hears nothing', async (_name, frame) => {
    const { ipcMain, openWindow } = replacedElectron();
    const core = echo();
    serveIpc(ipcMain, core.console, caller, isOurPage);
    const bridge = createBridge(openWindow(frame).ipcRenderer);
    expect(await bridge.call('session.read', {}, () => {})).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    const heard: CoreEvent[] = [];
    bridge.subscribe((event) => heard.push(event));
    core.tell({ type: 'changed', topics: ['alerts'] });
    expect(heard).toEqual([]);
  });

  test('the console itself is answered, and only it hears events', async () => {
    const { ipcMain, openWindow } = replacedElectron();
    const core = echo();
    const stop = serveIpc(ipcMain, core.console, caller, isOurPage);
    const bridge = createBridge(openWindow().ipcRenderer);
    expect(await bridge.call('session.read', { a: 1 }, () => {})).toEqual({
      ok: true,
      output: { name: 'session.read', input: { a: 1 } },
    });
    const heard: CoreEvent[] = [];
    bridge.subscribe((event) => heard.push(event));
    core.tell({ type: 'open', path: '/now' });
    expect(heard).toEqual([{ type: 'open', path: '/now' }]);
    stop();
    expect(core.listeners.size).toBe(0);
    await expect(bridge.call('session.read', {}, () => {})).rejects.toThrow('No handler');
  });

  test('a window cannot cancel the call of another', async () => {
    const { ipcMain, openWindow } = replacedElectron();
    const core = echo();
    serveIpc(ipcMain, core.console, caller, isOurPage);
    const first = createBridge(openWindow().ipcRenderer);
    const second = createBridge(openWindow().ipcRenderer);
    const cancels: (() => void)[] = [];
    const answer = first.call('wait', {}, (cancel) => cancels.push(cancel));
    second.call('wait', {}, (cancel) => cancel());
    await Promise.resolve();
    expect(core.aborted).toHaveLength(1);
    cancels[0]?.();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(core.aborted).toHaveLength(2);
  });

  test('what a closed window asked for is cancelled, and nothing is sent to it', async () => {
    const { ipcMain, openWindow } = replacedElectron();
    const core = echo();
    serveIpc(ipcMain, core.console, caller, isOurPage);
    const window = openWindow();
    const bridge = createBridge(window.ipcRenderer);
    bridge.subscribe(() => {});
    void bridge.call('wait', {}, () => {});
    window.close();
    expect(core.aborted).toEqual(['wait']);
    expect(() => core.tell({ type: 'open', path: '/now' })).not.toThrow();
  });
});

describe('the page under its own scheme', () => {
  const renderer = () => {
    const dir = path.join(folder.dir, 'renderer');
    mkdirSync(path.join(dir, 'assets'), { recursive: true });
    writeFileSync(path.join(dir, 'index.html'), '<main>');
    writeFileSync(path.join(dir, 'assets', 'app-1a2b.js'), '1');
    writeFileSync(path.join(folder.dir, 'secret.js'), 'secret');
    return pathToFileURL(`${dir}/`);
  };

  test('is answered with the policy, every screen by index.html', async () => {
    const answer = await answerPage(`${PAGE_ORIGIN}/conversation/c-1`, renderer());
    expect(await answer.text()).toBe('<main>');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    // An ID may end as a file does, and hold what the name of a file may not.
    for (const id of ['trace.js', '100%', 'a%2F..%2Fb', 'c:%5Cd', '~..']) {
      const screen = await answerPage(`${PAGE_ORIGIN}/conversation/${id}`, renderer());
      expect(await screen.text(), id).toBe('<main>');
    }
    const asset = await answerPage(`${PAGE_ORIGIN}/assets/app-1a2b.js`, renderer());
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test('answers nothing else: other hosts, other folders', async () => {
    expect((await answerPage('app://other/index.html', renderer())).status).toBe(403);
    for (const where of ['/..%2fsecret.js', '/assets/..%2f..%2fsecret.js', '/assets/none.js']) {
      expect((await answerPage(PAGE_ORIGIN + where, renderer())).status).toBe(404);
    }
  });
});

describe('the keychain', () => {
  /** Turns each byte round: enough to see that what is stored is not what was given. */
  const storage = (more: Partial<SafeStorage> = {}): SafeStorage => ({
    isEncryptionAvailable: () => true,
    encryptString: (text) => Buffer.from(Buffer.from(text).map((byte) => byte ^ 255)),
    decryptString: (data) => Buffer.from(data.map((byte) => byte ^ 255)).toString(),
    ...more,
  });

  test('keeps secrets encrypted, over a restart, also those stored at the same time', async () => {
    const keychain = createKeychain(storage(), folder.dir);
    await Promise.all([keychain?.set('ONE', 'first secret'), keychain?.set('TWO', 'second')]);
    expect(await createKeychain(storage(), folder.dir)?.get('ONE')).toBe('first secret');
    expect(await keychain?.get('TWO')).toBe('second');
    expect(await keychain?.get('NONE')).toBeNull();
    expect(readFileSync(path.join(folder.dir, 'secrets.json'), 'utf8')).not.toContain(
      'first secret',
    );
  });

  test('is not there where the system keeps no key, or one that everybody has', () => {
    expect(createKeychain(storage({ isEncryptionAvailable: () => false }), folder.dir)).toBeNull();
    const open = storage({ getSelectedStorageBackend: () => 'basic_text' });
    expect(createKeychain(open, folder.dir)).toBeNull();
  });

  test('puts nothing into a file that it cannot read, and goes on without it', async () => {
    const keychain = createKeychain(storage(), folder.dir);
    await keychain?.set('ONE', 'secret');
    const file = path.join(folder.dir, 'secrets.json');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, -1));
    await expect(keychain?.set('TWO', 'other')).rejects.toThrow('secrets.json cannot be read');
    expect(await keychain?.get('ONE')).toBeNull();
    writeFileSync(file, whole);
    expect(await keychain?.set('TWO', 'other')).toBe(true);
    expect(await keychain?.get('ONE')).toBe('secret');
  });

  test('answers nothing for a secret whose key is gone, rather than failing', async () => {
    await createKeychain(storage(), folder.dir)?.set('ONE', 'secret');
    const changed = storage({
      decryptString: () => {
        throw new Error('wrong key');
      },
    });
    expect(await createKeychain(changed, folder.dir)?.get('ONE')).toBeNull();
  });
});

describe('the place of the window', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  test('is found again, but not on a screen that is gone', () => {
    const file = path.join(folder.dir, 'window.json');
    const place = { x: 100, y: 50, width: 1400, height: 900, maximized: true };
    writePlace(file, place);
    expect(readPlace(file, screens)).toEqual(place);
    writePlace(file, { ...place, x: 5000 });
    expect(readPlace(file, screens)).toEqual({ width: 1400, height: 900, maximized: true });
    writeFileSync(file, '{"width":"wide"}');
    expect(readPlace(file, screens)).toEqual({ width: 1280, height: 800, maximized: false });
  });
});

describe('a notification', () => {
  const alert = (fingerprint: string, startedAt = 1) => ({
    source: 'alerts',
    fingerprint,
    name: 'Slow',
    service: 'support-bot',
    environment: 'production',
    severity: 'page',
    state: 'firing',
    startedAt,
    endedAt: null,
    summary: '',
    labels: {},
    annotations: {},
    silencedBy: [],
    url: null,
  });
  const session = {
    identity: { name: 'x', kind: 'local' },
    signIn: null,
    role: 'viewer',
    host: 'electron',
    version: '1',
    demo: false,
    environments: [{ name: 'production', protected: true, unlockedUntil: null }],
    configProblems: [],
    configPath: null,
    now: 1,
  };

  test('comes once for an alert that began after the start, and again when it fires anew', async () => {
    const core = echo();
    let firing = [alert('a')];
    const told: string[] = [];
    const counts: number[] = [];
    const stop = watchAlerts(
      {
        ...core.console,
        call: async (name) =>
          name === 'session.read' ? session : { alerts: firing, silences: [], freshness: [] },
      },
      caller,
      { onNew: ({ fingerprint }) => told.push(fingerprint), onCount: (n) => counts.push(n) },
    );
    const look = async () => {
      const before = counts.length;
      core.tell({ type: 'changed', topics: ['alerts'] });
      await expect.poll(() => counts.length).toBeGreaterThan(before);
    };
    await expect.poll(() => counts.length).toBe(1);
    expect(told).toEqual([]);
    firing = [alert('a'), alert('b')];
    await look();
    await look();
    expect(told).toEqual(['b']);
    firing = [alert('a')];
    await look();
    firing = [alert('a'), alert('b', 2)];
    await look();
    expect(told).toEqual(['b', 'b']);
    expect(counts.at(-1)).toBe(2);
    stop();
    expect(core.listeners.size).toBe(0);
  });
});
