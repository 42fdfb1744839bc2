/** The receiver over real HTTP: what it takes, what it refuses, and that nothing is lost. */
import { createServer, request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Batch } from '#core/sources/connector.ts';
import { realClock } from '../fixtures/deps.ts';
import { type Received, receive } from '../fixtures/otlp.ts';
import {
  type AnyValue,
  type JsonSpan,
  type KeyValue,
  type LogsRequest,
  protobufLogs,
  protobufTraces,
  type TraceRequest,
} from '../fixtures/otlp-protobuf.ts';
import fc, { runs } from '../helpers/random.ts';
import { conformance } from './conformance.ts';

const NOW = Date.UTC(2026, 2, 1, 3, 9, 12);
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function receiver(...args: Parameters<typeof receive>): Promise<Received> {
  const received = await receive(...args);
  open.push(received);
  return received;
}

const nanos = (ms: number) => String(BigInt(Math.round(ms * 1000)) * 1000n);
const texts = (values: Record<string, string>): KeyValue[] =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
const RESOURCE = texts({
  'service.name': 'support-bot',
  'deployment.environment.name': 'production',
});

function aSpan(change: Partial<JsonSpan> = {}): JsonSpan {
  return {
    traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
    spanId: '051581bf3cb55c13',
    name: 'chat',
    startTimeUnixNano: nanos(NOW - 5000),
    endTimeUnixNano: nanos(NOW - 4000),
    ...change,
  };
}

function traces(...spans: unknown[]) {
  return { resourceSpans: [{ resource: { attributes: RESOURCE }, scopeSpans: [{ spans }] }] };
}

function typed(...spans: JsonSpan[]): TraceRequest {
  return { resourceSpans: [{ resource: { attributes: RESOURCE }, scopeSpans: [{ spans }] }] };
}

interface Sent {
  path?: string;
  type?: string;
  headers?: Record<string, string>;
  method?: string;
}

/** Answers status, headers and text. Raw, so that any header can be sent. */
function post(url: string, body: string | Uint8Array, sent: Sent = {}) {
  const { path = '/v1/traces', type = 'application/json', headers = {}, method = 'POST' } = sent;
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      const out = httpRequest(
        `${url}${path}`,
        { method, headers: { 'content-type': type, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      out.on('error', reject);
      out.end(body);
    },
  );
}

const PROTOBUF = 'application/x-protobuf';

describe('both encodings', () => {
  const anyValue: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }).map((stringValue) => ({ stringValue })),
      fc.boolean().map((boolValue) => ({ boolValue })),
      fc.maxSafeInteger().map((intValue) => ({ intValue })),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
      fc.uint8Array().map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
      fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
      fc
        .array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 4 })
        .map((values) => ({ kvlistValue: { values } })),
    ),
  })).value;

  it('give the same records, whatever the attributes', async () => {
    const json = await receiver({ now: NOW });
    const protobuf = await receiver({ now: NOW });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.string({ minLength: 1 }), value: anyValue }), {
          maxLength: 6,
        }),
        fc.integer({ min: 0, max: 2 }),
        async (attributes, code) => {
          const request = typed(
            aSpan({
              attributes,
              events: [{ name: 'e', timeUnixNano: nanos(NOW - 4500), attributes }],
              status: { code, message: 'm' },
            }),
          );
          await post(json.url, JSON.stringify(request));
          const answer = await post(protobuf.url, protobufTraces(request), { type: PROTOBUF });
          expect(answer.status).toBe(200);
          const [a] = json.spans.values();
          const [b] = protobuf.spans.values();
          expect(b).toEqual(a);
          expect(JSON.parse(JSON.stringify(b))).toEqual(b);
        },
      ),
      runs(60),
    );
  });

  it('keep integers that a number would round', async () => {
    const received = await receiver({ now: NOW });
    await post(
      received.url,
      JSON.stringify(
        traces({
          ...aSpan(),
          attributes: [
            { key: 'text', value: { intValue: '9007199254740993' } },
            { key: 'number', value: { intValue: 7 } },
            { key: 'nan', value: { doubleValue: 'NaN' } },
          ],
        }),
      ),
    );
    const [record] = received.spans.values();
    expect(record?.span.attributes).toEqual({ text: '9007199254740993', number: 7, nan: 'NaN' });
  });

  it('carry log events, which join their span', async () => {
    const message = (role: string, content: string): AnyValue => ({
      arrayValue: {
        values: [
          {
            kvlistValue: {
              values: [
                ...texts({ role }),
                {
                  key: 'parts',
                  value: {
                    arrayValue: {
                      values: [{ kvlistValue: { values: texts({ type: 'text', content }) } }],
                    },
                  },
                },
              ],
            },
          },
        ],
      },
    });
    const span = aSpan({ attributes: texts({ 'gen_ai.operation.name': 'chat' }) });
    const logs: LogsRequest = {
      resourceLogs: [
        {
          resource: { attributes: RESOURCE },
          scopeLogs: [
            {
              logRecords: [
                {
                  traceId: span.traceId,
                  spanId: span.spanId,
                  timeUnixNano: nanos(NOW - 4000),
                  eventName: 'gen_ai.client.inference.operation.details',
                  attributes: [
                    { key: 'gen_ai.input.messages', value: message('user', 'Hi') },
                    { key: 'gen_ai.output.messages', value: message('assistant', 'Hello') },
                    ...texts({ 'gen_ai.conversation.id': 'c-9' }),
                  ],
                },
                { timeUnixNano: nanos(NOW), body: { stringValue: 'GET /healthz 200' } },
              ],
            },
          ],
        },
      ],
    };
    for (const type of ['application/json', PROTOBUF]) {
      const received = await receiver({ now: NOW });
      const body = type === PROTOBUF ? protobufLogs(logs) : JSON.stringify(logs);
      const first = await post(received.url, body, { type, path: '/v1/logs' });
      expect(first.status).toBe(200);
      await post(received.url, JSON.stringify(typed(span)));
      await post(received.url, body, { type, path: '/v1/logs' });
      expect(received.spans.size).toBe(2);
      const [turn] = received.turns();
      expect(turn?.conversation).toBe('c-9');
      expect(turn?.turn.messages.map((said) => said.parts)).toEqual([
        [{ type: 'text', content: 'Hi' }],
        [{ type: 'text', content: 'Hello' }],
      ]);
      expect([...received.rejected]).toEqual([['log record that is no GenAI event', 2]]);
    }
  });
});

describe('an answer', () => {
  it('is sent only when what was sent is committed', async () => {
    const gate = Promise.withResolvers<void>();
    const received = await receiver({ commit: () => gate.promise });
    let answered = false;
    const answer = post(received.url, JSON.stringify(typed(aSpan()))).then((got) => {
      answered = true;
      return got;
    });
    await realClock.sleep(60);
    expect(answered).toBe(false);
    gate.resolve();
    expect((await answer).status).toBe(200);
    expect((await answer).body.toString()).toBe('{}');
  });

  it('asks to come again when it could not be committed, and other senders do not fail with it', async () => {
    const first = Promise.withResolvers<void>();
    let started = 0;
    const received = await receiver({
      commit: async (batch: Batch) => {
        if (started++ === 0) await first.promise;
        if (batch.spans?.some((record) => record.span.name === 'poison')) throw new Error('no');
      },
    });
    const one = post(received.url, JSON.stringify(typed(aSpan())));
    while (started === 0) await realClock.sleep(5);
    const good = post(received.url, JSON.stringify(typed(aSpan({ spanId: '00000000000000aa' }))));
    const bad = post(received.url, JSON.stringify(typed(aSpan({ name: 'poison' }))));
    await realClock.sleep(60);
    first.resolve();
    expect((await one).status).toBe(200);
    expect((await good).status).toBe(200);
    expect((await bad).status).toBe(503);
    expect((await bad).headers['retry-after']).toBe('2');
  });

  it('asks to come again while too much waits, and takes it afterwards', async () => {
    const gate = Promise.withResolvers<void>();
    let started = 0;
    const received = await receiver({
      commit: () => {
        started++;
        return gate.promise;
      },
    });
    const first = post(received.url, JSON.stringify(typed(aSpan())));
    while (started === 0) await realClock.sleep(5);
    const many = Array.from({ length: 50_000 }, (_, index) => ({
      traceId: aSpan().traceId,
      spanId: (index + 1).toString(16).padStart(16, '0'),
    }));
    const second = post(received.url, JSON.stringify(traces(...many)));
    const late = JSON.stringify(typed(aSpan({ spanId: 'ffffffffffffffff' })));
    let answer = await post(received.url, '{}');
    while (answer.status === 200) {
      await realClock.sleep(20);
      answer = await post(received.url, '{}');
    }
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    gate.resolve();
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(200);
    expect((await post(received.url, late)).status).toBe(200);
    expect(received.spans.size).toBe(50_002);
  });

  it('tells what was rejected, in the sender’s encoding, and the source counts it', async () => {
    const received = await receiver();
    const request = typed(aSpan(), aSpan({ traceId: '00'.repeat(16) }), aSpan({ spanId: 'zz' }));
    const json = await post(received.url, JSON.stringify(request));
    expect(JSON.parse(json.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: 'span without a valid trace id' },
    });
    const protobuf = await post(received.url, protobufTraces(request), { type: PROTOBUF });
    expect(protobuf.status).toBe(200);
    expect(protobuf.body.toString('latin1')).toContain('span without a valid trace id');
    expect(Object.fromEntries(received.rejected)).toEqual({
      'span without a valid trace id': 2,
      'span without a valid span id': 2,
    });
    expect(received.spans.size).toBe(1);
  });
});

describe('refused', () => {
  const cases: [string, number, string | Uint8Array, Sent][] = [
    [
      'a web page that posts across sites',
      403,
      '{}',
      { headers: { origin: 'https://evil.example' } },
    ],
    [
      'a name that was pointed at this address',
      403,
      '{}',
      { headers: { host: 'evil.example:4318' } },
    ],
    ['another path', 404, '{}', { path: '/v1/metrics' }],
    ['another method', 405, '', { method: 'GET' }],
    ['a form', 415, 'a=b', { type: 'application/x-www-form-urlencoded' }],
    ['text', 415, '{}', { type: 'text/plain' }],
    ['an unknown packing', 415, '{}', { headers: { 'content-encoding': 'br' } }],
    ['what is not JSON', 400, '{"resourceSpans":', {}],
    ['a page instead of JSON', 400, '<html></html>', {}],
    ['JSON of the wrong shape', 400, '[]', {}],
    ['a list that is none', 400, '{"resourceSpans":{"a":1}}', {}],
    ['what is not gzip', 400, '{}', { headers: { 'content-encoding': 'gzip' } }],
    [
      'gzip that is cut off',
      400,
      gzipSync('{}').subarray(0, 12),
      { headers: { 'content-encoding': 'gzip' } },
    ],
    ['protobuf that is none', 400, '<html></html>', { type: PROTOBUF }],
    ['a body that is too large', 413, Buffer.alloc(17 * 1024 * 1024, 32), {}],
    [
      'a gzip bomb',
      413,
      gzipSync(Buffer.alloc(70 * 1024 * 1024)),
      { headers: { 'content-encoding': 'gzip' } },
    ],
  ];
  it.each(cases)('%s → %i', async (_, status, body, sent) => {
    const received = await receiver();
    const answer = await post(received.url, body, sent).catch((error: unknown) => error);
    // A sender of a body that is too large may be cut off before it can read the answer.
    if (answer instanceof Error) expect(status).toBe(413);
    else expect(answer).toMatchObject({ status });
    expect((await post(received.url, JSON.stringify(typed(aSpan())))).status).toBe(200);
    expect(received.spans.size).toBe(1);
  });

  it('protobuf cut off anywhere, or with any byte changed, never hurts', async () => {
    const received = await receiver({ now: NOW });
    const whole = protobufTraces(
      typed(aSpan({ attributes: texts({ a: 'b', c: 'd' }), status: { code: 2, message: 'x' } })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.boolean(),
        async (at, byte, cut) => {
          const body = cut
            ? whole.slice(0, at)
            : whole.map((old, index) => (index === at ? byte : old));
          const answer = await post(received.url, body, { type: PROTOBUF });
          expect([200, 400]).toContain(answer.status);
        },
      ),
      runs(300),
    );
  });
});

describe('the source', () => {
  it('says that its port is taken, and receives once it is free', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await expect(receive({ port })).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
      message: expect.stringContaining(`127.0.0.1:${port}: another program uses it`),
    });
    await new Promise((resolve) => other.close(resolve));
    const received = await receiver({ port });
    expect((await received.connector.check(new AbortController().signal)).ok).toBe(true);
  });

  it('ends when it is told to, and lets what is under way be answered', async () => {
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const received = await receive({
      commit: () => {
        started.resolve();
        return gate.promise;
      },
    });
    const answer = post(received.url, JSON.stringify(typed(aSpan())));
    await started.promise;
    const stopped = received.stop();
    gate.resolve();
    expect((await answer).status).toBe(200);
    await stopped;
    await expect(post(received.url, '{}')).rejects.toThrow();
    expect((await received.connector.check(new AbortController().signal)).ok).toBe(false);
  });
});

conformance('otlp', async () => {
  const worlds: Received[] = [];
  const received = await receive();
  worlds.push(received);
  await post(received.url, JSON.stringify(typed(aSpan())));
  return {
    connector: () => received.connector,
    secrets: [],
    close: async () => {
      for (const world of worlds) await world.stop();
    },
  };
});
