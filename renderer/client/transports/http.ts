import type { CoreEvent } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { answered, cancelled, isAnswer } from './answer.ts';
import type { Transport } from './transport.ts';

const TOKEN_KEY = 'nightdesk.token';
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/** The parts of the window that are used. */
export interface PageScope {
  location: Pick<Location, 'origin' | 'hash' | 'pathname' | 'search'>;
  sessionStorage: Pick<Storage, 'getItem' | 'setItem'>;
  history: Pick<History, 'state' | 'replaceState'>;
}

/**
 * The launch token, from the address the first time: kept for this tab, and taken out of the address. An
 * address that a program opened carries a ticket instead, which is exchanged for it. Empty when there is none.
 */
export async function takeToken(scope: PageScope): Promise<string> {
  const fragment = new URLSearchParams(scope.location.hash.replace(/^#/, ''));
  const token = fragment.get('token');
  const ticket = fragment.get('ticket');
  if (token === null && ticket === null) return scope.sessionStorage.getItem(TOKEN_KEY) ?? '';
  fragment.delete('token');
  fragment.delete('ticket');
  const rest = fragment.toString();
  scope.history.replaceState(
    scope.history.state,
    '',
    scope.location.pathname + scope.location.search + (rest ? `#${rest}` : ''),
  );
  const taken = token ?? (await exchange(scope.location.origin, ticket ?? ''));
  if (taken !== null) scope.sessionStorage.setItem(TOKEN_KEY, taken);
  // A ticket that was used before: this tab may have been loaded again with an old address.
  return taken ?? scope.sessionStorage.getItem(TOKEN_KEY) ?? '';
}

async function exchange(origin: string, ticket: string): Promise<string | null> {
  try {
    const response = await fetch(`${origin}/api/ticket`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ticket }),
    });
    const answer: unknown = await response.json();
    const output = isAnswer(answer) && answer.ok ? answer.output : null;
    if (typeof output !== 'object' || output === null || !('token' in output)) return null;
    return typeof output.token === 'string' ? output.token : null;
  } catch {
    // The first call will find out, and say so.
    return null;
  }
}

export function createHttpTransport(scope: PageScope): Transport {
  const { origin } = scope.location;
  const token = takeToken(scope);
  return {
    async call(operation, input, signal) {
      const key = await token;
      if (signal?.aborted) throw cancelled();
      return post(origin, key, operation, input, signal);
    },
    onEvent(fn, onConnection) {
      let stop: (() => void) | null = null;
      let stopped = false;
      void token.then((key) => {
        if (!stopped) stop = listen(origin, key, fn, onConnection);
      });
      return () => {
        stopped = true;
        stop?.();
      };
    },
  };
}

async function post(
  origin: string,
  token: string,
  operation: string,
  input: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  let answer: unknown;
  try {
    const response = await fetch(`${origin}/api/call`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ operation, input }),
      ...(signal ? { signal } : {}),
    });
    answer = await response.json();
  } catch (cause) {
    if (signal?.aborted) throw cancelled();
    throw new NightdeskError('unreachable', 'The console does not answer. Is it still running?', {
      cause,
    });
  }
  if (isAnswer(answer)) return answered(answer);
  throw new NightdeskError(
    'bad_answer',
    'Something else than the console answers at this address.',
  );
}

/** Keeps a WebSocket open, waiting longer after each failure, and passes on what it tells. */
function listen(
  origin: string,
  token: string,
  fn: (event: CoreEvent) => void,
  onConnection: (up: boolean) => void,
): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let stopped = false;

  const connect = () => {
    // The token travels as a subprotocol: a query string would end up in logs and histories.
    socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/api/events`, [
      'nightdesk',
      `token.${token}`,
    ]);
    socket.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      onConnection(true);
    };
    socket.onmessage = (message) => {
      const event = readEvent(message.data);
      if (event) fn(event);
    };
    socket.onclose = () => {
      if (stopped) return;
      onConnection(false);
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    };
  };

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}

function readEvent(data: unknown): CoreEvent | null {
  if (typeof data !== 'string') return null;
  try {
    const event: CoreEvent = JSON.parse(data);
    return event.type === 'changed' || event.type === 'open' ? event : null;
  } catch {
    return null;
  }
}
