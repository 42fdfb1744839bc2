/** Attacks on the browser host by sheer quantity: bytes, connections, requests, time. The limits are electron/host/limits.ts. */
import { describe, expect, test } from 'vitest';
import { createCallLimits } from '../../electron/host/call-limits.ts';
import { LIMITS } from '../../electron/host/limits.ts';
import { isRefusal, READ_SESSION, Target } from './attack-target.ts';
import { statuses } from './raw-http.ts';

const target = new Target();

describe('too much', () => {
  test('headers: too many bytes are refused', async () => {
    const flood = `X-Flood: ${'x'.repeat(LIMITS.headerBytes)}`;
    const text = await target.send(
      'GET / HTTP/1.1',
      `Host: 127.0.0.1:${target.port}`,
      flood,
      '',
      '',
    );
    expect(statuses(text)).toEqual([431]);
    const many = Array.from({ length: 5000 }, (_, i) => `X-${i}: 1`);
    expect(
      statuses(
        await target.send('GET / HTTP/1.1', `Host: 127.0.0.1:${target.port}`, ...many, '', ''),
      ),
    ).toEqual([431]);
  });

  test('a body beyond the limit is refused, whether or not it says its length', async () => {
    const body = JSON.stringify({ operation: 'session.read', input: 'x'.repeat(LIMITS.callBytes) });
    isRefusal(
      await target.call({ ...target.entitled, 'Content-Length': String(body.length) }, body),
      413,
      'bad_input',
    );
    isRefusal(
      await target.call({ ...target.entitled, 'Transfer-Encoding': 'chunked' }, body),
      413,
      'bad_input',
    );
  });

  test('a body as deep as it is long is answered', async () => {
    const deep = (open: string, close: string) => open.repeat(300_000) + close.repeat(300_000);
    for (const input of [deep('[', ']'), deep('{"a":', '}').replace('{"a":}', '{"a":1}')]) {
      const reply = await target.call(
        target.entitled,
        `{"operation":"overview.read","input":${input}}`,
      );
      expect([400, 200]).toContain(reply.status);
      expect(JSON.parse(reply.text)).toMatchObject({ ok: false, error: { code: 'bad_input' } });
    }
  });

  test('headers and bodies that drip are cut off', async () => {
    const silent = target.raw();
    const headers = target.raw();
    const body = target.raw();
    headers.write('GET / HTTP/1.1\r\n');
    body.write(
      `POST /api/call HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nAuthorization: Bearer ${target.host.token}\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n`,
    );
    const drip = setInterval(() => {
      headers.write('X-A: 1\r\n');
      body.write(' ');
    }, 200);
    try {
      expect(statuses(await headers.closed)).toEqual([408]);
      await silent.closed;
      expect(statuses(await body.closed).at(-1)).toBe(408);
    } finally {
      clearInterval(drip);
    }
  }, 60_000);

  test('connections: the oldest strangers give way, and the window is still answered', async () => {
    const silent = Array.from({ length: LIMITS.strangers + 50 }, () => target.raw());
    await Promise.all(silent.slice(0, 20).map(({ closed }) => closed));
    expect((await target.call(target.entitled)).status).toBe(200);
  });

  test('requests of a stranger are held back on his connection alone', async () => {
    const asked = LIMITS.strangerRate.burst + 200;
    const line = target.raw();
    line.write(`GET /none.js HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n\r\n`.repeat(asked));
    await expect.poll(() => statuses(line.received()).length, { timeout: 30_000 }).toBe(asked);
    const slowed = statuses(line.received()).filter((status) => status === 429).length;
    expect(slowed).toBeGreaterThan(0);
    expect(line.received()).toMatch(/^retry-after: \d+\r$/im);
    expect((await target.get(`/none.js`)).status).toBe(404);
  }, 60_000);

  test('calls with the token are held back too, and told how long', async () => {
    const line = target.raw();
    const one = [
      'POST /api/call HTTP/1.1',
      `Host: 127.0.0.1:${target.port}`,
      `Authorization: Bearer ${target.host.token}`,
      'Content-Type: application/json',
      `Content-Length: ${READ_SESSION.length}`,
      '',
      READ_SESSION,
    ].join('\r\n');
    // Faster than the bucket fills, on however slow a machine: as many again as it lets through.
    let sent = 0;
    while (!statuses(line.received()).includes(429) && sent < 40 * LIMITS.callRate.burst) {
      line.write(one.repeat(500));
      sent += 500;
      await expect.poll(() => statuses(line.received()).length, { timeout: 30_000 }).toBe(sent);
    }
    const text = line.received();
    expect(statuses(text)).toContain(429);
    expect(text).toMatch(/^retry-after: [1-9]\d*\r$/im);
    expect(text).toContain('"code":"rate_limited","message"');
  }, 60_000);
});

test('the limit on calls lets a burst pass, then so many a second, and counts what is under way', () => {
  const { burst, perSecond } = LIMITS.callRate;
  let now = 0;
  const limits = createCallLimits(() => now);
  const begun = (count: number) => {
    const begins = Array.from({ length: count }, () => {
      const end = limits.begin();
      if (typeof end !== 'number') end();
      return end;
    });
    return begins.filter((end) => typeof end !== 'number').length;
  };
  expect(begun(2 * burst)).toBe(burst);
  expect(limits.begin()).toBe(Math.ceil(1000 / perSecond));
  now += 1_000;
  expect(begun(2 * burst)).toBe(perSecond);
  now += 60_000;
  const ends = Array.from({ length: LIMITS.callsUnderWay }, () => limits.begin());
  expect(limits.begin()).toBeGreaterThan(0);
  // Ended twice counts once.
  for (const end of [ends[0], ends[0]]) if (typeof end === 'function') end();
  expect(typeof limits.begin()).toBe('function');
  expect(typeof limits.begin()).toBe('number');
});
