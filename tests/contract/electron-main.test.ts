/**
 * The wiring of the Electron host, run to its end with the electron module replaced: what it asks of
 * Electron, in which order. That Electron then does as it is documented is not shown here.
 */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CoreEvent } from '#shared/contract/index.ts';
import { createBridge } from '../../electron/preload/bridge.ts';
import { replacedElectron } from './adapters/replaced-electron.ts';
import { configuration, type Folder, temporaryFolder } from './fixtures.ts';

type PageHandler = (request: { url: string }) => Promise<Response>;
type Permission = (
  contents: { getURL(): string } | null,
  permission: string,
  answer: (allowed: boolean) => void,
) => void;

const fake = {
  /** What was asked for, in order. */
  asked: [] as string[],
  windows: [] as { options: Record<string, unknown>; url: string; shown: number }[],
  dialogs: [] as string[],
  opened: [] as string[],
  exits: [] as number[],
  app: null as null | EventEmitter,
  page: null as null | PageHandler,
  permission: null as null | Permission,
};
const { ipcMain, openWindow } = replacedElectron();

vi.doMock('electron', () => {
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    setPath: (name: string, where: string) =>
      fake.asked.push(`path ${name} ${path.basename(where)}`),
    requestSingleInstanceLock: () => {
      fake.asked.push('lock');
      return true;
    },
    whenReady: async () => {
      fake.asked.push('ready');
    },
    exit: (code: number) => fake.exits.push(code),
    quit: () => app.emit('before-quit', { preventDefault: () => {} }),
    setBadgeCount: () => true,
  });
  fake.app = app;
  class BrowserWindow extends EventEmitter {
    readonly record: (typeof fake.windows)[number];
    constructor(options: Record<string, unknown>) {
      super();
      this.record = { options, url: '', shown: 0 };
      fake.windows.push(this.record);
    }
    async loadURL(url: string) {
      this.record.url = url;
    }
    show() {
      this.record.shown += 1;
    }
    focus() {}
    isMinimized() {
      return false;
    }
  }
  return {
    app,
    BrowserWindow,
    contextBridge: {},
    dialog: {
      showErrorBox: (_title: string, text: string) => fake.dialogs.push(text),
      showMessageBox: async ({ detail }: { detail: string }) => {
        fake.dialogs.push(detail);
        return { response: detail.includes('yes') ? 0 : 1 };
      },
    },
    ipcMain,
    Menu: { setApplicationMenu: () => {}, buildFromTemplate: (template: unknown) => template },
    nativeImage: { createFromPath: (file: string) => ({ resize: () => file }) },
    nativeTheme: { shouldUseDarkColors: true },
    Notification: class extends EventEmitter {},
    protocol: {
      registerSchemesAsPrivileged: () => fake.asked.push('scheme'),
      handle: (scheme: string, handler: PageHandler) => {
        fake.asked.push(`handle ${scheme}`);
        fake.page = handler;
      },
    },
    safeStorage: { isEncryptionAvailable: () => false },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: Permission) => {
          fake.permission = handler;
        },
        setPermissionCheckHandler: () => {},
        setDevicePermissionHandler: () => {},
      },
    },
    shell: { openExternal: async (url: string) => fake.opened.push(url) },
    Tray: class extends EventEmitter {
      setToolTip() {}
      setContextMenu() {}
    },
    utilityProcess: {},
  };
});

let folder: Folder;
const argv = process.argv;

beforeAll(async () => {
  folder = temporaryFolder();
  const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
  const link = 'nightdesk://conversation/c-1';
  process.argv = ['electron', '.', '--data', folder.dir, '--config', config, link];
  await import('../../electron/main/index.ts');
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1), 30_000);
});
afterAll(async () => {
  process.argv = argv;
  fake.app?.emit('before-quit', { preventDefault: () => {} });
  await vi.waitFor(() => expect(fake.exits).toEqual([0]), 30_000);
  folder.remove();
});

test('what must be done before Electron is ready is done before', () => {
  expect(fake.asked).toEqual(['path userData electron', 'lock', 'scheme', 'ready', 'handle app']);
});

test('the window is sandboxed, has the built preload and shows the linked conversation', () => {
  const [window] = fake.windows;
  expect(window?.url).toBe('app://nightdesk/conversation/c-1');
  expect(window?.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    preload: fileURLToPath(new URL('../../out/preload/index.cjs', import.meta.url)),
  });
});

test('the tray has an icon to show', () => {
  expect(existsSync(new URL('../../resources/icon.png', import.meta.url))).toBe(true);
});

test('pages of other hosts are not answered', async () => {
  expect((await fake.page?.({ url: 'app://other/' }))?.status).toBe(403);
});

test('the window is answered by the core, and hears the link of a second instance', async () => {
  const bridge = createBridge(openWindow().ipcRenderer);
  expect(await bridge.call('session.read', {}, () => {})).toMatchObject({
    ok: true,
    output: { host: 'electron', demo: false },
  });
  const heard: CoreEvent[] = [];
  bridge.subscribe((event) => {
    if (event.type === 'open') heard.push(event);
  });
  fake.app?.emit('second-instance', {}, ['electron', '.', 'nightdesk://conversation/c-2']);
  expect(heard).toEqual([{ type: 'open', path: '/conversation/c-2' }]);
  expect(fake.windows).toHaveLength(1);
  expect(fake.windows[0]?.shown).toBe(1);
});

test('a page can neither lead elsewhere nor open windows; a link is asked for first', async () => {
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: (details: { url: string }) => { action: string }) => {
      expect(handler({ url: 'https://example.com/no' })).toEqual({ action: 'deny' });
      expect(handler({ url: 'https://example.com/yes' })).toEqual({ action: 'deny' });
      expect(handler({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' });
    },
  });
  fake.app?.emit('web-contents-created', {}, contents);
  const navigate = (url: string) => {
    const event = { url, preventDefault: vi.fn() };
    contents.emit('will-frame-navigate', event);
    return event.preventDefault.mock.calls.length;
  };
  expect(navigate('app://nightdesk/now')).toBe(0);
  expect(navigate('file:///etc/passwd')).toBe(1);
  await vi.waitFor(() => expect(fake.opened).toEqual(['https://example.com/yes']));
  expect(fake.dialogs).toEqual(['https://example.com/no', 'https://example.com/yes']);
});

test('nothing is permitted but copying from the own page', () => {
  const allowed = (url: string, permission: string) => {
    let answered: boolean | null = null;
    fake.permission?.({ getURL: () => url }, permission, (yes) => {
      answered = yes;
    });
    return answered;
  };
  expect(allowed('app://nightdesk/now', 'clipboard-sanitized-write')).toBe(true);
  expect(allowed('https://evil.example/', 'clipboard-sanitized-write')).toBe(false);
  for (const permission of ['media', 'geolocation', 'notifications', 'openExternal']) {
    expect(allowed('app://nightdesk/now', permission)).toBe(false);
  }
});
