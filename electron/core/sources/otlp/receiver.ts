/**
 * The OTLP/HTTP receiver: `POST /v1/traces` and `/v1/logs` on 127.0.0.1. A sender is answered 200 only when
 * what it sent is committed; whatever stands in the way of that (a full queue, a cache that fails, a console
 * that closes) is answered 503 with Retry-After, which OpenTelemetry's exporters obey: nothing is lost.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '#core/deps.ts';
import type { Batch } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';
import { type Answer, accepted, type Encoding, refused } from './answer.ts';
import { Committer } from './committer.ts';
import { type Kind, takeIn } from './intake.ts';
import { MalformedBody } from './raw.ts';
import { checkSender, encodingOf, RefusedRequest, readBody } from './request.ts';

/** Bytes of bodies held at once, sent and unpacked, over all requests. */
const MAX_HELD = 160 * 1024 * 1024;
const RETRY_AFTER_S = 2;
/** How long requests under way may take when the console closes. */
const CLOSING_MS = 2000;

const KINDS: Readonly<Record<string, Kind>> = { '/v1/traces': 'traces', '/v1/logs': 'logs' };

export interface ReceiverOptions {
  /** 0 = any free one. */
  port: number;
  config: Pick<Config, 'services' | 'environments'>;
  conversationAttributes: readonly string[];
  now: () => number;
  log: Log;
  emit: (batch: Batch) => Promise<void>;
}

export interface Receiver {
  port: number;
  /** Resolves when it has stopped answering; rejects when the server failed. */
  closed: Promise<void>;
  /** Refuses what comes from now on (503), lets what is under way end, then closes. */
  close(): Promise<void>;
}

/** Throws NightdeskError `unreachable` when the port cannot be had. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const committer = new Committer(options.emit);
  let held = 0;
  let closing = false;

  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 15_000 },
    (request, response) => {
      let mine = 0;
      const grow = (bytes: number): void => {
        mine += bytes;
        held += bytes;
        if (held > MAX_HELD) throw new Overloaded();
      };
      void handle(request, grow)
        .catch((error: unknown) => failed(error, encodingOf(request) ?? 'json'))
        .then((answer) => send(request, response, answer))
        .finally(() => {
          held -= mine;
        });
    },
  );
  // Longer than exporters keep idle connections, so that the server is never the one that hangs up first.
  server.keepAliveTimeout = 65_000;

  async function handle(request: IncomingMessage, grow: (bytes: number) => void): Promise<Answer> {
    checkSender(request);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const kind = KINDS[path];
    if (kind === undefined) {
      throw new RefusedRequest(404, 'This receiver takes POST /v1/traces and /v1/logs.');
    }
    if (request.method !== 'POST') throw new RefusedRequest(405, 'Send telemetry with POST.');
    const encoding = encodingOf(request);
    if (encoding === null) {
      throw new RefusedRequest(
        415,
        'Content-Type must be application/json or application/x-protobuf.',
      );
    }
    if (closing || committer.full) throw new Overloaded();
    const body = await readBody(request, grow);
    const mapping = {
      conversationAttributes: options.conversationAttributes,
      now: options.now(),
    };
    const { part, refused, why } = await takeIn(body, encoding, kind, options.config, mapping);
    if (part.spans.length > 0 || part.rejected.length > 0) {
      await committer.commit(part).catch((cause: unknown) => {
        throw new NotCommitted(cause);
      });
    }
    return accepted(encoding, kind === 'traces' ? 'Spans' : 'LogRecords', refused, why);
  }

  function failed(error: unknown, encoding: Encoding): Answer {
    if (error instanceof RefusedRequest) return refused(encoding, error.status, error.message);
    if (error instanceof MalformedBody) return refused(encoding, 400, error.message);
    if (error instanceof Overloaded) {
      return refused(encoding, 503, 'Too much at once; send it again.', RETRY_AFTER_S);
    }
    options.log.warn({ err: error }, 'telemetry could not be stored; the sender is asked to retry');
    return refused(encoding, 503, 'It could not be stored; send it again.', RETRY_AFTER_S);
  }

  const port = await listenOn(server, options.port);
  const closed = new Promise<void>((resolve, reject) => {
    server.once('close', resolve);
    server.once('error', reject);
  });

  async function close(): Promise<void> {
    closing = true;
    server.close();
    server.closeIdleConnections();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSING_MS);
    });
    await Promise.race([committer.idle(), late]);
    // One more turn of the loop, so that answers to what was just committed are written.
    await new Promise(setImmediate);
    clearTimeout(timer);
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 200).unref();
    await closed.catch(() => undefined);
  }

  return { port, closed, close };
}

/** Asked to come later. */
class Overloaded extends Error {}

class NotCommitted extends Error {
  constructor(cause: unknown) {
    super('not committed', { cause });
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  // A body that is not read to its end would stand in the way of the connection's next request.
  const unread = !request.complete;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(unread ? { connection: 'close' } : {}),
  });
  response.end(answer.body);
  if (unread) request.resume();
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notListening(port, cause)));
    server.listen(port, '127.0.0.1', () => {
      server.removeAllListeners('error');
      resolve(portOf(server.address(), port));
    });
  });
}

function portOf(address: AddressInfo | string | null, asked: number): number {
  return typeof address === 'object' && address !== null ? address.port : asked;
}

function notListening(port: number, cause: NodeJS.ErrnoException): NightdeskError {
  const why =
    cause.code === 'EADDRINUSE'
      ? 'another program uses it. End that program, or set another `port` for this source'
      : cause.code === 'EACCES'
        ? 'this user may not use it. Set a `port` above 1023 for this source'
        : `the system says ${cause.code ?? 'no'}`;
  return new NightdeskError('unreachable', `Cannot receive on 127.0.0.1:${port}: ${why}.`, {
    cause,
  });
}
