/**
 * Attacks on the browser host over real sockets: by web pages, by names that point here, by programs that have no
 * token. What is tried by sheer quantity stands in attack-flood.test.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../electron/host/limits.ts';
import { isRefusal, json, READ_SESSION, Target } from './attack-target.ts';
import { ask, statuses } from './raw-http.ts';

const target = new Target();

describe('a web page of another site', () => {
  const pages = [
    'http://evil.example',
    'null',
    'http://127.0.0.1:1',
    'http://localhost.evil.example',
  ];

  test.each(pages)('from %s calls nothing, reads nothing, opens no line', async (origin) => {
    for (const headers of [json, target.entitled]) {
      isRefusal(await target.call({ ...headers, Origin: origin }), 403, 'forbidden');
    }
    const page = await target.get('/now', { Origin: origin });
    expect(page.status).toBe(403);
    expect(page.text).not.toContain('<script');
    expect(await target.upgrade({ headers: { Origin: origin } })).toBe(403);
  });

  test('is not let in by a preflight', async () => {
    for (const origin of [...pages, target.host.origin]) {
      const reply = await ask(`${target.host.origin}/api/call`, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization,content-type',
          'Access-Control-Request-Private-Network': 'true',
        },
      });
      expect([401, 403]).toContain(reply.status);
      expect(
        Object.keys(reply.headers).filter((name) => name.startsWith('access-control')),
      ).toEqual([]);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'posts no form of the type %s, in whose name it may be',
    async (type) => {
      const form = { ...target.entitled, 'Content-Type': type };
      isRefusal(await target.call(form), 400, 'bad_input');
      isRefusal(await target.call({ ...form, Origin: 'http://evil.example' }), 403, 'forbidden');
      const ticket = await target.post(`/api/ticket`, { 'Content-Type': type }, '{"ticket":"x"}');
      isRefusal(ticket, 401, 'unauthorized');
    },
  );

  test.each(['cross-site', 'same-site'])(
    'may link to a screen, %s, but not embed it',
    async (site) => {
      const from = (mode: string, dest: string) =>
        target.get('/now', {
          'Sec-Fetch-Site': site,
          'Sec-Fetch-Mode': mode,
          'Sec-Fetch-Dest': dest,
        });
      expect((await from('navigate', 'document')).status).not.toBe(403);
      for (const dest of ['iframe', 'embed', 'object', 'frame']) {
        expect((await from('navigate', dest)).status).toBe(403);
      }
      for (const dest of ['script', 'image', 'style', 'empty']) {
        expect((await from('no-cors', dest)).status).toBe(403);
      }
      expect((await target.call({ ...target.entitled, 'Sec-Fetch-Site': site })).status).toBe(403);
    },
  );
});

describe('a name that was pointed at this machine', () => {
  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1',
    '127.0.0.1:1',
    '0.0.0.0',
    '[::1]',
  ])('is not answered: %s', async (name) => {
    for (const where of ['/', '/api/call', '/api/ticket', '/assets/x.js']) {
      const reply = await target.get(where, { ...target.entitled, Host: name });
      expect([400, 403]).toContain(reply.status);
      expect(reply.text).not.toContain('<script');
    }
    expect([400, 403]).toContain(await target.upgrade({ headers: { Host: name } }));
  });

  test('nor smuggled in beside the right one, nor as a whole address', async () => {
    const own = `Host: 127.0.0.1:${target.port}`;
    const requests = [
      ['GET / HTTP/1.1', own, 'Host: evil.example'],
      ['GET / HTTP/1.1', 'Host: evil.example', own],
      ['GET http://evil.example/ HTTP/1.1', own],
      [`GET http://127.0.0.1:${target.port}/now HTTP/1.1`, own],
      ['OPTIONS * HTTP/1.1', own],
      ['GET / HTTP/1.1'],
      ['GET / HTTP/1.1', 'Host: '],
      ['CONNECT 127.0.0.1:22 HTTP/1.1', own],
    ];
    for (const lines of requests) {
      const text = await target.send(...lines, 'Connection: close', '', '');
      expect(statuses(text).every((status) => status >= 400)).toBe(true);
      expect(text).not.toContain('<script');
    }
  });
});

describe('a program without the token', () => {
  test('does not get in with it in any place but its own', async () => {
    const { token } = target.host;
    const wrong: Record<string, string | string[]>[] = [
      {},
      { Authorization: 'Bearer ' },
      { Authorization: `Bearer ${'A'.repeat(43)}` },
      { Authorization: `Bearer ${token.slice(0, -1)}` },
      { Authorization: `Bearer ${token}x` },
      { Authorization: `Bearer ${token.toLowerCase()}` },
      { Authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` },
      { Authorization: token },
      { Cookie: `token=${token}; nightdesk.token=${token}` },
      { 'X-Token': token },
      { 'Sec-WebSocket-Protocol': `token.${token}` },
    ];
    for (const headers of wrong)
      isRefusal(await target.call({ ...json, ...headers }), 401, 'unauthorized');
    for (const query of [`token=${token}`, `access_token=${token}`, `ticket=${token}`]) {
      const reply = await target.post(`/api/call?${query}`, json, READ_SESSION);
      isRefusal(reply, 401, 'unauthorized');
      expect(
        await target.upgrade({ where: `/api/events?${query}`, protocols: ['nightdesk'] }),
      ).toBe(404);
    }
  });

  test('opens no line, and one that speaks on a line is cut off', async () => {
    for (const protocols of [
      ['nightdesk'],
      ['nightdesk', 'token.'],
      ['nightdesk', 'token.wrong'],
    ]) {
      expect(await target.upgrade({ protocols })).toBe(401);
    }
    expect(await target.upgrade({ where: '/' })).toBe(404);
    expect(await target.upgrade({ where: '/api/call' })).toBe(404);
    const line = target.socket({});
    await new Promise((resolve) => line.once('open', resolve));
    const ended = new Promise((resolve) => line.once('close', resolve));
    line.send('{"operation":"session.read"}');
    await ended;
  });

  test('does not get in by guessing tickets', async () => {
    for (const ticket of [
      '',
      'x',
      null,
      1,
      {},
      [],
      '__proto__',
      'constructor',
      target.host.token,
    ]) {
      const reply = await target.post(`/api/ticket`, json, JSON.stringify({ ticket }));
      isRefusal(reply, 401, 'unauthorized');
    }
  });

  test('cannot make it hold a large body', async () => {
    const headers = { ...json, 'Transfer-Encoding': 'chunked' };
    const large = JSON.stringify({ ticket: 'x'.repeat(2 * LIMITS.ticketBytes) });
    for (const more of [{}, { 'Content-Length': String(large.length) }]) {
      const ticket = await target.post(`/api/ticket`, { ...json, ...more }, large);
      isRefusal(ticket, 413, 'bad_input');
    }
    const connection = target.raw();
    connection.write(
      `POST /api/call HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n{`,
    );
    // Refused before the body has come.
    await expect.poll(() => statuses(connection.received())).toEqual([401]);
    expect((await target.call(headers, large)).status).toBe(401);
  });
});

describe('paths', () => {
  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/..%252fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/%252e%252e/%252e%252e/package.json',
    '/assets/../../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/..%5c..%5c..%5cpackage.json',
    '/..%c0%afpackage.json',
    '/%00package.json',
    '/assets/%2e%2e%00/package.json',
    '//etc/passwd.json',
    '/%2fetc%2fpasswd.json',
    '/file:///etc/passwd.json',
    '/assets/;/../../../package.json',
  ])('lead nowhere else: %s', async (where) => {
    const connection = target.raw();
    // Written by hand: a client would tidy the path up before it is sent.
    connection.write(
      `GET ${where} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nConnection: close\r\n\r\n`,
    );
    const text = await connection.closed;
    expect(text).not.toContain('"name": "nightdesk"');
    expect(text).not.toContain('root:');
    expect(statuses(text).every((status) => status === 400 || status === 404)).toBe(true);
  });
});

describe('requests that two readers would read differently', () => {
  const head = () => ['POST /api/call HTTP/1.1', `Host: 127.0.0.1:${target.port}`];
  test.each([
    ['two lengths', ['Content-Length: 2', 'Content-Length: 40']],
    ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
    ['an encoding that is not the last', ['Transfer-Encoding: chunked, identity']],
    ['an encoding misspelt', ['Transfer-Encoding: xchunked']],
    ['a negative length', ['Content-Length: -1']],
    ['a length with a sign', ['Content-Length: +2']],
    ['a folded header', ['X-A: 1', ' folded']],
    ['a space before the colon', ['Content-Length : 2']],
    ['a bare carriage return', ['X-A: 1\rContent-Length: 2']],
  ])('%s', async (_name, headers) => {
    const hidden = `GET /now HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n\r\n`;
    const connection = target.raw();
    connection.write([...head(), ...headers, '', `{}${hidden}`].join('\r\n'));
    expect(statuses(await connection.closed)).toEqual([400]);
  });
});

test.each([
  ['deeper than a stack and cut off', '['.repeat(200_000)],
  ['a prototype as the call', '{"__proto__":{"operation":"session.read","input":{}}}'],
  ['half a character as the name', '{"operation":"\\ud800","input":{}}'],
  ['a number beyond all numbers', '{"operation":"journal.list","input":{"limit":1e400}}'],
])('JSON that is %s is refused and does no harm', async (_what, body) => {
  const reply = await target.call(target.entitled, body);
  expect([200, 400]).toContain(reply.status);
  expect(JSON.parse(reply.text)).toMatchObject({ ok: false, error: { code: 'bad_input' } });
});

describe('what the answers carry', () => {
  test('the policy, on every answer of the host; nothing of the API is kept', async () => {
    const replies = {
      page: await target.get(`/now`),
      none: await target.get(`/none.js`),
      answer: await target.call(target.entitled),
      stranger: await target.call(json),
      otherSite: await target.call({ ...json, Origin: 'http://evil.example' }),
      otherMethod: await ask(`${target.host.origin}/now`, { method: 'DELETE' }),
    };
    for (const { headers } of Object.values(replies)) {
      const policy = String(headers['content-security-policy']);
      for (const rule of [
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]) {
        expect(policy.split('; ')).toContain(rule);
      }
      expect(policy).not.toMatch(/\*|https?:|script-src[^;]*unsafe/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('set-cookie');
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    for (const { headers } of [replies.answer, replies.stranger, replies.otherSite]) {
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  test('never the token: not in answers, not in the log, not in what other processes see', async () => {
    const { token } = target.host;
    const replies = [
      await target.get(`/now?token=${token}`),
      await target.get(`/${token}.js`),
      await target.get(`/api/${token}`, target.entitled),
      await target.call(target.entitled, JSON.stringify({ operation: token, input: {} })),
      await target.call(
        target.entitled,
        JSON.stringify({ operation: 'actions.read', input: { id: token } }),
      ),
      await target.call(target.entitled, `{"operation": ${token}`),
      await target.call({ ...json, Authorization: `Bearer ${token}x` }),
    ];
    // What the caller himself wrote may come back to him, and to nobody else: his own token he knows.
    for (const { headers } of replies) expect(JSON.stringify(headers)).not.toContain(token);
    const log = readFileSync(path.join(target.dataDir, 'nightdesk.log'), 'utf8');
    expect(log).not.toBe('');
    expect(log).not.toContain(token);
    expect(process.argv.join(' ')).not.toContain(token);
    if (existsSync('/proc/self/environ')) {
      expect(readFileSync('/proc/self/environ', 'utf8')).not.toContain(token);
    }
  });
});
