/** A conversation asked of tracing backends again, from a real HTTP server that answers as backends do, and as they should not. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SourceConfig } from '#shared/model/config.ts';
import { type Received, receive } from '../fixtures/otlp.ts';

const TRACE = 'ab'.repeat(16);
const open: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const group = (conversation: string, traceId = TRACE, service = 'support-bot') => ({
  resource: {
    attributes: [text('service.name', service), text('deployment.environment.name', 'production')],
  },
  scopeSpans: [
    {
      spans: [
        {
          traceId,
          spanId: 'cd'.repeat(8),
          name: 'invoke_agent',
          startTimeUnixNano: '1790000000000000000',
          endTimeUnixNano: '1790000001000000000',
          attributes: [text('gen_ai.conversation.id', conversation)],
        },
      ],
    },
  ],
});

async function backend(
  answer: (request: IncomingMessage) => { status?: number; body: string },
): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request);
    const { status = 200, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push({ stop: () => server.close() });
  const address = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

async function asking(lookup: { url: string; by: 'trace' | 'conversation' }[]): Promise<Received> {
  const received = await receive({ lookup });
  open.push(received);
  return received;
}

const find = ({ connector }: Received, id: string, traces: string[] = []) =>
  connector.lookup?.find({ conversation: id, traces, service: null }, new AbortController().signal);

describe('one conversation is asked for again', () => {
  it.each([
    ['as exporters send it', { resourceSpans: [group('c 1/ü')] }],
    ['in batches', { batches: [group('c 1/ü')] }],
    ['as a trace', { trace: { resourceSpans: [group('c 1/ü')] } }],
    [
      'with ids in base64',
      { batches: [group('c 1/ü', Buffer.from(TRACE, 'hex').toString('base64'))] },
    ],
  ])('answered %s', async (_, body) => {
    const { url, asked } = await backend(() => ({ body: JSON.stringify(body) }));
    const received = await asking([{ url: `${url}/by/{id}?x=1`, by: 'conversation' }]);
    const found = await find(received, 'c 1/ü');
    expect(found?.spans.map(({ conversation, span }) => [conversation, span.traceId])).toEqual([
      ['c 1/ü', TRACE],
    ]);
    expect(asked[0]?.url).toBe('/by/c%201%2F%C3%BC?x=1');
    expect(received.spans.size).toBe(0);
  });

  it('by its traces, of which some are gone', async () => {
    const { url } = await backend(({ url }) =>
      url?.includes(TRACE)
        ? { body: JSON.stringify({ resourceSpans: [group('c-1')] }) }
        : { status: 404, body: 'trace not found' },
    );
    const received = await asking([{ url: `${url}/api/traces/{id}`, by: 'trace' }]);
    const found = await find(received, 'c-1', ['ef'.repeat(16), TRACE]);
    expect(found).toMatchObject({ problem: null, spans: [{ conversation: 'c-1' }] });
    expect((await find(received, TRACE.toUpperCase()))?.spans).toHaveLength(1);
  });

  it('only what belongs to it is taken', async () => {
    const other = group('c-2', '12'.repeat(16));
    const { url } = await backend(() => ({
      body: JSON.stringify({ resourceSpans: [group('c-1'), other] }),
    }));
    const received = await asking([{ url: `${url}/{id}`, by: 'conversation' }]);
    expect((await find(received, 'c-1'))?.spans.map((one) => one.conversation)).toEqual(['c-1']);
    await expect(find(received, 'c-3')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of every backend: one may not have it, or be away', async () => {
    const gone = await backend(() => ({ status: 503, body: 'away' }));
    const empty = await backend(() => ({ status: 404, body: '' }));
    const { url } = await backend(() => ({
      body: JSON.stringify({ resourceSpans: [group('c-1')] }),
    }));
    const by = 'conversation' as const;
    const received = await asking(
      [gone.url, empty.url, url].map((one) => ({ url: `${one}/{id}`, by })),
    );
    const found = await find(received, 'c-1');
    expect(found?.spans).toHaveLength(1);
    expect(found?.problem?.message).toContain('503');
    const away = await asking([gone.url, empty.url].map((one) => ({ url: `${one}/{id}`, by })));
    await expect(find(away, 'c-1')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('up to a size of all answers together: then no more is asked, and that is said', async () => {
    const traces = Array.from({ length: 40 }, (_, at) => at.toString(16).padStart(32, '0'));
    const { url, asked } = await backend(({ url }) => ({
      body: JSON.stringify({ resourceSpans: [group('c-1', url?.slice(1))] }).padEnd(8_000_000),
    }));
    const found = await find(await asking([{ url: `${url}/{id}`, by: 'trace' }]), 'c-1', traces);
    expect(found?.problem).toMatchObject({ code: 'bad_answer' });
    expect(found?.spans.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(20);
  });

  it.each([
    ['a page', '<html>sign in</html>'],
    ['another shape', '{"resourceSpans":5}'],
    ['half of it', '{"resourceSpans":[{"scope'],
  ])('%s instead of traces is said to be none', async (_, body) => {
    const { url } = await backend(() => ({ body }));
    const received = await asking([{ url: `${url}/{id}`, by: 'conversation' }]);
    await expect(find(received, 'c-1')).rejects.toMatchObject({ code: 'bad_answer' });
  });

  it('an ID never leads elsewhere, and half a character breaks nothing', async () => {
    const { url, asked } = await backend(() => ({ status: 404, body: '' }));
    const received = await asking([{ url: `${url}/api/traces/{id}`, by: 'conversation' }]);
    for (const id of ['..', '.', '\ud800', 'http://evil.invalid/', '#', '?a=b']) {
      await expect(find(received, id)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(asked.every((request) => request.url?.startsWith('/api/traces/'))).toBe(true);
  });
});

it.each([
  ['ftp://x/{id}', false],
  ['http://{id}.example/', false],
  ['http://a:b@host/{id}', false],
  ['http://host/no', false],
  ['http://host/a#{id}', false],
  ['http://host/a/{id}/b', true],
  ['https://host:1/a?q={id}', true],
])('the address %s can be configured: %s', (url, fits) => {
  const source = { id: 't', kind: 'otlp', lookup: [{ url }] };
  expect(SourceConfig.safeParse(source).success).toBe(fits);
});
