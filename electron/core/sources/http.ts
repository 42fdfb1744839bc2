/**
 * The one way connectors speak HTTP: a thin layer over ky that turns everything an outside server can
 * do wrong into a NightdeskError. It never retries (sync decides when to come back), bounds the time
 * and the size of an answer, and keeps credentials and query strings out of every message.
 */
import ky from 'ky';
import type { z } from 'zod';
import { type ErrorCode, type ErrorDetail, NightdeskError } from '#shared/errors/index.ts';

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

export interface HttpAnswer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** Decoded as UTF-8; bytes that are not become U+FFFD. */
  text: string;
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

/** Parses the text of an answer; `where` names the request in messages. */
export function parseJson<S extends z.ZodType>(
  text: string,
  schema: S,
  where: string,
  answer?: { status: number; headers: Headers },
): z.output<S> {
  const detail: ErrorDetail = answer === undefined ? {} : { status: answer.status };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const html = /^\s*<(!doctype|html|\?xml)/i.test(text);
    const what =
      text.trim() === '' ? 'an empty answer' : html ? 'a web page' : 'something that is not JSON';
    const hint = html ? ' (a login page or a proxy in between?)' : '';
    throw new NightdeskError('bad_answer', `${where}: ${what} instead of JSON${hint}.`, {
      detail,
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.map(String).join('.') || 'the answer';
  throw new NightdeskError(
    'bad_answer',
    `${where}: ${place} is not as expected: ${issue?.message ?? 'no match'}.`,
    { detail: { ...detail, issues: parsed.error.issues.length } },
  );
}

/** Milliseconds asked for by `Retry-After` (seconds or an HTTP date); null when there is none. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function basicCredentials(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** What is needed of an answer to say why it was a refusal. */
interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

async function readAnswer(
  response: Response,
  maxBytes: number,
  where: string,
): Promise<HttpAnswer> {
  const pieces: Uint8Array[] = [];
  await readPieces(response, maxBytes, where, (piece) => {
    pieces.push(piece);
  });
  const only = pieces.length === 1 ? pieces[0] : undefined;
  const bytes = only ?? Buffer.concat(pieces);
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

/** Reads the body in the pieces it arrives in; throws `bad_answer` when there are more than `maxBytes`. */
async function readPieces(
  response: Response,
  maxBytes: number,
  where: string,
  take: (piece: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const tooLarge = () =>
    new NightdeskError('bad_answer', `${where}: the answer is larger than ${maxBytes} bytes.`, {
      detail: { maxBytes },
    });
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge();
      await take(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw error;
  }
}

const BY_STATUS: Readonly<Record<number, { code: ErrorCode; words: string }>> = {
  400: { code: 'bad_input', words: 'refuses the request as malformed' },
  401: { code: 'unauthorized', words: 'does not accept the credentials' },
  403: { code: 'forbidden', words: 'does not allow this with these credentials' },
  404: { code: 'not_found', words: 'does not know this' },
  408: { code: 'timeout', words: 'took too long' },
  409: { code: 'conflict', words: 'says that this conflicts with its state' },
  413: { code: 'bad_input', words: 'refuses the request as too large' },
  422: { code: 'bad_input', words: 'refuses the request as malformed' },
  429: { code: 'rate_limited', words: 'asks to slow down' },
};

function refused(answer: Reply, where: string, secrets: string[]): NightdeskError {
  const { status } = answer;
  const known = BY_STATUS[status];
  const code: ErrorCode = known?.code ?? (status >= 500 ? 'unreachable' : 'bad_answer');
  const words =
    known?.words ??
    (status >= 500 ? 'fails' : status >= 300 && status < 400 ? 'redirects elsewhere' : 'refuses');
  const said = wordsOf(answer.text, secrets);
  const retryAfter = retryAfterMs(answer.headers, Date.now());
  return new NightdeskError(code, `${where}: the server ${words} (${status})${said}.`, {
    detail: {
      status,
      maybeSent: status >= 500,
      ...(retryAfter === null ? {} : { retryAfterMs: retryAfter }),
    },
  });
}

/** What a JSON error answer says about itself, short, and without any credential it may echo. */
function wordsOf(text: string, secrets: string[]): string {
  let said = '';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') said = value;
    else if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value);
      const found =
        fields.find(([key]) => key === 'message') ?? fields.find(([key]) => key === 'error');
      if (typeof found?.[1] === 'string') said = found[1];
      else if (isMessage(found?.[1])) said = found[1].message;
    }
  } catch {
    return '';
  }
  for (const secret of secrets) {
    for (const part of [secret, ...secret.split(' ')]) {
      if (part.length >= 6) said = said.replaceAll(part, '***');
    }
  }
  said = said.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return said === '' ? '' : `: ${said.length > 200 ? `${said.slice(0, 199)}…` : said}`;
}

/** `{ error: { message } }`, as model providers answer. */
function isMessage(value: unknown): value is { message: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

function cancelled(where: string, cause: unknown): NightdeskError {
  return new NightdeskError('cancelled', `${where}: cancelled.`, { cause });
}

const REASONS: Readonly<Record<string, { words: string; maybeSent: boolean }>> = {
  ECONNREFUSED: { words: 'nothing listens there', maybeSent: false },
  ENOTFOUND: { words: 'the name is not known', maybeSent: false },
  EAI_AGAIN: { words: 'the name cannot be looked up', maybeSent: false },
  EHOSTUNREACH: { words: 'the host cannot be reached', maybeSent: false },
  ENETUNREACH: { words: 'the network cannot be reached', maybeSent: false },
  UND_ERR_CONNECT_TIMEOUT: { words: 'no connection in time', maybeSent: false },
  ECONNRESET: { words: 'the connection was reset', maybeSent: true },
  EPIPE: { words: 'the connection was closed', maybeSent: true },
  UND_ERR_SOCKET: { words: 'the connection was cut off', maybeSent: true },
  HPE_INVALID_CONSTANT: { words: 'it does not speak HTTP', maybeSent: true },
};

/** `detail.maybeSent` is false only when no byte of the request can have arrived. */
function unreachable(where: string, error: unknown): NightdeskError {
  const code = causeCode(error);
  const reason = REASONS[code ?? ''] ?? { words: 'no answer', maybeSent: true };
  return new NightdeskError('unreachable', `${where}: ${reason.words}.`, {
    detail: { maybeSent: reason.maybeSent, ...(code === null ? {} : { reason: code }) },
    cause: error,
  });
}

function causeCode(error: unknown): string | null {
  let current = error;
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    if (current instanceof AggregateError) current = current.errors[0];
    else current = current.cause;
  }
  return null;
}
