/** The Electron host. Not seen running yet: see README.md in this folder. */
import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  ipcMain,
  Notification,
  protocol,
  safeStorage,
  session,
} from 'electron';
import { NightdeskError } from '#shared/errors/index.ts';
import { type HostArguments, parseArguments } from '../host/arguments.ts';
import { localCaller } from '../host/caller.ts';
import { configurationWords } from '../host/configuration-words.ts';
import { defaultDataDir, prepareDataDir } from '../host/data-dir.ts';
import { pathOfLink } from '../host/deep-link.ts';
import { modulesOf } from '../host/modules.ts';
import { closeOnExit } from '../host/shutdown.ts';
import { type Console, startConsole } from '../host/start-console.ts';
import { fenceSession, openExternal, raiseFences } from './fences.ts';
import { serveIpc } from './ipc.ts';
import { createKeychain } from './keychain.ts';
import { setMenu } from './menu.ts';
import { answerPage, isOurPage, SCHEME } from './page-protocol.ts';
import { createTray } from './tray.ts';
import { utilitySpawn } from './utility-spawn.ts';
import { watchAlerts } from './watch-alerts.ts';
import { bringToFront, openWindow } from './window.ts';

const modules = modulesOf(import.meta.url);
let window: BrowserWindow | null = null;
let console: Console | null = null;
/** A link that came before there was a window to show it. */
let waiting: string | null = null;

/** Shows a place, in the window that is there or in a new one. */
function show(path: string | null): void {
  if (!console) {
    waiting = path ?? waiting;
    return;
  }
  if (window) {
    if (path !== null) console.open(path);
    bringToFront(window);
    return;
  }
  window = openWindow(modules.root, console.dataDir, path);
  window.on('closed', () => {
    window = null;
  });
}

function linkIn(argv: readonly string[]): string | null {
  const link = argv.find((text) => /^nightdesk:/i.test(text));
  return link === undefined ? null : pathOfLink(link);
}

async function run(args: HostArguments, dataDir: string): Promise<void> {
  await app.whenReady();
  fenceSession(session.defaultSession);
  protocol.handle(SCHEME, (request) => answerPage(request.url, modules.renderer));
  const started = await startConsole(args, {
    host: 'electron',
    modules,
    keychain: createKeychain(safeStorage, dataDir),
    openExternal,
    spawn: (log) => utilitySpawn(modules, log),
    onOpen: show,
    describe: () => console && { address: null, addressOnce: null, windows: window ? 1 : 0 },
  });
  if (!started.first) {
    const { address } = started.running;
    if (address) process.stdout.write(`Nightdesk is already running: ${address}\n`);
    app.exit(0);
    return;
  }
  console = started.console;
  const caller = localCaller();
  const stopIpc = serveIpc(ipcMain, console, caller, isOurPage);
  setMenu(show);
  const tray = createTray(modules.root, () => show(null));
  const stopWatching = watchAlerts(console, caller, {
    onCount: tray.count,
    onNew: (alert) => {
      const note = new Notification({
        title: `${alert.service || alert.name} · ${alert.environment}`,
        body: alert.summary || alert.name,
        urgency: 'critical',
      });
      note.on('click', () => show(`/now?env=${encodeURIComponent(alert.environment)}`));
      note.show();
    },
  });
  closeWith(console, () => {
    stopWatching();
    stopIpc();
  });
  for (const line of await configurationWords(console)) process.stdout.write(`${line}\n`);
  // Without a window the tray is the way in, unless a link asked for one meanwhile.
  if (args.open || waiting !== null) show(waiting ?? args.path);
}

/** Quitting waits until everything that was started has ended. */
function closeWith(running: Console, first: () => void): void {
  let closing: Promise<void> | null = null;
  const close = () => {
    if (closing === null) {
      first();
      closing = running.close();
    }
    return closing;
  };
  app.on('before-quit', (event) => {
    event.preventDefault();
    close().then(
      () => app.exit(0),
      () => app.exit(1),
    );
  });
  closeOnExit(close);
}

function fail(error: unknown): void {
  const why = error instanceof NightdeskError ? error.message : String(error);
  process.stderr.write(`Nightdesk could not start. ${why}\n`);
  dialog.showErrorBox('Nightdesk could not start', why);
  app.exit(1);
}

function start(): void {
  // Started as `electron FOLDER …` the folder stands before our arguments.
  const argv = process.argv.slice(app.isPackaged ? 1 : 2);
  const args = parseArguments(argv, true);
  const dataDir = prepareDataDir(args.data ?? defaultDataDir(process.platform, process.env));
  // Electron's own lock goes by this folder: two consoles on two data folders are two applications.
  app.setPath('userData', join(dataDir, 'electron'));
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  raiseFences();
  // Behind `--` a link stays a link, whatever switches somebody wrote into it.
  if (app.isPackaged) app.setAsDefaultProtocolClient('nightdesk', process.execPath, ['--']);
  app.on('second-instance', (_event, other) => show(linkIn(other)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    show(pathOfLink(url));
  });
  app.on('activate', () => show(null));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  run({ ...args, path: linkIn(argv) ?? args.path }, dataDir).catch(fail);
}

try {
  start();
} catch (error) {
  fail(error);
}
