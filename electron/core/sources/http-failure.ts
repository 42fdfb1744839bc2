/** What went wrong over HTTP, in words that say whether the request may have arrived. Never with a credential. */
import { type ErrorCode, NightdeskError } from '#shared/errors/index.ts';

/** What is needed of an answer to say why it was a refusal. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** Whoever asks for more is asked again after this: a slip there must not silence a source for days. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Milliseconds asked for by `Retry-After` (seconds or an HTTP date), an hour at most; null when there is none. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const seconds = Number(text);
  const asked = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isNaN(asked) ? null : Math.min(Math.max(0, asked), LONGEST_RETRY_AFTER_MS);
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

export function refused(answer: Reply, where: string, secrets: string[]): NightdeskError {
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

export function cancelled(where: string, cause: unknown): NightdeskError {
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
export function unreachable(where: string, error: unknown): NightdeskError {
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
