import { app, Menu, type MenuItemConstructorOptions } from 'electron';

const PLACES = [
  ['Now', '/now'],
  ['Conversations', '/conversations'],
  ['Flags && models', '/flags'],
  ['Signals', '/signals'],
  ['Runbooks', '/runbooks'],
  ['Journal', '/journal'],
  ['Sources', '/sources'],
] as const;

export function setMenu(go: (path: string) => void): void {
  const places = PLACES.map(
    ([label, path], index): MenuItemConstructorOptions => ({
      label,
      accelerator: `CmdOrCtrl+${index + 1}`,
      click: () => go(path),
    }),
  );
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { label: 'Go', submenu: places },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
