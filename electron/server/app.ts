import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { NightdeskError, type WireError } from '#shared/errors/index.ts';
import { answerCall, refused } from '../host/answer-call.ts';
import { createCallLimits } from '../host/call-limits.ts';
import { localCaller } from '../host/caller.ts';
import { pageFile } from '../host/page-files.ts';
import { pageHeaders } from '../host/page-headers.ts';
import type { Console } from '../host/start-console.ts';
import { type Guard, type Tickets, tokenFits } from './guard.ts';
import { toJson } from './json.ts';

/** The largest input of an operation is a configuration of 1 MB; with JSON's escapes it may be longer. */
export const MAX_BODY_BYTES = 4_000_000;

const NO_KEY =
  'This window has no valid key. Open the address that the console printed when it started.';

export interface AppParts {
  console: Pick<Console, 'call' | 'log'>;
  renderer: URL;
  token: string;
  tickets: Tickets;
  guard: Guard;
  port: number;
}

/**
 * The HTTP side of the browser host. An answer of the core is 200, `ok` or not; the other statuses are
 * for what never reached it. Nothing is compressed: over loopback that costs more than it saves.
 */
export function createApp({ console, renderer, token, tickets, guard, port }: AppParts): Hono {
  const app = new Hono();
  const caller = localCaller();
  // One for all windows: they hold the same token, and are the same person.
  const limits = createCallLimits();
  const headers = Object.entries(pageHeaders([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]));

  app.use(async (c, next) => {
    for (const [name, value] of headers) c.header(name, value);
    const why = guard.refuse({
      host: c.req.header('host'),
      origin: c.req.header('origin'),
      // A link to a screen may be followed from anywhere; only the API is closed to other sites.
      site: c.req.path.startsWith('/api/') ? c.req.header('sec-fetch-site') : undefined,
    });
    if (why !== null) return refuse(c, 403, 'forbidden', why);
    return next();
  });

  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => refuse(c, 413, 'bad_input', 'The request is too large.'),
  });
  app.post('/api/ticket', limit, async (c) => {
    c.header('Cache-Control', 'no-store');
    const body = await readJson(c);
    if (body && 'ticket' in body && tickets.redeem(body.ticket)) {
      return c.json({ ok: true, output: { token } });
    }
    return refuse(c, 401, 'unauthorized', NO_KEY);
  });
  app.use('/api/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    const given = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
    if (tokenFits(given, token)) return next();
    return refuse(c, 401, 'unauthorized', NO_KEY);
  });

  app.post('/api/call', limit, async (c) => {
    const request = await readRequest(c);
    if (!request) {
      return refuse(c, 400, 'bad_input', 'Expected JSON: { "operation": …, "input": … }.');
    }
    const answer = await answerCall(
      { call: console.call, log: console.log.log, limits },
      request,
      caller,
      c.req.raw.signal,
    );
    const wait = answer.ok ? null : waitOf(answer.error);
    if (wait !== null) c.header('Retry-After', String(Math.ceil(wait / 1000)));
    if (wait !== null) return c.json(answer, 429);
    return c.body(toJson(answer), 200, { 'Content-Type': 'application/json' });
  });
  app.all('/api/*', (c) => refuse(c, 404, 'not_found', 'There is nothing at this address.'));

  app.get('*', async (c) => {
    const file = await pageFile(renderer, c.req.path);
    if (file) {
      return c.body(file.body, 200, {
        'Content-Type': file.type,
        'Cache-Control': file.cacheControl,
      });
    }
    return c.text('Not found. If the console was not built yet: npm run build\n', 404);
  });
  app.onError((err, c) => {
    console.log.log.error({ err, path: c.req.path }, 'a request failed');
    return c.json(refused(err), 500);
  });
  return app;
}

function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 413,
  code: 'bad_input' | 'unauthorized' | 'forbidden' | 'not_found',
  message: string,
) {
  return c.json(refused(new NightdeskError(code, message)), status);
}

/** Milliseconds that a caller is to wait who asked too much of the console itself; null for every other error. */
function waitOf({ code, detail }: WireError): number | null {
  const wait = code === 'rate_limited' ? detail?.retryAfterMs : undefined;
  return typeof wait === 'number' ? wait : null;
}

/** Null when the body is not what a call looks like. */
async function readRequest(c: Context): Promise<{ operation: unknown; input: unknown } | null> {
  const body = await readJson(c);
  if (!body || !('operation' in body)) return null;
  return { operation: body.operation, input: 'input' in body ? body.input : {} };
}

/** The object in the body, or null. A form of another site cannot send JSON unasked. */
async function readJson(c: Context): Promise<object | null> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) return null;
  try {
    const body: unknown = await c.req.json();
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
}
