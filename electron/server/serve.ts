import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { NightdeskError } from '#shared/errors/index.ts';
import { LIMITS } from '../host/limits.ts';
import type { Console } from '../host/start-console.ts';
import { createApp } from './app.ts';
import { watchConnections } from './connections.ts';
import { type EventsSocket, serveEvents } from './events.ts';
import { createGuard, createTickets, newToken } from './guard.ts';

/** Where bookmarks and shared links may expect the console; a free port is taken where it is not to be had. */
export const USUAL_PORT = 4690;

export interface BrowserHost {
  port: number;
  token: string;
  /** Without the token. */
  origin: string;
  /** The address of a path that lets a browser in. The token stands in the fragment, which no server sees. */
  address(path?: string): string;
  /** The same for a command line: lets one browser in, once, within a minute. */
  addressOnce(path?: string): string;
  windows(): number;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Null = the usual one, else a free one. */
  port: number | null;
  renderer: URL;
  devOrigins?: readonly string[];
}

/** Serves a console on 127.0.0.1. Throws `conflict` when the port that was asked for is taken. */
export async function serveConsole(
  console: Pick<Console, 'call' | 'subscribe' | 'log'>,
  options: ServeOptions,
): Promise<BrowserHost> {
  const server = createServer({
    maxHeaderSize: LIMITS.headerBytes,
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    connectionsCheckingInterval: LIMITS.sweepMs,
  });
  server.maxHeadersCount = LIMITS.headers;
  const connections = watchConnections(server);
  const port = await listen(server, options.port);
  const token = newToken();
  console.log.hide(token);
  const guard = createGuard(port, options.devOrigins);
  const tickets = createTickets();
  const { renderer } = options;
  const app = createApp({ console, renderer, token, tickets, guard, connections, port });
  server.on('request', getRequestListener(app.fetch));
  const events = serveEvents(server, {
    subscribe: console.subscribe,
    token,
    guard,
    connections,
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    token,
    origin,
    address: (path = '/') => `${origin}${path}#token=${token}`,
    addressOnce: (path = '/') => `${origin}${path}#ticket=${tickets.issue()}`,
    windows: () => events.windows(),
    close: () => close(server, events),
  };
}

async function listen(server: Server, wanted: number | null): Promise<number> {
  try {
    return await listenOn(server, wanted ?? USUAL_PORT);
  } catch (cause) {
    if (wanted === null) return listenOn(server, 0);
    throw new NightdeskError('conflict', `Port ${wanted} cannot be used: something else has it.`, {
      cause,
    });
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
}

async function close(server: Server, events: EventsSocket): Promise<void> {
  events.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // A call under way is cancelled by its connection's end; a silent keep-alive would hold us for minutes.
    server.closeAllConnections();
  });
}
