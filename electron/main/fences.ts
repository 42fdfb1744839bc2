import { app, dialog, type Session, shell, type WebContents } from 'electron';
import { isOurPage } from './page-protocol.ts';

/** Keeps every page that may ever exist to the console's own, and asks before anything leaves for a browser. */
export function raiseFences(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => {
      if (isOurPage(event.url)) return;
      event.preventDefault();
      void offerExternal(event.url);
    });
    contents.setWindowOpenHandler(({ url }) => {
      void offerExternal(url);
      return { action: 'deny' };
    });
  });
}

/** Nothing is allowed but copying text from the console's own page. */
export function denyPermissions(session: Session): void {
  const allowed = (permission: string, contents: WebContents | null) =>
    permission === 'clipboard-sanitized-write' && contents !== null && isOurPage(contents.getURL());
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(allowed(permission, contents));
  });
  session.setPermissionCheckHandler((contents, permission) => allowed(permission, contents));
  session.setDevicePermissionHandler(() => false);
}

/** For an address that the core made, the page to sign in on: nothing but a web page is ever opened. */
export async function openExternal(address: string): Promise<void> {
  if (/^https?:\/\//i.test(address)) await shell.openExternal(address);
}

/** A link may come from a transcript: the person sees where it leads and decides. */
async function offerExternal(url: string): Promise<void> {
  if (!/^https?:\/\//i.test(url)) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this address in the browser?',
    detail: url.slice(0, 500),
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) await shell.openExternal(url);
}
