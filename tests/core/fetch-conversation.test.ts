/** An unknown ID is asked of all that may know it, and each answer and each failure is told. */
import { describe, expect, test } from 'vitest';
import type { CoreDeps } from '#core/deps.ts';
import { consoleBeside, tracingBackend, turnOf } from './lookup-kit.ts';

const ID = 'c-lost-1';
const lookup = (url: string) => ({ url: `${url}/by/{id}`, by: 'conversation' as const });

test('all backends of a source are asked, and what each has is taken', async () => {
  const support = await tracingBackend(() => [turnOf(ID)]);
  const sales = await tracingBackend(() => [turnOf(ID, 0, { service: 'sales-assistant' })]);
  const { fetched, viewer } = await consoleBeside({
    transcripts: { lookup: [lookup(support.url), lookup(sales.url)] },
  });
  expect(await fetched(ID)).toEqual([{ source: 'transcripts', spans: 2, problem: null }]);
  const { conversation, others } = await viewer('conversations.read', { id: ID });
  expect([conversation.summary, ...others].map(({ service }) => service).sort()).toEqual([
    'sales-assistant',
    'support-bot',
  ]);
  expect(conversation.summary.sources).toEqual(['transcripts']);
});

test('one that fails beside one that answers: what came is stored, and the failure is said', async () => {
  const [good, bad] = [await tracingBackend(() => [turnOf(ID)]), await tracingBackend(() => [])];
  bad.fault({ kind: 'status', status: 503 });
  const { fetched } = await consoleBeside({
    transcripts: { lookup: [lookup(bad.url), lookup(good.url)] },
  });
  expect(await fetched(ID)).toEqual([
    { source: 'transcripts', spans: 1, problem: expect.stringContaining('503') },
  ]);
});

test('what breaks inside the console at one source does not hide what the others have', async () => {
  const backend = await tracingBackend(() => [turnOf(ID)]);
  const errors: unknown[] = [];
  const { fetched } = await consoleBeside(
    {
      broken: { lookup: [{ ...lookup(backend.url), secret: 'KEYCHAIN' }] },
      transcripts: { lookup: [lookup(backend.url)] },
    },
    {
      // As a keychain that is locked throws: no error of ours.
      secrets: {
        get: async () => Promise.reject(new Error('org.freedesktop.Secret.Error.IsLocked')),
        where: async () => 'keychain',
        set: async () => false,
      } satisfies CoreDeps['secrets'],
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: (what) => errors.push(what),
      },
    },
  );
  expect(await fetched(ID)).toEqual([
    { source: 'broken', spans: 0, problem: expect.stringContaining('inside the console') },
    { source: 'transcripts', spans: 1, problem: null },
  ]);
  expect(JSON.stringify(errors.map(String))).not.toBe('[]');
});

describe('a backend of one source answers', () => {
  test.each([
    ['401', 'credentials', { kind: 'status', status: 401 }],
    ['403', 'does not allow', { kind: 'status', status: 403 }],
    ['404', 'No lookup knows', { kind: 'status', status: 404 }],
    ['500', 'fails (500)', { kind: 'status', status: 500 }],
    ['half of its JSON', 'JSON form', { kind: 'text', body: '{"resourceSpans":[{"scope' }],
    ['a page', 'JSON form', { kind: 'html' }],
    ['nothing in time', 'no full answer', { kind: 'hang' }],
    ['a first byte and no more', 'no full answer', { kind: 'stall' }],
    ['a cut', 'cut off', { kind: 'cut-off' }],
    ['more than is read', 'larger than', { kind: 'text', body: ' '.repeat(33 * 1024 * 1024) }],
  ] as const)('%s: it is said, beside what the other source has', async (_, words, fault) => {
    const [bad, good] = [
      await tracingBackend(() => [turnOf(ID)]),
      await tracingBackend(() => [turnOf(ID)]),
    ];
    bad.fault(fault);
    const { fetched } = await consoleBeside({
      first: { timeout: fault.kind === 'text' ? '30s' : '1s', lookup: [lookup(bad.url)] },
      second: { lookup: [lookup(good.url)] },
    });
    expect(await fetched(ID)).toEqual([
      { source: 'first', spans: 0, problem: expect.stringContaining(words) },
      { source: 'second', spans: 1, problem: null },
    ]);
  });

  test('nobody, where its secret is missing: which one is said', async () => {
    const backend = await tracingBackend(() => [turnOf(ID)]);
    const { fetched } = await consoleBeside({
      transcripts: { lookup: [{ ...lookup(backend.url), secret: 'TEMPO_TOKEN' }] },
    });
    expect(await fetched(ID)).toEqual([
      { source: 'transcripts', spans: 0, problem: expect.stringContaining('TEMPO_TOKEN') },
    ]);
    expect(backend.asked).toEqual([]);
  });
});
