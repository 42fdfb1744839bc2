import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CoreEvent } from '#shared/contract/index.ts';
import { LIMITS } from '../host/limits.ts';
import type { Connections } from './connections.ts';
import { type Guard, tokenFits } from './guard.ts';

const PING_MS = 20_000;
const PROTOCOL = 'nightdesk';

export interface EventsSocket {
  /** Number of windows that listen. */
  windows(): number;
  close(): void;
}

/** `/api/events`: what the core tells, to every window that brings the token as a subprotocol. */
export function serveEvents(
  server: Server,
  parts: {
    subscribe(fn: (event: CoreEvent) => void): () => void;
    token: string;
    guard: Guard;
    connections: Connections;
  },
): EventsSocket {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 1024,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const status = refusal(request, parts);
    if (status) return end(socket, status);
    if (sockets.clients.size >= LIMITS.windows) return end(socket, '503 Service Unavailable');
    parts.connections.admit(socket);
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client));
  });
  sockets.on('connection', (client: WebSocket) => {
    client.on('error', () => client.terminate());
    // A window only listens: what speaks here is none.
    client.on('message', () => client.terminate());
  });

  const stop = parts.subscribe((event) => {
    const text = JSON.stringify(event);
    for (const client of sockets.clients) {
      if (client.bufferedAmount > LIMITS.backlogBytes) client.terminate();
      else client.send(text);
    }
  });
  const alive = watchAlive(sockets);
  return {
    windows: () => sockets.clients.size,
    close() {
      stop();
      clearInterval(alive);
      for (const client of sockets.clients) client.close(1001, 'The console was closed.');
      sockets.close();
    },
  };
}

/** The status line of why an upgrade is refused, or null. */
function refusal(
  request: IncomingMessage,
  { token, guard }: { token: string; guard: Guard },
): string | null {
  const { host, origin } = request.headers;
  if (request.headersDistinct.host?.length !== 1) return '400 Bad Request';
  if (guard.refuse({ host, origin }) !== null) return '403 Forbidden';
  if (request.url !== '/api/events') return '404 Not Found';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim());
  const given = offered.find((name) => name.startsWith('token.'))?.slice('token.'.length);
  return tokenFits(given, token) ? null : '401 Unauthorized';
}

function end(socket: Duplex, status: string): void {
  const refusal = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  socket.end(refusal, () => socket.destroy());
}

/** A laptop that slept leaves connections that are dead without saying so. */
function watchAlive(sockets: WebSocketServer): NodeJS.Timeout {
  const answered = new WeakSet<WebSocket>();
  const pinged = new WeakSet<WebSocket>();
  return setInterval(() => {
    for (const client of sockets.clients) {
      if (pinged.has(client) && !answered.has(client)) {
        client.terminate();
        continue;
      }
      if (!pinged.has(client)) client.on('pong', () => answered.add(client));
      answered.delete(client);
      pinged.add(client);
      client.ping();
    }
  }, PING_MS).unref();
}
