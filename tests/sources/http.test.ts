import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp } from '#core/sources/http.ts';
import { retryAfterMs } from '#core/sources/http-failure.ts';
import { failure } from '../helpers/failure.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const signal = () => new AbortController().signal;
const Answer = z.object({ n: z.number() });

describe('answers', () => {
  test('JSON is parsed by the schema, with the base path kept and the query encoded', async () => {
    let seen = '';
    const base = await serve((req, res) => {
      seen = req.url ?? '';
      res.end('{"n":3,"more":true}');
    });
    const http = createHttp({ base: `${base}/prometheus/` });
    expect(
      await http.json('/api/x', Answer, {
        query: { q: 'a b&c', none: undefined },
        signal: signal(),
      }),
    ).toEqual({ n: 3 });
    expect(seen).toBe('/prometheus/api/x?q=a+b%26c');
  });

  test('a body is sent as JSON with the given headers, credentials of the address as Basic', async () => {
    let got = '';
    let auth: string | undefined;
    const base = await serve(async (req, res) => {
      auth = req.headers.authorization;
      for await (const chunk of req) got += String(chunk);
      res.end('{"n":1}');
    });
    const http = createHttp({ base: base.replace('//', '//me:p%40ss@') });
    await http.json('/x', Answer, { method: 'POST', body: { a: [1] }, signal: signal() });
    expect(got).toBe('{"a":[1]}');
    expect(auth).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(http.address).not.toContain('ss');
  });

  test.each([
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [409, 'conflict', false],
    [429, 'rate_limited', true],
    [500, 'unreachable', true],
    [503, 'unreachable', true],
    [302, 'bad_answer', false],
    [418, 'bad_answer', false],
  ])('status %i is %s', async (status, code, retryable) => {
    let calls = 0;
    const base = await serve((_req, res) => {
      calls++;
      res.writeHead(status, { 'retry-after': '7' });
      res.end('{"message":"because"}');
    });
    const error = await failure(
      createHttp({ base }).json('/x', Answer, { method: 'POST', signal: signal() }),
    );
    expect(error.code).toBe(code);
    expect(error.retryable).toBe(retryable);
    expect(error.detail).toMatchObject({ status, retryAfterMs: 7000 });
    expect(error.message).toContain('because');
    expect(calls).toBe(1);
  });

  test('neither the credential nor the query string reaches a message, even when echoed', async () => {
    const base = await serve((req, res) => {
      res.writeHead(401);
      res.end(JSON.stringify({ message: `token ${req.headers.authorization} is bad` }));
    });
    const http = createHttp({ base, headers: () => ({ authorization: 'Bearer hush-hush-1' }) });
    const error = await failure(http.raw('/x', { query: { key: 'hidden' }, signal: signal() }));
    expect(JSON.stringify([error.message, error.detail])).not.toMatch(/hush-hush-1|hidden/);
  });

  test.each([
    ['<!doctype html><p>Sign in', 'a web page'],
    ['', 'an empty answer'],
    ['{"n":', 'not JSON'],
    ['{"n":"three"}', 'n is not as expected'],
  ])('%j is a bad answer', async (body, words) => {
    const base = await serve((_req, res) => res.end(body));
    const error = await failure(createHttp({ base }).json('/x', Answer, { signal: signal() }));
    expect(error.code).toBe('bad_answer');
    expect(error.message).toContain(words);
  });

  test('too much is not read to the end', async () => {
    const base = await serve((_req, res) => {
      for (let i = 0; i < 50; i++) res.write('x'.repeat(1000));
      res.end();
    });
    const error = await failure(
      createHttp({ base, maxBytes: 4000 }).raw('/x', { signal: signal() }),
    );
    expect(error).toMatchObject({ code: 'bad_answer' });
    expect(error.message).toContain('4000');
  });
});

describe('no answer', () => {
  test('cut off in the body is unreachable and may have arrived', async () => {
    const base = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('{"n":');
      setTimeout(() => res.destroy(), 10);
    });
    const error = await failure(createHttp({ base }).json('/x', Answer, { signal: signal() }));
    expect(error).toMatchObject({ code: 'unreachable', retryable: true });
    expect(error.detail).toMatchObject({ maybeSent: true });
  });

  test('nobody listening is unreachable and surely not sent', async () => {
    const tcp = createTcpServer();
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const address = tcp.address();
    await new Promise((resolve) => tcp.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    const error = await failure(
      createHttp({ base: `http://127.0.0.1:${port}` }).raw('/x', { signal: signal() }),
    );
    expect(error).toMatchObject({ code: 'unreachable', detail: { maybeSent: false } });
  });

  test('a server that does not speak HTTP is told apart from silence', async () => {
    const tcp = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 smtp ready\r\n', () => socket.destroySoon());
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    closing.push(async () => tcp.close());
    const address = tcp.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const error = await failure(
      createHttp({ base: `http://127.0.0.1:${port}` }).raw('/x', { signal: signal() }),
    );
    expect(error.code).toBe('unreachable');
  });

  test.each(['before the head', 'in the body'])(
    'a server that hangs %s times out',
    async (when) => {
      const base = await serve((_req, res) => {
        if (when === 'in the body') res.write('{');
      });
      const error = await failure(
        createHttp({ base, timeoutMs: 80 }).json('/x', Answer, { signal: signal() }),
      );
      expect(error).toMatchObject({ code: 'timeout', retryable: true });
    },
  );

  test('the caller can cancel', async () => {
    const base = await serve(() => undefined);
    const controller = new AbortController();
    const run = failure(createHttp({ base }).raw('/x', { signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    expect((await run).code).toBe('cancelled');
  });
});

test('Retry-After is read as seconds or as a date', () => {
  expect(retryAfterMs(new Headers({ 'retry-after': '1.5' }), 0)).toBe(1500);
  const date = new Headers({ 'retry-after': 'Thu, 01 Jan 1970 00:01:00 GMT' });
  expect(retryAfterMs(date, 20_000)).toBe(40_000);
  expect(retryAfterMs(new Headers({ 'retry-after': 'soon' }), 0)).toBeNull();
  for (const month of ['2592000', '1e300', 'Sat, 31 Jan 1970 00:00:00 GMT']) {
    expect(retryAfterMs(new Headers({ 'retry-after': month }), 0)).toBe(3_600_000);
  }
  expect(retryAfterMs(new Headers(), 0)).toBeNull();
});
