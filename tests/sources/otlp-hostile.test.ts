/** Telemetry that is wrong on purpose or by accident: bounded, marked, never a crash. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assembleTurn } from '#core/analysis/turn.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { type Received, receive } from '../fixtures/otlp.ts';
import { type JsonSpan, type KeyValue, protobufTraces } from '../fixtures/otlp-protobuf.ts';

const NOW = Date.UTC(2026, 2, 1, 3, 9, 12);
const nanos = (ms: number) => `${ms}000000`;

let received: Received;
beforeAll(async () => {
  received = await receive({ now: NOW });
});
afterAll(() => received.stop());
beforeEach(() => received.spans.clear());

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

function request(change: object) {
  const span: JsonSpan = {
    traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
    spanId: '051581bf3cb55c13',
    name: 'invoke_agent',
    startTimeUnixNano: nanos(NOW - 5000),
    endTimeUnixNano: nanos(NOW - 4000),
  };
  return {
    resourceSpans: [
      { resource: { attributes: [] }, scopeSpans: [{ spans: [{ ...span, ...change }] }] },
    ],
  };
}

/** Sends one span both ways and answers the record each made; they must not differ. */
async function both(change: Partial<JsonSpan>): Promise<SpanRecord> {
  const json = await sendJson(change);
  const protobuf = await send(protobufTraces(request(change)), 'application/x-protobuf');
  expect(protobuf).toEqual(json);
  return json;
}

function sendJson(change: object): Promise<SpanRecord> {
  return send(JSON.stringify(request(change)), 'application/json');
}

async function send(body: string | Uint8Array, type: string): Promise<SpanRecord> {
  received.spans.clear();
  const answer = await fetch(`${received.url}/v1/traces`, {
    method: 'POST',
    body: typeof body === 'string' ? body : Buffer.from(body),
    headers: { 'content-type': type },
  });
  expect(answer.status).toBe(200);
  const [record, ...others] = received.spans.values();
  expect(others).toEqual([]);
  if (record === undefined) throw new Error('nothing came');
  // Whatever came in can be stored as JSON and read back the same.
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  assembleTurn([record]);
  return record;
}

describe('a span of 5 MB', () => {
  const long = 'reembolso 💶 '.repeat(400_000).slice(0, 5_000_000);

  it('keeps a conversation whole, and indexes its beginning', async () => {
    const messages = JSON.stringify([{ role: 'user', content: long }]);
    const record = await both({ attributes: [text('gen_ai.input.messages', messages)] });
    const { turn, text: indexed } = assembleTurn([record]);
    expect(turn.messages[0]?.parts[0]).toEqual({ type: 'text', content: long });
    expect(indexed.length).toBeLessThanOrEqual(100_000);
  });

  it('loses the rest of any other attribute, and says so', async () => {
    const { span } = await both({ attributes: [text('http.response.body', long)] });
    expect(String(span.attributes['http.response.body']).length).toBe(256 * 1024);
    expect(span.attributes['nightdesk.shortened']).toEqual([
      `http.response.body: 262144 of ${long.length} characters`,
    ]);
  });

  it('does not take more than its budget, however many attributes share it', async () => {
    const attributes = [1, 2, 3, 4].map((n) => text(`gen_ai.part.${n}`, 'x'.repeat(3_000_000)));
    const { span } = await both({ name: '', attributes });
    const kept = Object.values(span.attributes).filter((value) => typeof value === 'string');
    expect(kept.reduce((sum, value) => sum + String(value).length, 0)).toBe(8 * 1024 * 1024);
    expect(span.attributes['nightdesk.shortened']).toEqual([
      'gen_ai.part.3: 2388608 of 3000000 characters',
      'gen_ai.part.4: 0 of 3000000 characters',
    ]);
  });
});

describe('text', () => {
  it('that is no UTF-8 shows where it was broken', async () => {
    const whole = Buffer.from(
      protobufTraces(request({ name: 'aXXb', attributes: [text('kXXk', 'vXXv')] })),
    );
    for (let at = whole.indexOf('XX'); at >= 0; at = whole.indexOf('XX'))
      whole.set([0xed, 0xa0], at);
    const { span } = await send(whole, 'application/x-protobuf');
    expect(span.name).toBe('a\ufffd\ufffdb');
    expect(span.attributes).toEqual({ 'k\ufffd\ufffdk': 'v\ufffd\ufffdv' });
  });

  it('with half characters and NULs becomes text that can be stored', async () => {
    const { span } = await sendJson({ name: 'a\ud800b', attributes: [text('k', '\udc00\0x')] });
    expect(span.name).toBe('a\ufffdb');
    expect(span.attributes.k).toBe('\ufffd\0x');
  });

  it('that names a conversation is an ID only when it can be one', async () => {
    const named = async (value: string) =>
      (
        await both({
          attributes: [text('gen_ai.conversation.id', value), text('session.id', 's-1')],
        })
      ).conversation;
    expect(await named(' c-1\n')).toBe('c-1');
    expect(await named('\0')).toBe('s-1');
    expect(await named('x'.repeat(600))).toBe('s-1');
  });
});

describe('nesting', () => {
  const nested = (depth: number): string =>
    `${'{"arrayValue":{"values":['.repeat(depth)}{"intValue":"1"}${']}}'.repeat(depth)}`;
  const body = (depth: number) =>
    JSON.stringify(request({ attributes: [{ key: 'deep', value: 'HERE' }] })).replace(
      '"HERE"',
      nested(depth),
    );

  it('beyond sixteen levels is kept as text', async () => {
    const { span } = await send(body(20), 'application/json');
    const flat: unknown[] = [span.attributes.deep].flat(20);
    expect(flat).toEqual(['[[[[1]]]]']);
  });

  it('beyond all measure is left out and said so', async () => {
    for (const depth of [100, 5000]) {
      const { span } = await send(body(depth), 'application/json');
      expect(span.attributes['nightdesk.shortened']).toEqual([
        'deep: nested deeper than 64 levels, left out',
      ]);
    }
    let value = Buffer.from([0x18, 1]);
    for (let depth = 0; depth < 2000; depth++) value = field(5, field(1, value));
    const attribute = Buffer.concat([field(1, Buffer.from('deep')), field(2, value)]);
    const whole = Buffer.from(protobufTraces(request({})));
    const span = innermost(whole);
    const grown = field(1, field(2, field(2, Buffer.concat([span, field(9, attribute)]))));
    const record = await send(grown, 'application/x-protobuf');
    expect(record.span.attributes['nightdesk.shortened']).toEqual([
      'deep: nested deeper than 64 levels, left out',
    ]);
  });
});

/** A length-delimited protobuf field. */
function field(number: number, content: Uint8Array): Buffer<ArrayBuffer> {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

/** The bytes of the only span: groups and scopes are short here, so each length is one byte or two. */
function innermost(request: Buffer): Buffer {
  const name = request.indexOf(Buffer.from('5b8aa5a2d2c872e8321cf37308d69df2', 'hex')) - 2;
  return request.subarray(name);
}

describe('too many', () => {
  it('attributes: a thousand are kept, and those of the conversation', async () => {
    const attributes = Array.from({ length: 10_000 }, (_, index) => text(`k${index}`, 'v'));
    attributes.push(text('gen_ai.conversation.id', 'c-1'));
    const record = await both({ attributes });
    expect(Object.keys(record.span.attributes)).toHaveLength(1002);
    expect(record.conversation).toBe('c-1');
    expect(record.span.attributes['nightdesk.shortened']).toEqual([
      'attributes beyond the first 1000 left out',
    ]);
  });

  it('values in a list', async () => {
    const values = Array.from({ length: 200_000 }, () => ({ intValue: 1 }));
    const { span } = await both({
      attributes: [{ key: 'list', value: { arrayValue: { values } } }],
    });
    expect([span.attributes.list].flat().length).toBe(49_999);
    expect(span.attributes['nightdesk.shortened']).toEqual([
      'values beyond the first 50000 left out',
    ]);
  });

  it('events', async () => {
    const events = Array.from({ length: 3000 }, () => ({ name: 'e', timeUnixNano: nanos(NOW) }));
    const { span } = await both({ events });
    expect(span.events).toHaveLength(2000);
    expect(span.attributes['nightdesk.shortened']).toEqual([
      'events beyond the first 2000 left out',
    ]);
  });
});

describe('times', () => {
  const timed = (start: unknown, end: unknown) =>
    sendJson({ startTimeUnixNano: start, endTimeUnixNano: end });

  it.each([
    ['NaN', 'NaN', 'NaN', NOW, 0, 'no time told'],
    ['nothing', undefined, null, NOW, 0, 'no time told'],
    ['text', 'yesterday', {}, NOW, 0, 'no time told'],
    ['an end before the start', nanos(NOW - 10), nanos(NOW - 20), NOW - 10, 0, 'end before start'],
    [
      'a clock years ahead',
      '9999999999000000000',
      '9999999999500000000',
      NOW,
      500,
      'start told as 2286',
    ],
    [
      'a clock beyond all calendars',
      '9'.repeat(40),
      '9'.repeat(40),
      NOW,
      0,
      'a time beyond all calendars',
    ],
    [
      'weeks of duration',
      nanos(NOW - 30 * 86_400_000),
      nanos(NOW),
      NOW - 30 * 86_400_000,
      0,
      'longer than 7 days',
    ],
  ])('%s: stored with a time that can be, and said so', async (_, start, end, at, ms, said) => {
    const { span } = await timed(start, end);
    expect(span).toMatchObject({ startedAt: at, durationMs: ms });
    expect(span.attributes['nightdesk.clock']).toContain(said);
  });

  it('as numbers are read like times as text', async () => {
    expect((await timed(NOW * 1e6, NOW * 1e6 + 5e6)).span).toMatchObject({
      startedAt: NOW,
      durationMs: 5,
    });
  });

  it('a minute ahead are left as they are', async () => {
    const { span } = await timed(nanos(NOW + 60_000), nanos(NOW + 61_000));
    expect(span).toMatchObject({ startedAt: NOW + 60_000, durationMs: 1000, attributes: {} });
  });
});

describe('names that mean something to JavaScript', () => {
  it('are attributes like others', async () => {
    const attributes = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'].map((key) =>
      text(key, 'x'),
    );
    const { span } = await both({ attributes });
    expect(Object.keys(span.attributes)).toEqual(attributes.map(({ key }) => key));
  });
});

describe('wrong types inside a span', () => {
  it.each([
    { attributes: 7 },
    { attributes: [null, 7, { key: 5 }, { key: 'k' }, { key: 'a', value: 7 }] },
    { attributes: [{ key: 'k', value: { arrayValue: { values: { a: 1 } } } }] },
    { attributes: [{ key: 'k', value: { kvlistValue: { values: [null, { key: 1 }] } } }] },
    { events: [null, 7, {}], status: 5 },
    { name: {}, parentSpanId: 7, kind: 'x' },
    { status: { code: 'STATUS_CODE_ERROR', message: 7 } },
  ])('are passed over: %j', async (change) => {
    await sendJson(change);
  });
});
