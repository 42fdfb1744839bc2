import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { PAGE_ORIGIN } from './page-protocol.ts';
import { readPlace, writePlace } from './window-state.ts';

export function openWindow(root: URL, dataDir: string, target: string | null): BrowserWindow {
  const placeFile = path.join(dataDir, 'window.json');
  const place = readPlace(
    placeFile,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const { x, y, width, height, maximized } = place;
  const window = new BrowserWindow({
    width,
    height,
    ...(x !== undefined && y !== undefined ? { x, y } : {}),
    minWidth: 900,
    minHeight: 600,
    title: 'Nightdesk',
    show: false,
    // What is seen before the first paint: no white flash at 3 a.m.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1116' : '#ffffff',
    webPreferences: {
      preload: fileURLToPath(new URL('out/preload/index.cjs', root)),
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
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    writePlace(placeFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
  void window.loadURL(PAGE_ORIGIN + (target ?? '/'));
  return window;
}

/** Shows a window that may be hidden, minimised or behind others. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
