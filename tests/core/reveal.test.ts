/** What was masked, asked of where the conversation came from: whom the console asks, for how much, and what it counts. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { MOST_REVEALED } from '#shared/util/lookups.ts';
import { consoleBeside, EMAIL, traceOf, tracingBackend, turnOf } from './lookup-kit.ts';

const ID = 'c-long-1';
const reason = 'The customer asks for it';
const many = (count: number, change: Parameters<typeof turnOf>[2] = {}) =>
  Array.from({ length: count }, (_, number) => turnOf(ID, number, change));
const byConversation = (url: string, services?: string[]) => ({
  url: `${url}/by/{id}`,
  by: 'conversation' as const,
  ...(services ? { services } : {}),
});

describe('of a long conversation', () => {
  const TOTAL = MOST_REVEALED + 7;

  test.each(['trace', 'conversation'] as const)(
    'all turns up to the bound are asked for by %s, the others counted, and had by asking from there',
    async (by) => {
      const turns = many(TOTAL);
      const backend = await tracingBackend((id) =>
        id === ID ? turns : turns.filter((_, at) => traceOf('support-bot', at) === id),
      );
      const { reveal, keyOf, ...beside } = await consoleBeside({
        transcripts: { lookup: [{ url: `${backend.url}/by/{id}`, by }] },
      });
      await beside.export('transcripts', turns);
      const key = await keyOf(ID);
      const first = await reveal({ key, reason });
      expect(first.turns).toHaveLength(MOST_REVEALED);
      expect(first).toMatchObject({ missing: 7, beyond: 7, problem: null });
      expect(first.turns.map(({ number }) => number)).toEqual(
        Array.from({ length: MOST_REVEALED }, (_, at) => at + 1),
      );
      const last = await reveal({ key, reason, firstTurn: MOST_REVEALED });
      expect(last.turns.map(({ number }) => number)).toEqual(
        Array.from({ length: 7 }, (_, at) => MOST_REVEALED + at + 1),
      );
      expect(last).toMatchObject({ missing: MOST_REVEALED, beyond: MOST_REVEALED });
      expect(JSON.stringify(last.turns)).toContain(`I am ${EMAIL}, turn ${TOTAL - 1}`);
    },
  );

  test('what the backend does not have any more is counted apart from what was not asked for', async () => {
    const turns = many(TOTAL);
    const backend = await tracingBackend((id) =>
      turns.filter((_, at) => at >= 3 && traceOf('support-bot', at) === id),
    );
    const { reveal, keyOf, ...beside } = await consoleBeside({
      transcripts: { lookup: [{ url: `${backend.url}/by/{id}`, by: 'trace' }] },
    });
    await beside.export('transcripts', turns);
    const revealed = await reveal({ key: await keyOf(ID), reason });
    expect(revealed).toMatchObject({ missing: 10, beyond: 7 });
    expect(revealed.turns[0]).toMatchObject({ number: 4 });
  });

  test('turns of one moment are told apart', async () => {
    const turns = many(4, { abreast: 2 });
    const backend = await tracingBackend(() => turns);
    const { reveal, keyOf, ...beside } = await consoleBeside({
      transcripts: { lookup: [byConversation(backend.url)] },
    });
    await beside.export('transcripts', turns);
    const { turns: shown } = await reveal({ key: await keyOf(ID), reason });
    expect(new Set(shown.map(({ startedAt }) => startedAt)).size).toBe(2);
    expect(new Set(shown.map(({ traceId }) => traceId)).size).toBe(4);
  });

  test('a turn that is not stored here yet is among them, after the others', async () => {
    const backend = await tracingBackend(() => many(3));
    const { reveal, keyOf, ...beside } = await consoleBeside({
      transcripts: { lookup: [byConversation(backend.url)] },
    });
    await beside.export('transcripts', many(2));
    const { turns, missing } = await reveal({ key: await keyOf(ID), reason });
    expect(turns.map(({ number }) => number)).toEqual([1, 2, null]);
    expect(missing).toBe(0);
  });
});

describe('only who may have it is asked', () => {
  const support = [turnOf(ID, 0, { said: 'of support' })];
  const sales = [turnOf(ID, 0, { service: 'sales-assistant', said: 'of sales' })];

  test('where two services use one ID, the backend of the service answers for it', async () => {
    const [one, two] = [await tracingBackend(() => sales), await tracingBackend(() => support)];
    const { reveal, keyOf, ...beside } = await consoleBeside({
      transcripts: { lookup: [byConversation(one.url), byConversation(two.url)] },
    });
    await beside.export('transcripts', [...support, ...sales]);
    const shown = await reveal({ key: await keyOf(ID, 'support-bot'), reason });
    expect(JSON.stringify(shown.turns)).toContain('of support');
    expect(JSON.stringify(shown.turns)).not.toContain('of sales');
    expect(shown.missing).toBe(0);
  });

  test('a backend that is said to be of another service is not asked', async () => {
    const [one, two] = [await tracingBackend(() => sales), await tracingBackend(() => support)];
    const { reveal, keyOf, ...beside } = await consoleBeside({
      transcripts: {
        lookup: [
          byConversation(one.url, ['sales-assistant']),
          byConversation(two.url, ['support-bot']),
        ],
      },
    });
    await beside.export('transcripts', [...support, ...sales]);
    const shown = await reveal({ key: await keyOf(ID, 'support-bot'), reason });
    expect(JSON.stringify(shown.turns)).toContain('of support');
    expect([one.asked.length, two.asked.length]).toEqual([0, 1]);
  });

  test('a source that the conversation did not come from is not asked', async () => {
    const [one, two] = [await tracingBackend(() => support), await tracingBackend(() => support)];
    const { reveal, keyOf, viewer, ...beside } = await consoleBeside({
      elsewhere: { lookup: [byConversation(one.url)] },
      transcripts: { lookup: [byConversation(two.url)] },
    });
    await beside.export('transcripts', support);
    const shown = await reveal({ key: await keyOf(ID), reason });
    expect(shown).toMatchObject({ sources: ['transcripts'], missing: 0 });
    expect([one.asked.length, two.asked.length]).toEqual([0, 1]);
    const { entries } = await viewer('journal.list', { limit: 5 });
    expect(entries[0]?.data).toMatchObject({ sources: ['transcripts'], service: 'support-bot' });
  });

  test('where the source that it came from has no lookup, nobody is asked and nothing is journaled', async () => {
    const backend = await tracingBackend(() => support);
    const { reveal, keyOf, viewer, ...beside } = await consoleBeside({
      elsewhere: { lookup: [byConversation(backend.url)] },
      transcripts: {},
    });
    await beside.export('transcripts', support);
    await expect(reveal({ key: await keyOf(ID), reason })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('transcripts'),
    });
    expect(backend.asked).toEqual([]);
    expect((await viewer('journal.list', { limit: 5 })).total).toBe(0);
  });
});

describe('the journal comes first', () => {
  test('the entry stands when the backend is asked', async () => {
    const standing: string[] = [];
    const turns = many(1);
    const backend = await tracingBackend(async () => {
      const { entries } = await beside.viewer('journal.list', { limit: 5 });
      standing.push(...entries.map(({ kind }) => kind));
      return turns;
    });
    const beside = await consoleBeside({ transcripts: { lookup: [byConversation(backend.url)] } });
    await beside.export('transcripts', turns);
    await beside.reveal({ key: await beside.keyOf(ID), reason });
    expect(standing).toEqual(['reveal']);
  });

  test('nothing is asked while it cannot be written', async () => {
    const turns = many(1);
    const backend = await tracingBackend(() => turns);
    const beside = await consoleBeside({ transcripts: { lookup: [byConversation(backend.url)] } });
    await beside.export('transcripts', turns);
    const key = await beside.keyOf(ID);
    const other = new Database(join(beside.dataDir, 'journal.db'));
    try {
      other.exec('BEGIN IMMEDIATE');
      await expect(beside.reveal({ key, reason })).rejects.toMatchObject({
        code: 'storage_failed',
      });
      expect(backend.asked).toEqual([]);
      other.exec('ROLLBACK');
    } finally {
      other.close();
    }
    expect((await beside.reveal({ key, reason })).turns).toHaveLength(1);
  });
});

describe('a backend that fails', () => {
  test('in the middle: what was had is shown, and what failed is said', async () => {
    const turns = many(3);
    const backend = await tracingBackend((id) =>
      turns.filter((_, at) => traceOf('support-bot', at) === id),
    );
    backend.fault({ kind: 'status', status: 500 }, ({ path }) =>
      path.endsWith(traceOf('support-bot', 1)),
    );
    const beside = await consoleBeside({
      transcripts: { lookup: [{ url: `${backend.url}/by/{id}`, by: 'trace' }] },
    });
    await beside.export('transcripts', turns);
    const shown = await beside.reveal({ key: await beside.keyOf(ID), reason });
    expect(shown.turns.map(({ number }) => number)).toContain(1);
    expect(shown.missing).toBe(3 - shown.turns.length);
    expect(shown.missing).toBeGreaterThan(0);
    expect(shown.problem).toContain('500');
  });

  test('an end to waiting is not waited for: a cancelled reveal leaves at once', async () => {
    const turns = many(1);
    const backend = await tracingBackend(() => turns);
    const beside = await consoleBeside({
      transcripts: { timeout: '10m', lookup: [byConversation(backend.url)] },
    });
    await beside.export('transcripts', turns);
    const key = await beside.keyOf(ID);
    backend.fault({ kind: 'hang' });
    const leaving = new AbortController();
    const asked = beside.core.call(
      'conversations.reveal',
      { key, reason },
      { name: 'ada', role: 'admin' },
      leaving.signal,
    );
    await expect.poll(() => backend.asked.length, { timeout: 20_000 }).toBe(1);
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('that never answers is given up on', async () => {
    const turns = many(1);
    const backend = await tracingBackend(() => turns);
    const beside = await consoleBeside({
      transcripts: { timeout: '200ms', lookup: [byConversation(backend.url)] },
    });
    await beside.export('transcripts', turns);
    const key = await beside.keyOf(ID);
    for (const kind of ['hang', 'stall'] as const) {
      backend.fault({ kind });
      await expect(beside.reveal({ key, reason })).rejects.toMatchObject({ code: 'timeout' });
    }
  });

  test('slowly, turn by turn: after a time the rest is not waited for, and that is said', async () => {
    const turns = many(MOST_REVEALED);
    const backend = await tracingBackend(async (id) => {
      await new Promise((done) => setTimeout(done, 250));
      return turns.filter((_, at) => traceOf('support-bot', at) === id);
    });
    const beside = await consoleBeside({
      transcripts: {
        timeout: '500ms',
        lookup: [{ url: `${backend.url}/by/{id}`, by: 'trace' }],
      },
    });
    await beside.export('transcripts', turns);
    const shown = await beside.reveal({ key: await beside.keyOf(ID), reason });
    expect(shown.turns.length).toBeGreaterThan(0);
    expect(shown.missing).toBe(MOST_REVEALED - shown.turns.length);
    expect(shown.missing).toBeGreaterThan(0);
    // The second where the machine is so busy that one request took too long.
    expect(shown.problem).toMatch(/within 6 s|within 500 ms/);
  });
});
