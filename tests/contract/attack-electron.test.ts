/**
 * Attacks on the Electron host, its whole wiring run with the electron module replaced: what a page that was taken
 * over, a link, or a second start with hostile arguments may try. That Electron itself then keeps to what it was told
 * is not shown here.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Answer, IPC } from '#shared/contract/bridge.ts';
import type { CoreEvent } from '#shared/contract/index.ts';
import { LIMITS } from '../../electron/host/limits.ts';
import type { SenderFrame } from '../../electron/main/ipc.ts';
import { createBridge } from '../../electron/preload/bridge.ts';
import { fakeElectron } from './adapters/fake-electron.ts';
import {
  configuration,
  type Folder,
  type HungServer,
  startHungServer,
  temporaryFolder,
} from './fixtures.ts';

const { fake, electron, openWindow } = fakeElectron();
vi.doMock('electron', () => electron);

const OURS = 'app://nightdesk/now';
let folder: Folder;
let hung: HungServer;
const argv = process.argv;

beforeAll(async () => {
  folder = temporaryFolder();
  hung = await startHungServer();
  const config = folder.write('nightdesk.yml', configuration(hung.url));
  process.argv = ['electron', '.', '--data', folder.dir, '--config', config];
  await import('../../electron/main/index.ts');
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1), 30_000);
});
afterEach(async () => {
  // Whatever was tried, the console's own page is answered.
  expect(
    await createBridge(openWindow().ipcRenderer).call('session.read', {}, () => {}),
  ).toMatchObject({ ok: true });
});
afterAll(async () => {
  process.argv = argv;
  fake.app.emit('before-quit', { preventDefault: () => {} });
  await vi.waitFor(() => expect(fake.exits).toEqual([0]), 30_000);
  await hung.close();
  folder.remove();
});

const refusal = (code: string) => ({ ok: false, error: { code } });

describe('a message', () => {
  test.each<[string, SenderFrame | null]>([
    ['another site', { url: 'https://evil.example/', parent: null }],
    ['a file', { url: 'file:///usr/share/nightdesk/index.html', parent: null }],
    ['a page without an address', { url: 'about:blank', parent: null }],
    ['a page made of text', { url: 'data:text/html,<script>1</script>', parent: null }],
    ['a page made by our page', { url: 'blob:app://nightdesk/1', parent: null }],
    ['a look-alike host', { url: 'app://nightdesk.evil.example/', parent: null }],
    ['a look-alike by its name part', { url: 'app://nightdesk@evil.example/', parent: null }],
    ['our host with a name part', { url: 'app://x:y@nightdesk/', parent: null }],
    ['our host on a port', { url: 'app://nightdesk:81/', parent: null }],
    ['another scheme', { url: 'http://nightdesk/', parent: null }],
    ['a frame inside our page', { url: OURS, parent: {} }],
    ['a frame that is gone', null],
  ])('from %s calls nothing, cancels nothing, hears nothing', async (_name, frame) => {
    const { ipcRenderer } = openWindow(frame);
    const bridge = createBridge(ipcRenderer);
    expect(await bridge.call('session.read', {}, (cancel) => cancel())).toMatchObject(
      refusal('forbidden'),
    );
    const heard: CoreEvent[] = [];
    bridge.subscribe((event) => heard.push(event));
    fake.app.emit('second-instance', {}, ['nightdesk', 'nightdesk://conversation/c-1']);
    expect(heard).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', '1'],
    ['not a number', Number.NaN],
    ['a fraction', 1.5],
    ['a large integer', 10n],
    ['an object that is no text', { toString: 1, valueOf: 1 }],
    ['a list', [1]],
  ])('whose call number is %s is refused, and its cancel ignored', async (_name, id) => {
    const { ipcRenderer } = openWindow();
    expect(await ipcRenderer.invoke(IPC.call, id, 'session.read', {})).toMatchObject(
      refusal('bad_input'),
    );
    expect(() => ipcRenderer.send(IPC.cancel, id)).not.toThrow();
  });

  test('that takes the number of a call under way is refused, and that call can still be ended', async () => {
    const { ipcRenderer } = openWindow();
    const first = ipcRenderer.invoke(IPC.call, 1, 'sources.check', { id: 'slow' });
    expect(await ipcRenderer.invoke(IPC.call, 1, 'session.read', {})).toMatchObject(
      refusal('bad_input'),
    );
    ipcRenderer.send(IPC.cancel, 1);
    expect(await first).toMatchObject(refusal('cancelled'));
  });

  test('on a channel that is not there reaches nothing', async () => {
    const { ipcRenderer } = openWindow();
    for (const channel of ['ELECTRON_BROWSER_REQUIRE', '__proto__', 'constructor', '']) {
      await expect(ipcRenderer.invoke(channel, 1, 'session.read', {})).rejects.toThrow(
        'No handler',
      );
    }
  });

  test('too many calls of one window are held back, told how long, and no other window waits', async () => {
    const { ipcRenderer } = openWindow();
    const answers: Answer[] = [];
    for (let id = 0; answers.at(-1)?.ok !== false && id < 40 * LIMITS.callRate.burst; ) {
      const some = Array.from({ length: 100 }, () =>
        ipcRenderer.invoke(IPC.call, id++, 'none', {}),
      );
      answers.push(...(await Promise.all(some)).filter((one) => !isBadInput(one)));
    }
    expect(answers.at(-1)).toMatchObject({
      ok: false,
      error: {
        code: 'rate_limited',
        retryable: true,
        detail: { retryAfterMs: expect.any(Number) },
      },
    });
  });

  test('calls that hang are bounded, and end with their window', async () => {
    const window = openWindow();
    const bridge = createBridge(window.ipcRenderer);
    const calls = Array.from({ length: LIMITS.callsUnderWay + 1 }, () =>
      bridge.call('sources.check', { id: 'slow' }, () => {}),
    );
    expect(await calls.at(-1)).toMatchObject(refusal('rate_limited'));
    window.close();
    const ended = await Promise.all(calls.slice(0, -1));
    expect(ended.every((one) => !one.ok)).toBe(true);
  });
});

function isBadInput(answer: Answer): boolean {
  if (answer.ok || typeof answer.error !== 'object' || answer.error === null) return false;
  return 'code' in answer.error && answer.error.code === 'bad_input';
}

describe('a page', () => {
  const contents = () => {
    const handlers: ((details: { url: string }) => { action: string })[] = [];
    const page = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: (typeof handlers)[number]) => handlers.push(handler),
    });
    fake.app.emit('web-contents-created', {}, page);
    const stopped = (name: string, url: string): boolean => {
      const event = { url, preventDefault: vi.fn() };
      page.emit(name, event);
      return event.preventDefault.mock.calls.length > 0;
    };
    return { stopped, openWindow: (url: string) => handlers[0]?.({ url }).action };
  };
  const hostile = [
    'file:///etc/passwd',
    'https://evil.example/no',
    'http://127.0.0.1:9/no',
    'javascript:alert(1)',
    'data:text/html,no',
    'about:blank',
    'app://other/no',
    'blob:https://evil.example/no',
    'chrome://gpu',
    'devtools://devtools/no',
    'nightdesk://conversation/no',
    'not an address',
  ];

  test.each(hostile)('neither leads to, nor is redirected to, nor opens %s', (url) => {
    const page = contents();
    for (const name of ['will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      expect(page.stopped(name, url)).toBe(true);
    }
    expect(page.openWindow(url)).toBe('deny');
  });

  test('moves within itself, but attaches no webview and opens no second window', () => {
    const page = contents();
    expect(page.stopped('will-frame-navigate', OURS)).toBe(false);
    expect(page.stopped('will-attach-webview', OURS)).toBe(true);
    expect(page.openWindow(OURS)).toBe('deny');
  });

  test('gets a web page opened by the person alone, one question at a time', async () => {
    const page = contents();
    await vi.waitFor(
      () => expect(page.openWindow('https://example.com/idle')).toBe('deny'),
      30_000,
    );
    await new Promise(setImmediate);
    fake.dialogs.length = 0;
    for (let i = 0; i < 50; i++) page.openWindow('https://example.com/no');
    await new Promise(setImmediate);
    expect(fake.dialogs).toEqual(['https://example.com/no']);
    page.openWindow('https://example.com/yes');
    await vi.waitFor(() => expect(fake.opened).toEqual(['https://example.com/yes']), 30_000);
    for (const url of [
      'file:///yes',
      'smb://evil.example/yes',
      'ms-msdt:/id yes',
      'https://bank.example@evil.example/yes',
      `https://example.com/yes?${'x'.repeat(3000)}`,
      ' javascript:yes',
    ]) {
      page.openWindow(url);
    }
    await new Promise(setImmediate);
    expect(fake.dialogs).toHaveLength(2);
    expect(fake.opened).toHaveLength(1);
  });

  test('is permitted nothing but to copy, and that on our page alone', () => {
    const requested = (url: string, permission: string) => {
      let answered: boolean | null = null;
      fake.permissionRequest?.({ getURL: () => url }, permission, (yes) => {
        answered = yes;
      });
      expect(fake.permissionCheck?.({ getURL: () => url }, permission)).toBe(answered);
      return answered;
    };
    expect(requested(OURS, 'clipboard-sanitized-write')).toBe(true);
    expect(requested('https://evil.example/', 'clipboard-sanitized-write')).toBe(false);
    for (const permission of [
      ...['media', 'geolocation', 'notifications', 'midi', 'midiSysex', 'pointerLock'],
      ...['fullscreen', 'openExternal', 'clipboard-read', 'hid', 'serial', 'usb', 'fileSystem'],
      ...['display-capture', 'window-management', 'idle-detection', 'unknown', '__proto__'],
    ]) {
      expect(requested(OURS, permission)).toBe(false);
    }
    expect(fake.permissionCheck?.(null, 'clipboard-sanitized-write')).toBe(false);
    expect(fake.devicePermission?.()).toBe(false);
    const streams = vi.fn();
    fake.displayMedia?.({}, streams);
    expect(streams).toHaveBeenCalledExactlyOnceWith({});
  });

  test('saves what it made itself and downloads nothing', () => {
    const download = (url: string) => {
      const event = { preventDefault: vi.fn() };
      fake.session.emit('will-download', event, { getURL: () => url });
      return event.preventDefault.mock.calls.length === 0;
    };
    expect(download('blob:app://nightdesk/5b0a')).toBe(true);
    for (const url of [
      'blob:app://nightdesk.evil.example/1',
      'app://nightdesk/index.html',
      ...hostile,
    ]) {
      expect(download(url)).toBe(false);
    }
  });

  test('reaches no network', () => {
    const passes = (url: string) => {
      let cancelled: boolean | null = null;
      fake.beforeRequest?.({ url }, ({ cancel }) => {
        cancelled = cancel;
      });
      return cancelled === false;
    };
    expect(passes(OURS)).toBe(true);
    expect(passes('app://nightdesk/assets/index.js')).toBe(true);
    for (const url of [
      'https://evil.example/beacon.gif',
      'http://127.0.0.1:9090/',
      'ws://evil.example/',
      'file:///etc/passwd',
      'app://other/',
      'blob:https://evil.example/1',
    ]) {
      expect(passes(url)).toBe(false);
    }
  });
});

describe('the scheme of the page', () => {
  test.each([
    'app://nightdesk/..%2fmain%2felectron.js',
    'app://nightdesk/..%252fmain%252felectron.js',
    'app://nightdesk/%2e%2e/%2e%2e/package.json',
    'app://nightdesk/assets/..%5c..%5c..%5cpackage.json',
    'app://nightdesk/%00.js',
    'app://nightdesk//etc/passwd.json',
    'app://nightdesk/file:///etc/passwd.json',
    'app://nightdesk/C:%5cWindows%5cwin.json',
  ])('answers nothing outside the built page: %s', async (url) => {
    expect((await fake.page?.({ url }))?.status).toBe(404);
  });

  test('answers no other host, and every answer carries the policy', async () => {
    const pages = [
      'app://other/',
      'app://nightdesk.evil.example/',
      'app://x@nightdesk/',
      'file:///',
    ];
    for (const url of pages) expect((await fake.page?.({ url }))?.status).toBe(403);
    for (const url of [...pages, OURS, 'app://nightdesk/none.js']) {
      const headers = (await fake.page?.({ url }))?.headers;
      const policy = headers?.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self';");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers?.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('a link from outside', () => {
  test.each([
    'nightdesk://conversation/<img src=x onerror=alert(1)>',
    'nightdesk://conversation/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
    'nightdesk://conversation/c-1"onload="x',
    'nightdesk://conversation/%E2%80%AEtxt.exe',
  ])('with markup in it is an ID like any other, and no markup: %s', (link) => {
    const [event] = heardAfter(() => fake.app.emit('second-instance', {}, ['nightdesk', link]));
    expect(event?.type === 'open' && event.path).toMatch(/^\/conversation\/[\w%.!~*'()-]+$/);
  });

  test.each([
    'nightdesk://conversation/',
    'nightdesk://conversation/..',
    'nightdesk://conversation/%2e%2e',
    'nightdesk://conversation/../../settings',
    'nightdesk://conversation/c-1?next=https://evil.example',
    'nightdesk://conversation/c-1#x',
    'nightdesk://conversation/%00',
    'nightdesk://conversation/%0d%0aX: 1',
    'nightdesk://conversation/%ff',
    `nightdesk://conversation/${'x'.repeat(100_000)}`,
    'nightdesk://settings/x',
    'nightdesk://evil.example/conversation/c-1',
    'nightdesk://user@conversation/c-1',
    'nightdesk:conversation/c-1',
    'nightdesk://',
    'https://evil.example/conversation/c-1',
    'javascript:alert(1)',
  ])('that names no conversation leads nowhere: %s', (link) => {
    const events = heardAfter(() => {
      fake.app.emit('second-instance', {}, ['nightdesk', link]);
      fake.app.emit('open-url', { preventDefault: () => {} }, link);
    });
    expect(events).toEqual([]);
  });

  test('comes with no say over anything else, whatever the second start was given', () => {
    const before = fake.windows.length;
    const events = heardAfter(() =>
      fake.app.emit('second-instance', {}, [
        'nightdesk',
        ...['--config', '/tmp/evil.yml', '--data', '/tmp/evil', '--inspect', '--no-sandbox'],
        ...['--remote-debugging-port=1', '--', 'nightdesk://conversation/c-9', '/settings'],
      ]),
    );
    expect(events).toEqual([{ type: 'open', path: '/conversation/c-9' }]);
    expect(fake.windows).toHaveLength(before);
  });

  function heardAfter(act: () => void): CoreEvent[] {
    const heard: CoreEvent[] = [];
    const stop = createBridge(openWindow().ipcRenderer).subscribe((event) => {
      if (event.type === 'open') heard.push(event);
    });
    act();
    stop();
    return heard;
  }
});

describe('what is given to every window and to the package', () => {
  test('no Node in the page, isolated, sandboxed, with the web rules on', () => {
    for (const { options } of fake.windows) {
      expect(options.webPreferences).toMatchObject({
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
      });
      expect(options.webPreferences).not.toHaveProperty('enableRemoteModule');
      expect(options.webPreferences).not.toHaveProperty('enableBlinkFeatures');
    }
  });

  test('the bridge of the page has two verbs and hands out nothing of Electron', () => {
    expect(Object.keys(createBridge(openWindow().ipcRenderer))).toEqual(['call', 'subscribe']);
  });

  test('the packaged binary runs nothing but the archive it was built with', () => {
    const text = readFileSync(new URL('../../electron-builder.yml', import.meta.url), 'utf8');
    const config = z
      .object({ asar: z.literal(true), electronFuses: z.unknown() })
      .parse(parse(text));
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});
