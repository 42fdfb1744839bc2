import { app, dialog, type Session, shell } from 'electron';
import { outsideAddress } from './outside.ts';
import { isOurPage, PAGE_ORIGIN } from './page-protocol.ts';

/** Keeps every page that may ever exist to the console's own, and asks before anything leaves for a browser. */
export function raiseFences(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    const keep = (event: { url: string; preventDefault(): void }) => {
      if (isOurPage(event.url)) return;
      event.preventDefault();
      void offerExternal(event.url);
    };
    contents.on('will-frame-navigate', keep);
    contents.on('will-redirect', keep);
    contents.setWindowOpenHandler(({ url }) => {
      void offerExternal(url);
      return { action: 'deny' };
    });
  });
}

/** What pages of a session may ask of the machine and of the network: to copy text and to save what they made. */
export function fenceSession(session: Session): void {
  const allowed = (permission: string, url: string | undefined) =>
    permission === 'clipboard-sanitized-write' && url !== undefined && isOurPage(url);
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(allowed(permission, contents.getURL()));
  });
  session.setPermissionCheckHandler((contents, permission) =>
    allowed(permission, contents?.getURL()),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) event.preventDefault();
  });
  // The page asks the core for everything: whatever would reach the network did not come from us.
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !isOurPage(url) && !isOwnBlob(url) && !/^(?:data|devtools):/.test(url) });
  });
}

function isOwnBlob(url: string): boolean {
  return url.startsWith(`blob:${PAGE_ORIGIN}/`);
}

/** For an address that the core made, the page to sign in on: nothing but a web page is ever opened. */
export async function openExternal(address: string): Promise<void> {
  const url = outsideAddress(address);
  if (url) await shell.openExternal(url.href);
}

let asking = false;

/** A link may come from a transcript: the person sees where it leads and decides. One question at a time. */
async function offerExternal(address: string): Promise<void> {
  const url = outsideAddress(address);
  if (!url || asking) return;
  asking = true;
  try {
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: `Open a page of ${url.host} in the browser?`,
      detail: url.href.slice(0, 500),
      buttons: ['Open', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    });
    if (response === 0) await shell.openExternal(url.href);
  } finally {
    asking = false;
  }
}
