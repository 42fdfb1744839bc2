import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/** One request with exactly these headers, as no browser and no fetch would let us send it. */
export function ask(
  address: string,
  options: {
    method?: string;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer;
  } = {},
): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(address, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A connection on which anything may be written, whether it is HTTP or not. */
export interface RawConnection {
  socket: Socket;
  write(text: string): void;
  /** All that came back so far. */
  received(): string;
  /** Resolves with all that came back, when the other side has ended the connection. */
  closed: Promise<string>;
}

export function open(port: number): RawConnection {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  // A reset is one way of being refused.
  socket.on('error', () => undefined);
  return {
    socket,
    write: (more) => {
      if (!socket.destroyed) socket.write(more);
    },
    received: () => text,
    closed: new Promise((resolve) => socket.once('close', () => resolve(text))),
  };
}

/** The statuses of the answers that came over one connection, in order. */
export function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
