import { existsSync, readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningHost, runBrowserHost } from '../../electron/server/index.ts';
import { createHttpTransport } from '../../renderer/client/transports/http.ts';
import { pageAt } from './adapters/browser.ts';
import { configuration, type Folder, hostArguments, temporaryFolder } from './fixtures.ts';

let folder: Folder;
let host: RunningHost;
const said: string[] = [];
const opened: string[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  const config = folder.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
  host = await runBrowserHost(hostArguments({ data: folder.dir, config, open: true }), {
    say: (line) => said.push(line),
    openBrowser: (address) => opened.push(address),
  });
});
afterAll(async () => {
  await host.close?.();
  folder.remove();
});

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** One request with exactly these headers, as no browser and no fetch would let us send it. */
function ask(
  method: string,
  where: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${host.origin}${where}`,
      { method, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const json = { 'Content-Type': 'application/json' };
const entitled = () => ({ ...json, Authorization: `Bearer ${host.token}` });
const READ_SESSION = JSON.stringify({ operation: 'session.read', input: {} });

function call(headers: Record<string, string>, body = READ_SESSION): Promise<Reply> {
  return ask('POST', '/api/call', headers, body);
}

function errorCode({ text }: Reply): string {
  const answer: { ok: boolean; error: { code: string } } = JSON.parse(text);
  expect(answer.ok).toBe(false);
  return answer.error.code;
}

describe('who may call', () => {
  test('the token lets in', async () => {
    const reply = await call(entitled());
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ ok: true, output: { host: 'browser' } });
  });

  test.each([
    ['no token', {}],
    ['an empty token', { Authorization: 'Bearer ' }],
    ['another token', { Authorization: `Bearer ${'A'.repeat(43)}` }],
    ['the token under another scheme', { Authorization: 'Basic TOKEN' }],
  ])('%s is unauthorized', async (_name, headers) => {
    const reply = await call({ ...json, ...headers });
    expect(reply.status).toBe(401);
    expect(errorCode(reply)).toBe('unauthorized');
  });

  test('the token in the address is no token', async () => {
    const reply = await ask('POST', `/api/call?token=${host.token}`, json, READ_SESSION);
    expect(reply.status).toBe(401);
  });

  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example',
  ])('a request under the name %s is refused, token or not: DNS rebinding', async (name) => {
    const reply = await call({ ...entitled(), Host: name });
    expect(reply.status).toBe(403);
    expect(errorCode(reply)).toBe('forbidden');
    expect((await ask('GET', '/', { Host: name })).status).toBe(403);
  });

  test.each(['http://evil.example', 'null', 'https://127.0.0.1:4690', 'http://127.0.0.1:1'])(
    'a call from the origin %s is refused, token or not',
    async (origin) => {
      expect((await call({ ...entitled(), Origin: origin })).status).toBe(403);
    },
  );

  test('the own page may call, under both names of the machine', async () => {
    const port = new URL(host.origin).port;
    for (const name of ['127.0.0.1', 'localhost']) {
      const reply = await call({
        ...entitled(),
        Host: `${name}:${port}`,
        Origin: `http://${name}:${port}`,
      });
      expect(reply.status).toBe(200);
    }
  });

  test('a form of another site, which can send no JSON, is refused', async () => {
    const reply = await call({ ...entitled(), 'Content-Type': 'text/plain' });
    expect(reply.status).toBe(400);
    expect((await call({ ...entitled(), 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  });
});

describe('what may be sent', () => {
  test.each(['', '{', 'null', '[]', '"text"', '{"input":{}}', '\u0000', '{"operation":'])(
    'a body that is no call is refused as bad input: %j',
    async (body) => {
      const reply = await call(entitled(), body);
      expect(reply.status).toBe(400);
      expect(errorCode(reply)).toBe('bad_input');
    },
  );

  test('an operation that is no text is refused', async () => {
    for (const operation of [1, null, {}, ['session.read']]) {
      const reply = await call(entitled(), JSON.stringify({ operation, input: {} }));
      expect(errorCode(reply)).toBe('bad_input');
    }
  });

  test('a body of 5 MB is refused', async () => {
    const body = JSON.stringify({ operation: 'session.read', input: 'x'.repeat(5_000_000) });
    const reply = await call({ ...entitled(), 'Content-Length': String(body.length) }, body);
    expect(reply.status).toBe(413);
    expect(errorCode(reply)).toBe('bad_input');
  });

  test('a body that grows past the limit without saying its length is refused too', async () => {
    const reply = await call(
      { ...entitled(), 'Transfer-Encoding': 'chunked' },
      JSON.stringify({ operation: 'session.read', input: 'x'.repeat(5_000_000) }),
    );
    expect(reply.status).toBe(413);
  });

  test('other methods and other addresses of the API are not there', async () => {
    expect((await ask('GET', '/api/call', entitled())).status).toBe(404);
    expect((await ask('POST', '/api/other', entitled(), READ_SESSION)).status).toBe(404);
  });
});

describe('events', () => {
  /** 'open', or the status of the refusal. */
  function upgrade(options: {
    protocols?: string[];
    headers?: Record<string, string>;
    where?: string;
  }): Promise<string | number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(
        `${host.origin.replace('http', 'ws')}${options.where ?? '/api/events'}`,
        options.protocols ?? ['nightdesk', `token.${host.token}`],
        options.headers ? { headers: options.headers } : {},
      );
      socket.on('open', () => {
        resolve(socket.protocol === 'nightdesk' ? 'open' : `open as ${socket.protocol}`);
        socket.close();
      });
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('error', () => resolve('error'));
    });
  }

  test('the token opens the line, and is not sent back', async () => {
    expect(await upgrade({})).toBe('open');
  });

  test('without the token, under another name, or for another site, there is none', async () => {
    expect(await upgrade({ protocols: ['nightdesk'] })).toBe(401);
    expect(await upgrade({ protocols: ['nightdesk', 'token.wrong'] })).toBe(401);
    expect(await upgrade({ headers: { Host: 'evil.example' } })).toBe(403);
    expect(await upgrade({ headers: { Origin: 'http://evil.example' } })).toBe(403);
    expect(await upgrade({ where: '/api/other' })).toBe(404);
  });
});

describe('the page', () => {
  test('every answer carries the policy that lets only built scripts run', async () => {
    for (const reply of [await ask('GET', '/'), await call(entitled()), await call(json)]) {
      const policy = String(reply.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(reply.headers['referrer-policy']).toBe('no-referrer');
      expect(reply.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test.skipIf(!existsSync('out/renderer/index.html'))(
    'any screen is the page, never kept; its assets are kept for good',
    async () => {
      const page = readFileSync('out/renderer/index.html', 'utf8');
      for (const where of ['/', '/now', '/conversation/c-1.2', '/signals?env=production']) {
        const reply = await ask('GET', where);
        expect(reply.text).toBe(page);
        expect(reply.headers['cache-control']).toBe('no-cache');
        expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
      }
      const asset = /\/assets\/[\w.-]+\.js/.exec(page)?.[0] ?? 'none';
      const reply = await ask('GET', asset);
      expect(reply.headers['cache-control']).toContain('immutable');
      expect(reply.headers['content-type']).toBe('text/javascript; charset=utf-8');
    },
  );

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%5cpackage.json',
    '/%00.js',
    '/assets/no-such-file.js',
  ])('nothing outside the built page is served: %s', async (where) => {
    const reply = await ask('GET', where);
    expect(reply.text).not.toContain('"name": "nightdesk"');
    expect([400, 404]).toContain(reply.status);
  });
});

describe('the token stays secret', () => {
  test('it stands once, in the fragment of the printed address, and never in the log', async () => {
    const lines = said.filter((line) => line.includes(host.token));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`/#token=${host.token}`);
    await call(entitled(), '{"operation":"actions.read","input":{"id":"x"}}');
    await ask('GET', `/now?token=${host.token}`);
    const log = readFileSync(path.join(folder.dir, 'nightdesk.log'), 'utf8');
    expect(log).not.toBe('');
    expect(log).not.toContain(host.token);
  });

  test('the window takes it from the address, keeps it for itself, and shows an address without it', async () => {
    const page = pageAt(`${host.origin}/now?env=staging#token=${host.token}&x=1`);
    const transport = createHttpTransport(page);
    expect(page.shown).toBe(`${host.origin}/now?env=staging#x=1`);
    await transport.call('session.read', {});
    page.location = new URL(page.shown);
    // The same tab, loaded again.
    await createHttpTransport(page).call('session.read', {});
  });

  test('a browser is opened with a ticket instead, which lets one window in, once', async () => {
    expect(opened).toHaveLength(1);
    expect(opened[0]).not.toContain(host.token);
    const page = pageAt(opened[0] ?? '');
    await createHttpTransport(page).call('session.read', {});
    expect(page.shown).toBe(`${host.origin}/`);
    // The address, read off a command line afterwards.
    await expect(
      createHttpTransport(pageAt(opened[0] ?? '')).call('session.read', {}),
    ).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('a window without it is told what to do', async () => {
    const transport = createHttpTransport(pageAt(`${host.origin}/now`));
    await expect(transport.call('session.read', {})).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('address'),
    });
  });

  test('a window whose console is gone is told so', async () => {
    const transport = createHttpTransport(pageAt('http://127.0.0.1:9/#token=x'));
    await expect(transport.call('session.read', {})).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
    });
  });
});

describe('a second start', () => {
  test('on the same data folder hands its link to the first and leads there', async () => {
    const told = new Promise((resolve) => {
      const transport = createHttpTransport(pageAt(host.address));
      const stop = transport.onEvent(
        (event) => {
          if (event.type !== 'open') return;
          resolve(event.path);
          stop();
        },
        async (up) => {
          if (!up) return;
          const second = await runBrowserHost(
            hostArguments({ data: folder.dir, path: '/conversation/c-7f3a91e2' }),
            { say: (line) => said.push(line) },
          );
          expect(second.close).toBeNull();
          expect(second.origin).toBe(host.origin);
        },
      );
    });
    expect(await told).toBe('/conversation/c-7f3a91e2');
  });

  test('on a port that is taken says so', async () => {
    const other = temporaryFolder();
    const config = other.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
    const port = Number(new URL(host.origin).port);
    await expect(
      runBrowserHost(hostArguments({ data: other.dir, config, port }), { say: () => {} }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(String(port)) });
    other.remove();
  });
});
