/**
 * Where the provider sends the browser back to (RFC 8252, section 7.3): a listener on 127.0.0.1 with a port of the
 * system's choice, for one sign-in, closed as soon as that has ended.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { NightdeskError } from '#shared/errors/index.ts';

const PATH = '/callback';

export interface Callback {
  /** `http://127.0.0.1:PORT/callback`; the provider must allow any port there. */
  redirectUri: string;
  close(): void;
}

/**
 * `arrived` is called for the first request that brings this sign-in's state, and for no other; what it resolves with
 * is shown in the browser. Anything else is answered 400 and changes nothing.
 */
export function listenForCallback(
  state: string,
  arrived: (address: URL) => Promise<string>,
): Promise<Callback> {
  let used = false;
  const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 32_768 });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const port = portOf();
    const address = URL.parse(request.url ?? '', `http://127.0.0.1:${port}`);
    const fits =
      request.method === 'GET' &&
      request.headers.host === `127.0.0.1:${port}` &&
      address?.pathname === PATH &&
      address.searchParams.get('state') === state;
    if (!fits || used || address === null) {
      return page(response, 400, 'This is not the sign-in that the console waits for.');
    }
    used = true;
    page(response, 200, await arrived(address));
  }

  function portOf(): number {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  server.on('request', (request, response) => void answer(request, response));
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new NightdeskError('internal', 'No port could be opened for the sign-in.', { cause }));
    });
    server.listen(0, '127.0.0.1', () => {
      resolve({
        redirectUri: `http://127.0.0.1:${portOf()}${PATH}`,
        close: () => {
          server.close();
          server.closeIdleConnections();
        },
      });
    });
  });
}

function page(response: ServerResponse, status: number, text: string): void {
  const shown = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(
    `<!doctype html><html lang="en"><title>Nightdesk</title><p>${shown} You may close this page.</p></html>`,
  );
}
