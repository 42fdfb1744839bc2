import { EventEmitter } from 'node:events';
import path from 'node:path';
import { replacedElectron } from './replaced-electron.ts';

type PageHandler = (request: { url: string }) => Promise<Response>;
type Request = (
  contents: { getURL(): string },
  permission: string,
  answer: (allowed: boolean) => void,
) => void;
type Check = (contents: { getURL(): string } | null, permission: string) => boolean;
type BeforeRequest = (
  details: { url: string },
  answer: (verdict: { cancel: boolean }) => void,
) => void;
type DisplayMedia = (request: unknown, answer: (streams: object) => void) => void;

/** The electron module as far as the host uses it: it writes down what it is asked for and does nothing. */
export function fakeElectron() {
  const { ipcMain, openWindow } = replacedElectron();
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
  const session = new EventEmitter();
  const fake = {
    app,
    session,
    /** What was asked for, in order. */
    asked: [] as string[],
    windows: [] as { options: Record<string, unknown>; url: string; shown: number }[],
    /** What the person is asked, and what is opened; the answer is yes where the address says so. */
    dialogs: [] as string[],
    opened: [] as string[],
    exits: [] as number[],
    page: null as null | PageHandler,
    permissionRequest: null as null | Request,
    permissionCheck: null as null | Check,
    devicePermission: null as null | (() => boolean),
    displayMedia: null as null | DisplayMedia,
    beforeRequest: null as null | BeforeRequest,
  };
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
  const electron = {
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
      defaultSession: Object.assign(session, {
        setPermissionRequestHandler: (handler: Request) => {
          fake.permissionRequest = handler;
        },
        setPermissionCheckHandler: (handler: Check) => {
          fake.permissionCheck = handler;
        },
        setDevicePermissionHandler: (handler: () => boolean) => {
          fake.devicePermission = handler;
        },
        setDisplayMediaRequestHandler: (handler: DisplayMedia) => {
          fake.displayMedia = handler;
        },
        webRequest: {
          onBeforeRequest: (handler: BeforeRequest) => {
            fake.beforeRequest = handler;
          },
        },
      }),
    },
    shell: { openExternal: async (url: string) => fake.opened.push(url) },
    Tray: class extends EventEmitter {
      setToolTip() {}
      setContextMenu() {}
    },
    utilityProcess: {},
  };
  return { fake, electron, openWindow };
}
