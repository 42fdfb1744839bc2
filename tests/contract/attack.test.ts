/**
 * What somebody on this machine, or a page in the browser, may try: over raw sockets against the browser host, and
 * through both adapters with calls that no window would make. After each attack the console must still answer.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NightdeskError } from '#shared/errors/index.ts';
import { createCallLimits } from '../../electron/host/call-limits.ts';
import { type RunningHost, runBrowserHost } from '../../electron/server/index.ts';
import type { RunningAdapter } from './adapters/adapter.ts';
import { browserAdapter } from './adapters/browser.ts';
import { electronIpcAdapter } from './adapters/electron-ipc.ts';
import { configuration, type Folder, hostArguments, temporaryFolder } from './fixtures.ts';

const NOWHERE = configuration('http://127.0.0.1:9');

/** 1,500 calls, as fast as forty at a time can be made: more connections at once are not taken at all. */
async function flood<T>(make: () => Promise<T>): Promise<T[]> {
  const got: T[] = [];
  const worker = async () => {
    while (got.length < 1_500) got.push(await make());
  };
  await Promise.all(Array.from({ length: 40 }, worker));
  return got;
}

describe('the browser host, over raw sockets', () => {
  let folder: Folder;
  let host: RunningHost;

  beforeAll(async () => {
    folder = temporaryFolder();
    const config = folder.write('nightdesk.yml', NOWHERE);
    host = await runBrowserHost(hostArguments({ data: folder.dir, config }), { say: () => {} });
  });
  afterAll(async () => {
    await host.close?.();
    folder.remove();
  });
  const answers = async () => (await call({ operation: 'session.read', input: {} })).status;
  afterEach(async () => {
    await expect.poll(answers, { timeout: 10_000, message: 'the console still answers' }).toBe(200);
  });

  const port = () => Number(new URL(host.origin).port);
  const head = (more: readonly string[] = []) => [`Host: 127.0.0.1:${port()}`, ...more];

  function call(body: unknown): Promise<Response> {
    return fetch(`${host.origin}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${host.token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Sends these bytes and answers all that comes back until the server hangs up, or `withinMs` are over. */
  function raw(text: string, withinMs = 3_000): Promise<{ text: string; closed: boolean }> {
    return new Promise((resolve) => {
      const socket = connect(port(), '127.0.0.1');
      let got = '';
      const end = (closed: boolean) => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ text: got, closed });
      };
      const timer = setTimeout(() => end(false), withinMs);
      socket.on('data', (chunk) => {
        got += chunk;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => end(true));
      socket.on('connect', () => socket.write(text));
    });
  }

  const send = (line: string, headers: readonly string[], body = '') =>
    raw(`${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  const statusOf = ({ text }: { text: string }) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/%252e%252e/package.json',
    '//etc/passwd',
    '/assets/%00.js',
    '/%E0%A4%A.js',
  ])('nothing outside the built page is served: %s', async (target) => {
    const { text } = await send(`GET ${target} HTTP/1.1`, head());
    expect(text).not.toContain('better-sqlite3');
    expect(text).not.toContain('root:');
  });

  test.each([
    ['an address of another host', 'GET http://evil.example/ HTTP/1.1', ['Host: evil.example']],
    ['two hosts', 'GET / HTTP/1.1', ['Host: evil.example', 'Host: 127.0.0.1']],
    ['no host', 'GET / HTTP/1.1', []],
    ['a host with a user', 'GET / HTTP/1.1', ['Host: 127.0.0.1@evil.example']],
  ])('%s is refused', async (_what, line, headers) => {
    expect([400, 403]).toContain(statusOf(await send(line, headers)));
  });

  test.each([
    ['two lengths', ['Content-Length: 4', 'Content-Length: 40']],
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['an encoding that is none', ['Transfer-Encoding: chunked, identity']],
    ['a length that is no number', ['Content-Length: 4x']],
  ])('a request that can be read in two ways is refused: %s', async (_what, headers) => {
    const smuggled = '0\r\n\r\nGET /api/call HTTP/1.1\r\n\r\n';
    const got = await send('POST /api/call HTTP/1.1', head(headers), smuggled);
    expect(statusOf(got)).toBe(400);
    expect(got.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test('a flood of headers is refused', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `X-Header-${i}: ${'x'.repeat(20)}`);
    expect(statusOf(await send('GET / HTTP/1.1', head(many)))).toBe(431);
  });

  test('who never ends their headers or their body is hung up on', async () => {
    const slow = await Promise.all([
      raw(`GET / HTTP/1.1\r\n${head().join('\r\n')}\r\nX-Slow: `, 20_000),
      raw(
        `POST /api/call HTTP/1.1\r\n${head([`Authorization: Bearer ${host.token}`, 'Content-Type: application/json', 'Content-Length: 100']).join('\r\n')}\r\n\r\n{`,
        20_000,
      ),
    ]);
    expect(slow.map(({ closed }) => closed)).toEqual([true, true]);
  });

  test.each([
    ['deeper than a stack', '['.repeat(200_000)],
    [
      'deep and whole',
      `{"operation":"session.read","input":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    ],
    ['a prototype', '{"operation":"session.read","input":{"__proto__":{"role":"admin"}}}'],
    ['a prototype as the call', '{"__proto__":{"operation":"session.read","input":{}}}'],
    ['half a surrogate', '{"operation":"\\ud800","input":{}}'],
    ['a huge number', '{"operation":"journal.list","input":{"limit":1e400}}'],
  ])('JSON that is %s does no harm', async (_what, body) => {
    const answer = await call(body);
    expect([200, 400]).toContain(answer.status);
    expect(Reflect.get({}, 'role')).toBeUndefined();
    expect(JSON.stringify(await answer.json())).not.toContain('at Object.');
  });

  test('an answer of the API is kept by no cache, and may be read by no other site', async () => {
    const { headers } = await call({ operation: 'session.read', input: {} });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const asked = await fetch(`${host.origin}/api/call`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
    });
    expect(asked.headers.get('access-control-allow-methods')).toBeNull();
  });

  test('a flood of calls is slowed down, with the time to wait, and then goes on', async () => {
    const got = await flood(() => call({ operation: 'session.read', input: {} }));
    const slowed = got.filter(({ status }) => status === 429);
    expect(slowed.length).toBeGreaterThan(0);
    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect(Number(slowed[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await slowed[0]?.json()).toMatchObject({
      error: { code: 'rate_limited', retryable: true },
    });
  });

  test('no attempt has brought the token into the log', () => {
    expect(readFileSync(path.join(folder.dir, 'nightdesk.log'), 'utf8')).not.toContain(host.token);
  });
});

describe.each([browserAdapter, electronIpcAdapter])(
  'calls that no window makes, $name',
  (adapter) => {
    let folder: Folder;
    let running: RunningAdapter;

    beforeAll(async () => {
      folder = temporaryFolder();
      const config = folder.write('nightdesk.yml', NOWHERE);
      running = await adapter.start({ data: folder.dir, config });
    });
    afterAll(async () => {
      await running.close();
      folder.remove();
    });

    const codeOf = async (operation: string, input: unknown): Promise<string> => {
      try {
        await running.transport.call(operation, input);
        return 'answered';
      } catch (error) {
        return error instanceof NightdeskError ? error.code : String(error);
      }
    };

    test.each([
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      '',
      'session.read\0',
      'x'.repeat(100_000),
    ])('there is no operation %j', async (operation) => {
      expect(await codeOf(operation, {})).toBe('bad_input');
    });

    test('a text longer than an operation takes is refused', async () => {
      const input = { name: 'X', value: 'x'.repeat(20_000) };
      expect(await codeOf('settings.saveSecret', input)).toBe('bad_input');
    });

    test('a flood is slowed down and harms nobody', async () => {
      const codes = await flood(() => codeOf('session.read', {}));
      expect(new Set(codes)).toEqual(new Set(['answered', 'rate_limited']));
      await expect.poll(() => codeOf('session.read', {}), { timeout: 10_000 }).toBe('answered');
    });
  },
);

test('the limit lets a burst pass, then so many a second, and counts what is under way', () => {
  let now = 0;
  const limits = createCallLimits(() => now);
  const tries = (count: number) => {
    let begun = 0;
    for (let i = 0; i < count; i++) {
      try {
        limits.begin()();
        begun++;
      } catch {
        // Slowed down.
      }
    }
    return begun;
  };
  expect(tries(1_000)).toBe(400);
  now += 1_000;
  expect(tries(1_000)).toBe(100);
  now += 60_000;
  const ends = Array.from({ length: 200 }, () => limits.begin());
  expect(() => limits.begin()).toThrow(/too much at once/);
  ends[0]?.();
  ends[0]?.();
  limits.begin();
  expect(() => limits.begin()).toThrow(/too much at once/);
});
