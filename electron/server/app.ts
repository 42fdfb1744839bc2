import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { NightdeskError } from '#shared/errors/index.ts';
import { answerCall, refused } from '../host/answer-call.ts';
import { createCallLimits, tooMuch } from '../host/call-limits.ts';
import { localCaller } from '../host/caller.ts';
import { LIMITS } from '../host/limits.ts';
import { pageFile } from '../host/page-files.ts';
import { pageHeaders } from '../host/page-headers.ts';
import type { Console } from '../host/start-console.ts';
import type { Connections } from './connections.ts';
import { type Guard, type Tickets, tokenFits } from './guard.ts';
import { toJson } from './json.ts';

const NO_KEY =
  'This window has no valid key. Open the address that the console printed when it started.';

export interface AppParts {
  console: Pick<Console, 'call' | 'log'>;
  renderer: URL;
  token: string;
  tickets: Tickets;
  guard: Guard;
  connections: Connections;
  port: number;
}

type Server = { Bindings: HttpBindings };

/**
 * The HTTP side of the browser host. An answer of the core is 200, `ok` or not; the other statuses are
 * for what never reached it. Nothing is compressed: over loopback that costs more than it saves.
 */
export function createApp(parts: AppParts): Hono<Server> {
  const { console, renderer, token, tickets, guard, connections, port } = parts;
  const app = new Hono<Server>();
  const caller = localCaller();
  // One for all windows: they hold the same token, and are the same person.
  const limits = createCallLimits();
  const headers = Object.entries(pageHeaders([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]));

  app.use(async (c, next) => {
    for (const [name, value] of headers) c.header(name, value);
    const { incoming } = c.env;
    const wait = connections.waitMs(incoming.socket);
    if (wait > 0) return slowDown(c, wait);
    // A whole address as the target, or two hosts: a proxy's ways, which no browser takes to get here.
    if (!incoming.url?.startsWith('/') || incoming.headersDistinct.host?.length !== 1) {
      return refuse(c, 400, 'bad_input', 'This is no request for the console.');
    }
    const asked = {
      host: c.req.header('host'),
      origin: c.req.header('origin'),
      site: c.req.header('sec-fetch-site'),
      mode: c.req.header('sec-fetch-mode'),
      dest: c.req.header('sec-fetch-dest'),
    };
    // A link to a screen may be followed from anywhere; only the API is closed to other sites.
    const why = guard.refuse(asked, !isApi(c.req.path));
    if (why !== null) return refuse(c, 403, 'forbidden', why);
    return next();
  });

  const limit = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: (c) => refuse(c, 413, 'bad_input', 'The request is too large.'),
    });
  app.post('/api/ticket', limit(LIMITS.ticketBytes), async (c) => {
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
    if (!tokenFits(given, token)) return refuse(c, 401, 'unauthorized', NO_KEY);
    connections.admit(c.env.incoming.socket);
    return next();
  });

  app.post('/api/call', limit(LIMITS.callBytes), async (c) => {
    const end = limits.begin();
    if (typeof end === 'number') return slowDown(c, end);
    try {
      const request = await readRequest(c);
      if (!request) {
        return refuse(c, 400, 'bad_input', 'Expected JSON: { "operation": …, "input": … }.');
      }
      const target = { call: console.call, log: console.log.log };
      const answer = await answerCall(target, request, caller, c.req.raw.signal);
      return c.body(toJson(answer), 200, { 'Content-Type': 'application/json' });
    } finally {
      end();
    }
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

function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/');
}

function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 413,
  code: 'bad_input' | 'unauthorized' | 'forbidden' | 'not_found',
  message: string,
) {
  c.header('Cache-Control', 'no-store');
  return c.json(refused(new NightdeskError(code, message)), status);
}

function slowDown(c: Context, retryAfterMs: number) {
  c.header('Cache-Control', 'no-store');
  c.header('Retry-After', String(Math.ceil(retryAfterMs / 1000)));
  return c.json(refused(tooMuch(retryAfterMs)), 429);
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
