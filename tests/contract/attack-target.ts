import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningHost, runBrowserHost } from '../../electron/server/index.ts';
import { configuration, type Folder, hostArguments, temporaryFolder } from './fixtures.ts';
import { ask, open, type RawConnection, type Reply } from './raw-http.ts';

export const json = { 'Content-Type': 'application/json' };
export const READ_SESSION = JSON.stringify({ operation: 'session.read', input: {} });

/** How somebody tries to open the line of events; what is not given is as the console's own window has it. */
export interface Line {
  protocols?: string[];
  headers?: Record<string, string>;
  where?: string;
}

/** A browser host for the tests of one file; after each of them its window must still be answered. */
export class Target {
  #host: RunningHost | null = null;
  #folder: Folder | null = null;
  #opened: RawConnection[] = [];

  constructor() {
    beforeAll(async () => {
      this.#folder = temporaryFolder();
      const config = this.#folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
      const args = hostArguments({ data: this.#folder.dir, config });
      this.#host = await runBrowserHost(args, { say: () => {} });
    });
    afterEach(async () => {
      for (const { socket } of this.#opened.splice(0)) socket.destroy();
      await expect.poll(async () => (await this.call(this.entitled)).status).toBe(200);
    });
    afterAll(async () => {
      await this.#host?.close?.();
      this.#folder?.remove();
    });
  }

  get host(): RunningHost {
    if (!this.#host) throw new Error('The host runs while tests do.');
    return this.#host;
  }
  get port(): number {
    return Number(new URL(this.host.origin).port);
  }
  get dataDir(): string {
    return this.#folder?.dir ?? '';
  }
  /** What a window sends with a call. */
  get entitled() {
    return { ...json, Authorization: `Bearer ${this.host.token}` };
  }

  get(where: string, headers: Record<string, string> = {}): Promise<Reply> {
    return ask(this.host.origin + where, { headers });
  }

  post(
    where: string,
    headers: Record<string, string | string[]>,
    body: string | Buffer = READ_SESSION,
  ): Promise<Reply> {
    return ask(this.host.origin + where, { method: 'POST', headers, body });
  }

  call(headers: Record<string, string | string[]>, body?: string | Buffer): Promise<Reply> {
    return this.post('/api/call', headers, body);
  }

  /** A connection that is cut at the end of the test. */
  raw(): RawConnection {
    const connection = open(this.port);
    this.#opened.push(connection);
    return connection;
  }

  /** Writes a whole request and waits for the end of the connection. */
  async send(...lines: string[]): Promise<string> {
    const connection = this.raw();
    connection.write(lines.join('\r\n'));
    return connection.closed;
  }

  socket({ protocols, headers, where }: Line): WebSocket {
    return new WebSocket(
      `${this.host.origin.replace('http', 'ws')}${where ?? '/api/events'}`,
      protocols ?? ['nightdesk', `token.${this.host.token}`],
      headers ? { headers } : {},
    );
  }

  /** 'open', or the status of the refusal. */
  upgrade(line: Line): Promise<'open' | 'error' | number> {
    return new Promise((resolve) => {
      const one = this.socket(line);
      one.on('open', () => {
        resolve('open');
        one.close();
      });
      one.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        one.terminate();
      });
      one.on('error', () => resolve('error'));
    });
  }
}

export function isRefusal({ status, text }: Reply, expected: number, code: string): void {
  expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: expected, code });
}
