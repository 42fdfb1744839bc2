import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningHost, runBrowserHost } from '../../electron/server/index.ts';
import { createHttpTransport } from '../../renderer/client/transports/http.ts';
import { pageAt } from './adapters/browser.ts';
import { configuration, type Folder, hostArguments, temporaryFolder } from './fixtures.ts';
import { ask as askFor, type Reply } from './raw-http.ts';

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

function ask(method: string, where: string, headers: Record<string, string> = {}, body?: string) {
  return askFor(host.origin + where, { method, headers, ...(body === undefined ? {} : { body }) });
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

  test('other methods and other addresses of the API are not there', async () => {
    expect((await ask('GET', '/api/call', entitled())).status).toBe(404);
    expect((await ask('POST', '/api/other', entitled(), READ_SESSION)).status).toBe(404);
  });
});

test('the token opens the line, and is not sent back', async () => {
  const socket = new WebSocket(`${host.origin.replace('http', 'ws')}/api/events`, [
    'nightdesk',
    `token.${host.token}`,
  ]);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  expect(socket.protocol).toBe('nightdesk');
  socket.close();
});

describe('the page', () => {
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

  test('while the first is still starting waits for it, and then leads to its place there', async () => {
    const other = temporaryFolder();
    const config = other.write('nightdesk.yml', configuration('http://127.0.0.1:9'));
    const told: string[] = [];
    const start = (path: string | null) =>
      runBrowserHost(hostArguments({ data: other.dir, config, path, open: true }), {
        say: (line) => told.push(line),
        openBrowser: (address) => told.push(`opened ${new URL(address).pathname}`),
      });
    const [first, second] = await Promise.all([start(null), start('/conversation/c-1')]);
    expect(second.close).toBeNull();
    expect(second.address).toBe(first.address.replace('/#', '/conversation/c-1#'));
    expect(told[0]).toBe('Nightdesk is starting already; waiting until it runs.');
    expect(told).toContain('opened /conversation/c-1');
    expect(told.filter((line) => line.includes('window was told'))).toEqual([]);
    await first.close?.();
    other.remove();
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

test('a configuration that cannot be used is told on the terminal, the first problem in full', async () => {
  const other = temporaryFolder();
  const good = configuration('http://127.0.0.1:9');
  const broken = good.replace('timeout: 60s', 'timeout: 60, evry: 5s');
  for (const [config, words] of [
    ['/nowhere/nightdesk.yml', ['could not be read (ENOENT): /nowhere/nightdesk.yml']],
    [other.write('nightdesk.yml', broken), ['Line 10', 'timeout must be a text', 'And 1 more']],
    [other.write('good.yml', good), []],
  ] as const) {
    const told: string[] = [];
    const one = await runBrowserHost(hostArguments({ data: other.dir, config }), {
      say: (line) => told.push(line),
    });
    await one.close?.();
    for (const part of words) expect(told.join('\n')).toContain(part);
    expect(told).toHaveLength(words.length === 0 ? 2 : words.length === 1 ? 4 : 5);
  }
  other.remove();
});
