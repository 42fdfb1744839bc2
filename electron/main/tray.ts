import { fileURLToPath } from 'node:url';
import { app, Menu, nativeImage, Tray } from 'electron';

const SIZE = process.platform === 'darwin' ? 18 : 24;

/** The icon beside the clock: how many alerts fire, and the way back to the window. */
export function createTray(root: URL, show: () => void): { count(firing: number): void } {
  const file = fileURLToPath(new URL('resources/icon.png', root));
  const image = nativeImage.createFromPath(file).resize({ width: SIZE, height: SIZE });
  const tray = new Tray(image);
  tray.setToolTip('Nightdesk');
  tray.on('click', show);
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Show Nightdesk', click: show },
      { label: 'Quit', click: () => app.quit() },
    ]),
  );
  return {
    count: (firing) => {
      tray.setToolTip(firing === 0 ? 'Nightdesk: nothing fires' : `Nightdesk: ${firing} firing`);
      app.setBadgeCount(firing);
    },
  };
}
