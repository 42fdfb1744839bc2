/**
 * The one way connectors speak HTTP: a thin layer over ky that turns everything an outside server can
 * do wrong into a NightdeskError. It never retries (sync decides when to come back), bounds the time
 * and the size of an answer, and keeps credentials and query strings out of every message.
 */
import ky from 'ky';
import type { z } from 'zod';
import { NightdeskError } from '#shared/errors/index.ts';
import { type HttpAnswer, parseJson, readAnswer, readPieces } from './http-answer.ts';
import { cancelled, type Reply, refused, unreachable } from './http-failure.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;

export interface HttpOptions {
  /** Where the source is; a path in it is kept (`https://host/prometheus`). */
  base: string;
  /** For the whole exchange, from connecting to the last byte. */
  timeoutMs?: number | undefined;
  /** Largest answer that is read. */
  maxBytes?: number | undefined;
  /** Asked before each request, so that a changed secret is used at once. May hold credentials. */
  headers?: (() => Promise<Record<string, string>> | Record<string, string>) | undefined;
}

export interface HttpRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as `application/x-www-form-urlencoded`, for queries too long for an address. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
  signal: AbortSignal;
  timeoutMs?: number;
  maxBytes?: number;
}

export interface Http {
  /** Scheme, host and path; without credentials. */
  readonly address: string;
  /** Reads a JSON answer and parses it with `schema`. Throws `bad_answer` when it does not fit. */
  json<S extends z.ZodType>(path: string, schema: S, request: HttpRequest): Promise<z.output<S>>;
  /** The raw answer of a 2xx, or of a 304 when one was asked for. `path` may also be a whole address. */
  raw(path: string, request: HttpRequest): Promise<HttpAnswer>;
  /**
   * For answers too large to hold: gives the body of a 2xx to `take` piece by piece, decompressed, and waits for it.
   * What `take` throws comes out as it is, and ends the exchange.
   */
  stream(
    path: string,
    request: HttpRequest,
    take: (piece: Uint8Array, headers: Headers) => void | Promise<void>,
  ): Promise<{ status: number; headers: Headers }>;
}

/** `base` is where all paths start. Throws nothing itself; the calls throw NightdeskError. */
export function createHttp(options: HttpOptions): Http {
  const base = new URL(options.base);
  const credentials = basicCredentials(base);
  base.username = '';
  base.password = '';
  const prefix = base.href.replace(/[?#].*$/, '').replace(/\/$/, '');

  async function raw(path: string, request: HttpRequest): Promise<HttpAnswer> {
    return exchange(path, request, readAnswer);
  }

  async function stream(
    path: string,
    request: HttpRequest,
    take: (piece: Uint8Array, headers: Headers) => void | Promise<void>,
  ) {
    const thrown: unknown[] = [];
    try {
      return await exchange(path, request, async (response, maxBytes, where) => {
        if (!response.ok) return readAnswer(response, maxBytes, where);
        await readPieces(response, maxBytes, where, async (piece) => {
          try {
            await take(piece, response.headers);
          } catch (error) {
            thrown.push(error);
            throw error;
          }
        });
        return { status: response.status, headers: response.headers, text: '' };
      });
    } catch (error) {
      throw thrown.length > 0 ? thrown[0] : error;
    }
  }

  /** Sends one request, has `read` read the answer, and turns whatever fails into a NightdeskError. */
  async function exchange<A extends Reply>(
    path: string,
    request: HttpRequest,
    read: (response: Response, maxBytes: number, where: string) => Promise<A>,
  ): Promise<A> {
    const method = request.method ?? 'GET';
    const url = new URL(/^https?:\/\//.test(path) ? path : prefix + path);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const where = `${method} ${url.origin}${url.pathname}`;
    const headers: Record<string, string> = {
      ...credentials,
      ...(await options.headers?.()),
      ...request.headers,
    };
    const timeoutMs = request.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    // Timer and listener by hand, and raced, so that the end does not depend on how fetch and its body pass a signal on:
    // a stalled body was once, under load, waited for beyond its time-out. The cause was not found.
    const controller = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, timeoutMs);
    const giveUp = () => controller.abort();
    request.signal.addEventListener('abort', giveUp, { once: true });
    if (request.signal.aborted) giveUp();
    const ended = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
      if (controller.signal.aborted) reject(controller.signal.reason);
    });
    ended.catch(() => undefined);
    try {
      const sent = ky(url, {
        method,
        headers,
        signal: controller.signal,
        retry: 0,
        timeout: false,
        throwHttpErrors: false,
        // A write that is redirected would silently become a GET.
        redirect: method === 'GET' ? 'follow' : 'manual',
        ...(request.body === undefined ? {} : { json: request.body }),
        ...(request.form === undefined ? {} : { body: new URLSearchParams(request.form) }),
      });
      sent.catch(() => undefined);
      const response = await Promise.race([sent, ended]);
      const largest = request.maxBytes ?? options.maxBytes ?? DEFAULT_MAX_BYTES;
      const reading = read(response, largest, where);
      reading.catch(() => undefined);
      const answer = await Promise.race([reading, ended]);
      if (!response.ok && response.status !== 304)
        throw refused(answer, where, Object.values(headers));
      return answer;
    } catch (error) {
      if (error instanceof NightdeskError) throw error;
      if (request.signal.aborted) throw cancelled(where, error);
      if (late) {
        throw new NightdeskError('timeout', `${where}: no full answer within ${timeoutMs} ms.`, {
          detail: { maybeSent: true },
          cause: error,
        });
      }
      throw unreachable(where, error);
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', giveUp);
    }
  }

  async function json<S extends z.ZodType>(path: string, schema: S, request: HttpRequest) {
    const answer = await raw(path, {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
    });
    return parseJson(answer.text, schema, `${request.method ?? 'GET'} ${prefix}${path}`, answer);
  }

  return { address: prefix, raw, json, stream };
}

function basicCredentials(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
