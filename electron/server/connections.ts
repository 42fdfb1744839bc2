import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../host/limits.ts';
import { createBucket } from '../host/rate.ts';

/** Who is connected, told apart by whether the token was shown on the connection. */
export interface Connections {
  /** This connection belongs to a window from now on. */
  admit(socket: Duplex): void;
  /** 0 when a request on this connection may be looked at, else how many milliseconds to wait. */
  waitMs(socket: Duplex): number;
}

/**
 * Strangers have a number of connections and a rate of their own, so that whatever they do leaves a window's
 * connections and its rate alone. When there are too many of them the one that came first is cut off: to refuse the
 * newcomers instead would let a hundred silent connections keep a person from loading the page.
 */
export function watchConnections(server: Server): Connections {
  const strangers = new Map<Duplex, () => number>();
  server.on('connection', (socket) => {
    strangers.set(socket, createBucket(LIMITS.strangerRate));
    socket.once('close', () => strangers.delete(socket));
    if (strangers.size <= LIMITS.strangers) return;
    const [oldest] = strangers.keys();
    if (!oldest) return;
    strangers.delete(oldest);
    oldest.destroy();
  });
  return {
    admit: (socket) => {
      strangers.delete(socket);
    },
    waitMs: (socket) => strangers.get(socket)?.() ?? 0,
  };
}
