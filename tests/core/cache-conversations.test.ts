import { describe, expect, test } from 'vitest';
import { LOG_OF } from '#core/analysis/turn-steps.ts';
import type { WriteDb } from '#core/cache/db.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import { findConversations } from '#core/cache/queries/conversations.ts';
import { prune } from '#core/cache/queries/prune.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { ConversationFilter } from '#shared/model/conversation-filter.ts';
import { idsToFind } from '#shared/util/correlation-id.ts';
import fc, { runs } from '../helpers/random.ts';
import { directDb, points, type TurnInput, testCache, turn } from './cache-kit.ts';

const T0 = 1_700_000_000_000;
const search = { text: '', filter: {}, sort: 'newest', limit: 50, offset: 0 } as const;

/** All that the cache has derived from spans, keys left out: these depend on the order of arrival. */
function derived(db: WriteDb) {
  return {
    conversations: db.column<string>('SELECT summary FROM conversations ORDER BY id'),
    turns: db.all(
      'SELECT trace_id, started_at, facts, messages, text FROM turns ORDER BY trace_id',
    ),
    live: db.all(
      `SELECT t.trace_id, c.live FROM turns t JOIN combinations c ON c.id = t.combination
       ORDER BY t.trace_id`,
    ),
    spans: db.column('SELECT record FROM spans ORDER BY span_id'),
    hits: db.column(
      `SELECT t.trace_id FROM turns_fts f JOIN turns t ON t.id = f.rowid
       WHERE turns_fts MATCH 'refund' ORDER BY 1`,
    ),
  };
}

function commit(db: WriteDb, ...spans: SpanRecord[]) {
  return commitBatch(db, { source: 'otlp', batch: { spans } });
}

describe('spans become turns and conversations', () => {
  test('the same, in whatever order, pieces and repetitions they come', async () => {
    const all = [
      ...turn({ conversation: 'c-1', trace: 't1', at: T0, said: 'I want a refund' }),
      ...turn({ conversation: 'c-1', trace: 't2', at: T0 + 9000, unsure: true, version: 'v42' }),
      ...turn({ conversation: 'c-2', trace: 't3', at: T0 + 500, said: 'refund?', ms: 9000 }),
    ];
    const reference = await directDb();
    commit(reference.db, ...all);
    const expected = derived(reference.db);
    expect(expected.hits).toEqual(['t1', 't3']);

    const { db } = await directDb();
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...all.keys(), 0, 3, 4], { minLength: all.length }),
        fc.integer({ min: 1, max: 4 }),
        (order, size) => {
          for (const { id, text } of db.all<{ id: number; text: string }>(
            'SELECT id, text FROM turns',
          )) {
            db.run(
              "INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', ?, ?)",
              id,
              text,
            );
          }
          for (const table of ['spans', 'turns', 'combinations', 'conversations']) {
            db.run(`DELETE FROM ${table}`);
          }
          const complete = [...order, ...all.keys()];
          for (let at = 0; at < complete.length; at += size) {
            commit(db, ...complete.slice(at, at + size).flatMap((index) => all[index] ?? []));
          }
          expect(derived(db)).toEqual(expected);
        },
      ),
      runs(40),
    );
    db.run("INSERT INTO turns_fts (turns_fts) VALUES ('integrity-check')");
  });

  test('a turn is found by its trace, behind what has the ID itself', async () => {
    const trace = (at: number) => at.toString(16).padStart(32, 'a');
    const { db } = await directDb();
    commit(
      db,
      ...turn({ conversation: 'c-1', trace: trace(1), at: T0 + 9000 }),
      ...turn({ conversation: 'c-1', trace: trace(2), at: T0 }),
      ...turn({ conversation: trace(1), trace: trace(3), at: T0 }),
    );
    const find = (...ids: string[]) =>
      findConversations(db, { ids, limit: 5 }).map(({ id, hitTurn }) => [id, hitTurn]);
    expect(find(trace(2))).toEqual([['c-1', 0]]);
    expect(find(trace(1))).toEqual([
      [trace(1), null],
      ['c-1', 1],
    ]);
  });

  test('a turn is found by how its trace begins, where that is long enough to be no word', async () => {
    const { db } = await directDb();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    commit(
      db,
      ...turn({ conversation: 'c-1', trace: 'c'.repeat(32), at: T0 }),
      ...turn({ conversation: 'c-1', trace, at: T0 + 9000 }),
      ...turn({ conversation: '4bf92f35-other', trace: 'd'.repeat(32), at: T0 }),
    );
    const find = (...ids: string[]) =>
      findConversations(db, { ids, limit: 5 }).map(({ id, hitTurn, exact }) => [
        id,
        hitTurn,
        exact,
      ]);
    expect(find(trace)).toEqual([['c-1', 1, true]]);
    expect(find(trace.slice(0, 16))).toEqual([['c-1', 1, false]]);
    expect(find(trace.slice(0, 8))).toEqual([
      ['4bf92f35-other', null, false],
      ['c-1', 1, false],
    ]);
    expect(find(trace.slice(0, 7))).toEqual([['4bf92f35-other', null, false]]);
    expect(find('c-1')).toEqual([['c-1', null, true]]);
  });

  test('a span that names the conversation late moves the turn into it', async () => {
    const cache = await testCache();
    const [root, chat] = turn({ conversation: 'c-7', trace: 't1' });
    const orphan = { ...chat, conversation: null };
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: [orphan] } });
    expect(await cache.read('findConversations', { ids: ['t1'], limit: 5 })).toHaveLength(1);
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: [root] } });
    expect(await cache.read('findConversations', { ids: ['t1'], limit: 5 })).toEqual([]);
    const found = await cache.read('findConversations', { ids: ['c-7'], limit: 5 });
    expect(found.map((one) => one.turns)).toEqual([1]);
    const { spans, total } = await cache.read('spansOfTrace', { traceId: 't1', limit: 1 });
    expect([spans.length, total]).toEqual([1, 2]);
  });

  test.each([
    'the fuller one first',
    'the fuller one last',
    'the fuller one first, at once',
    'the fuller one last, at once',
  ])('of a span that is told twice the telling that knows more stays: %s', async (order) => {
    const cache = await testCache();
    const [root, chat] = turn({ conversation: 'c-8', trace: 't1' });
    const cut = { ...chat, span: { ...chat.span, durationMs: 1, attributes: {} } };
    const told = order.startsWith('the fuller one first') ? [chat, cut] : [cut, chat];
    const batches = order.endsWith('at once')
      ? [[root, ...told]]
      : [root, ...told].map((one) => [one]);
    for (const spans of batches) {
      await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    }
    const { spans } = await cache.read('spansOfTrace', { traceId: 't1', limit: 9 });
    expect(spans.find(({ spanId }) => spanId === chat.span.spanId)).toEqual(chat.span);
  });

  test('a log event is read as an event of its span, not as a span', async () => {
    const cache = await testCache();
    const [root, chat] = turn({ conversation: 'c-9', trace: 't1' });
    const log: SpanRecord = {
      ...chat,
      span: {
        ...chat.span,
        spanId: `${chat.span.spanId}-log`,
        parentId: chat.span.spanId,
        name: 'gen_ai.evaluation.result',
        operation: 'other',
        durationMs: 0,
        attributes: { [LOG_OF]: chat.span.spanId, score: 1 },
        events: [],
      },
    };
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: [log, root, chat] } });
    const { spans, total } = await cache.read('spansOfTrace', { traceId: 't1', limit: 9 });
    expect([spans.length, total]).toEqual([2, 2]);
    const owner = spans.find(({ spanId }) => spanId === chat.span.spanId);
    expect(owner?.events.map(({ name }) => name)).toContain('gen_ai.evaluation.result');
  });

  test('a waterfall reads outlines, again only when a span changed, and one step whole', async () => {
    const cache = await testCache();
    const [root, chat] = turn({ conversation: 'c-9', trace: 't1' });
    const logged = {
      ...chat.span,
      spanId: 'log',
      attributes: { [LOG_OF]: chat.span.spanId, s: 1 },
    };
    const log: SpanRecord = { ...chat, span: { ...logged, name: 'evaluated', events: [] } };
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: [log, root, chat] } });
    const asked = { traceId: 't1', limit: 9 };
    const first = await cache.read('outlineOfTrace', { ...asked, revision: null });
    expect(first.spans?.map(({ spanId }) => spanId)).toEqual([root.span.spanId, chat.span.spanId]);
    expect(first.spans?.some((span) => 'attributes' in span)).toBe(false);
    const again = await cache.read('outlineOfTrace', { ...asked, revision: first.revision });
    expect(again).toMatchObject({ spans: null, revision: first.revision });
    const { spans } = await cache.read('spansOfTrace', asked);
    for (const span of spans) {
      const whole = await cache.read('spanOfTrace', { traceId: 't1', spanId: span.spanId });
      expect(whole.span).toEqual(span);
    }
    expect((await cache.read('spanOfTrace', { traceId: 't1', spanId: 'log' })).span).toBeNull();
    expect((await cache.read('spanOfTrace', { traceId: 'no', spanId: 'log' })).span).toBeNull();

    const fuller = {
      ...chat.span,
      durationMs: chat.span.durationMs + 1,
      attributes: { ...chat.span.attributes, 'gen_ai.response.time_to_first_chunk': 0.3 },
    };
    const spansNow = [{ ...chat, span: fuller }];
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: spansNow } });
    const after = await cache.read('outlineOfTrace', { ...asked, revision: first.revision });
    expect(after.spans?.[1]).toMatchObject({ durationMs: fuller.durationMs, firstTokenMs: 300 });
  });

  test('a batch that tells nothing new asks no view to read again', async () => {
    const cache = await testCache();
    const batch = { spans: turn({ conversation: 'c-1', trace: 't1' }) };
    expect((await cache.write('commitBatch', { source: 'otlp', batch })).topics).toContain(
      'conversations',
    );
    expect((await cache.write('commitBatch', { source: 'otlp', batch })).topics).toEqual([]);
  });

  test('what a turn took against the limit of its service decides whether it failed', async () => {
    const cache = await testCache({ slowTurnMs: { bot: 1000 } });
    const spans = [
      ...turn({ conversation: 'slow', trace: 't1', ms: 1500 }),
      ...turn({ conversation: 'quick', trace: 't2', ms: 900 }),
      ...turn({ conversation: 'patient', trace: 't3', ms: 1500, service: 'other' }),
    ];
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    const failing = await cache.read('failingConversations', {
      environment: 'production',
      service: null,
      since: 0,
      limit: 10,
    });
    expect(failing.rows.map((one) => one.id)).toEqual(['slow']);
    expect(failing).toMatchObject({ total: 1, byVersion: { v41: 1 } });
  });

  test('ten thousand turns of one conversation are summed up and read in windows', async () => {
    const cache = await testCache();
    const turns = 10_000;
    for (let at = 0; at < turns; at += 500) {
      const spans = Array.from({ length: 500 }, (_, i) => at + i).flatMap((n) =>
        turn({ conversation: 'long', trace: `t${n}`, at: T0 + n * 1000, said: `question ${n}` }),
      );
      await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    }
    const read = await cache.read('readConversation', {
      id: 'long',
      service: null,
      environment: null,
      firstTurn: 9_998,
      maxTurns: 500,
    });
    expect(read?.conversation.summary).toMatchObject({ turns, title: 'question 0' });
    expect(read?.conversation.turns.map((one) => one.traceId)).toEqual(['t9998', 't9999']);
    expect(read?.conversation.truncated).toBe(true);
  }, 60_000);
});

test('with ids beyond 32 bits, texts change and go without leaving a trace in the full-text index', async () => {
  const { db } = await directDb();
  const check = () =>
    db.run("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)");
  const hits = (word: string) =>
    db.column('SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?', word).length;
  db.run(
    `INSERT INTO conversations (key, id, service, environment, version, started_at, ended_at,
       slowest_ms, cost_usd, failures, feedback, pinned, summary)
     VALUES (9000000, 'last', 'bot', 'production', '', 0, 0, 0, 0, 0, 0, 1, '{}')`,
  );
  commit(db, ...turn({ conversation: 'c-1', trace: 't1', at: T0, said: 'alpha' }));
  expect(db.value('SELECT max(id) FROM turns')).toBeGreaterThan(2 ** 43);
  commit(db, ...turn({ conversation: 'c-1', trace: 't1', at: T0, said: 'beta' }));
  check();
  expect([hits('alpha'), hits('beta')]).toEqual([0, 1]);
  const all = { raw: 1, fiveMinutes: 1, oneHour: 1, conversations: 1, maxBytes: 1e12 };
  prune(db, { ...all, now: T0 + 1e9 });
  check();
  expect(hits('beta')).toBe(0);
  expect(db.column('SELECT id FROM conversations')).toEqual(['last']);
});

describe('hostile text', () => {
  test('lone surrogates, NUL, markup and a megabyte come back as they came, and can be found', async () => {
    const cache = await testCache();
    const said = `bad \ud800 half \0 nul <script>alert(1)</script> zebra ${'x'.repeat(1_000_000)}`;
    const spans = turn({ conversation: 'id \udfff \0', trace: 't\ud800', said });
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    const found = await cache.read('searchConversations', { ...search, text: 'zebra' });
    expect(found.rows.map((row) => row.id)).toEqual(['id \ufffd \0']);
    const read = await cache.read('readConversation', {
      id: 'id \udfff \0',
      service: null,
      environment: null,
      firstTurn: 0,
      maxTurns: 10,
    });
    const part = read?.conversation.turns[0]?.messages[0]?.parts[0];
    expect(part?.type === 'text' && part.content).toBe(said);
    const kept = await cache.read('spansOfTrace', { traceId: 't\ufffd', limit: 10 });
    expect(kept.spans).toEqual(spans.map((record) => record.span));
  });

  test('no input to search is a syntax error', async () => {
    const { db } = await directDb();
    const { searchConversations } = await import('#core/cache/queries/search.ts');
    commit(db, ...turn({ conversation: 'c-1', trace: 't1', said: 'hello there' }));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        searchConversations(db, { ...search, text });
      }),
    );
    for (const text of ['"', 'a AND', 'NEAR(', 'text:hello', '-hello', '(hello', 'hello OR *']) {
      expect(searchConversations(db, { ...search, text }).totalIs).toBe('exact');
    }
    expect(searchConversations(db, { ...search, text: 'hel*' }).total).toBe(1);
    expect(searchConversations(db, { ...search, text: '"hello there"' }).total).toBe(1);
    expect(searchConversations(db, { ...search, text: '"there hello"' }).total).toBe(0);
  });
});

describe('finding', () => {
  async function withIds(...ids: string[]) {
    const cache = await testCache();
    const spans = ids.flatMap((id, n) => turn({ conversation: id, trace: `t${n}`, at: T0 + n }));
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    return async (wanted: string[], limit = 10) =>
      (await cache.read('findConversations', { ids: wanted, limit })).map((one) => one.id);
  }

  test('an exact id comes before those that begin with it', async () => {
    const find = await withIds('c-7f3', 'c-7f3a91e2', 'c-7f', 'c-8', 'C-7f3');
    expect(await find(['c-7f3'])).toEqual(['c-7f3', 'c-7f3a91e2']);
    expect(await find(['nothing', 'c-8'])).toEqual(['c-8']);
    expect(await find(['c-7f'], 2)).toEqual(['c-7f', 'c-7f3']);
  });

  test('an id of any signs is found as it stands, and a UUID without its hyphens', async () => {
    const uuid = '550e8400-e29b-41d4-a716-446655440000';
    const find = await withIds('hash-1', '#hash-1', 'x y z', uuid);
    expect(await find(idsToFind('#hash-1'))).toEqual(['#hash-1', 'hash-1']);
    expect(await find(idsToFind('hash-1'))).toEqual(['hash-1']);
    expect(await find(idsToFind(' x y z\n'))).toEqual(['x y z']);
    expect(await find(idsToFind(uuid.replaceAll('-', '').toUpperCase()))).toEqual([uuid]);
  });

  test('a sign that means something to LIKE or GLOB means itself', async () => {
    const find = await withIds('aaa%b', 'aaa_b', 'aaaxb', 'aaa*');
    expect(await find(['aaa%'])).toEqual(['aaa%b']);
    expect(await find(['aaa_'])).toEqual(['aaa_b']);
    expect(await find(['aaa*'])).toEqual(['aaa*']);
  });

  test('a word of running text is no prefix', async () => {
    const find = await withIds('nomsg-1', 'a1b2c3d4-0000');
    expect(await find(['no', 'a', 'a1b'])).toEqual([]);
    expect(await find(['noms', 'a1b2'])).toEqual(['nomsg-1', 'a1b2c3d4-0000']);
  });

  test('an id that two services share gives the one that spoke last, and names the other', async () => {
    const cache = await testCache();
    const spans = [
      ...turn({ conversation: 'same', trace: 't1', at: T0, service: 'bot' }),
      ...turn({ conversation: 'same', trace: 't2', at: T0 + 60_000, service: 'docs' }),
    ];
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    const args = { id: 'same', environment: null, firstTurn: 0, maxTurns: 10 };
    const last = await cache.read('readConversation', { ...args, service: null });
    expect(last?.conversation.summary.service).toBe('docs');
    expect(last?.others.map((one) => one.service)).toEqual(['bot']);
    const first = await cache.read('readConversation', { ...args, service: 'bot' });
    expect(first?.conversation.summary.service).toBe('bot');
  });
});

describe('search', () => {
  const inputs: TurnInput[] = [
    {
      conversation: 'es',
      trace: 't1',
      at: T0,
      said: '¿Dónde está mi reembolso?',
      language: 'es',
      version: 'v42',
      unsure: true,
      cost: 0.3,
    },
    {
      conversation: 'en',
      trace: 't2',
      at: T0 + 1000,
      said: 'Where is my refund, please',
      ms: 950,
      language: 'en',
      cost: 0.1,
    },
    { conversation: 'slow', trace: 't3', at: T0 + 2000, said: 'refund now', ms: 8000, cost: 0.2 },
    {
      conversation: 'docs',
      trace: 't4',
      at: T0 + 3000,
      said: 'how do I install',
      service: 'docs',
      environment: 'staging',
    },
  ];

  async function filled() {
    const cache = await testCache();
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: inputs.flatMap(turn) } });
    return async (args: Partial<Parameters<typeof cache.read<'searchConversations'>>[1]>) => {
      const found = await cache.read('searchConversations', { ...search, ...args });
      expect(found.total).toBe(found.rows.length);
      return found.rows.map((row) => row.id);
    };
  }

  test('finds words whatever their accents and case, and shows where', async () => {
    const ids = await filled();
    expect(await ids({ text: 'DONDE reembolso' })).toEqual(['es']);
    expect(await ids({ text: 'refund' })).toEqual(['slow', 'en']);
    expect(await ids({ text: 'refund', sort: 'oldest' })).toEqual(['en', 'slow']);
    const cache = await testCache();
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: inputs.flatMap(turn) } });
    const { rows } = await cache.read('searchConversations', { ...search, text: 'please' });
    expect(rows[0]?.snippet).toContain('Where is my refund, please');
  });

  test('narrows by every part of the filter, with words and without', async () => {
    const ids = await filled();
    const cases: [ConversationFilter, string[]][] = [
      [{}, ['slow', 'docs', 'en', 'es']],
      [{ environment: 'production' }, ['slow', 'en', 'es']],
      [{ services: ['docs'] }, ['docs']],
      [{ versions: ['v42'] }, ['es']],
      [{ languages: ['en', 'es'] }, ['en', 'es']],
      [{ failing: true }, ['slow', 'es']],
      [{ failing: false }, ['docs', 'en']],
      [{ failures: ['unsure'] }, ['es']],
      [{ failures: ['slow', 'unsure'] }, ['slow', 'es']],
      [{ feedback: ['thumbs_down'] }, []],
      [{ from: T0 + 1500 }, ['slow', 'docs', 'en']],
      [{ to: T0 + 1500 }, ['es']],
      [{ minDurationMs: 5000 }, ['slow']],
      [{ minCostUsd: 0.15 }, ['slow', 'es']],
      // What `docs` cost, nobody told.
      [{ maxCostUsd: 0.15 }, ['en']],
      [{ maxCostUsd: 100 }, ['slow', 'en', 'es']],
      [{ minCostUsd: 0 }, ['slow', 'en', 'es']],
      [{ pinned: true }, []],
    ];
    for (const [filter, expected] of cases) {
      expect(await ids({ filter }), JSON.stringify(filter)).toEqual(expected);
      const texts: Record<string, string> = {
        es: 'reembolso',
        en: 'refund',
        slow: 'refund',
        docs: 'install',
      };
      for (const word of new Set(Object.values(texts))) {
        expect(await ids({ filter, text: word }), `${word} ${JSON.stringify(filter)}`).toEqual(
          expected.filter((id) => texts[id] === word),
        );
      }
    }
  });

  test.each(['???', '👎', '"--"', '* "', '\u200b'])(
    'for %s, in which is no word, finds nothing',
    async (text) => {
      const ids = await filled();
      expect(await ids({ text })).toEqual([]);
      expect(await ids({ text: `${text} reembolso` })).toEqual(['es']);
      expect(await ids({ text: '  ' })).toHaveLength(4);
    },
  );

  test('sorts by what is asked', async () => {
    const ids = await filled();
    const filter = { environment: 'production' };
    expect(await ids({ filter, sort: 'slowest' })).toEqual(['slow', 'en', 'es']);
    expect(await ids({ filter, sort: 'costliest' })).toEqual(['es', 'slow', 'en']);
    expect(await ids({ sort: 'costliest' })).toEqual(['es', 'slow', 'en', 'docs']);
    expect(await ids({ filter, sort: 'oldest' })).toEqual(['es', 'en', 'slow']);
  });

  test('pages through many without losing or repeating one, and says how many there are', async () => {
    const cache = await testCache();
    const spans = Array.from({ length: 2500 }, (_, n) =>
      turn({ conversation: `c-${n}`, trace: `t${n}`, at: T0 + n * 10, said: 'common word' }),
    ).flat();
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    for (const text of ['', 'common']) {
      const seen = new Set<string>();
      for (let offset = 0; offset < 2500; offset += 1000) {
        const { rows } = await cache.read('searchConversations', {
          ...search,
          text,
          limit: 1000,
          offset,
        });
        for (const row of rows) seen.add(row.id);
      }
      expect(seen.size).toBe(2500);
    }
    const first = await cache.read('searchConversations', { ...search, text: 'common' });
    expect(first.rows[0]?.id).toBe('c-2499');
    expect(first.totalIs).toBe('atLeast');
    const all = await cache.read('searchConversations', search);
    expect(all).toMatchObject({ total: 2500, totalIs: 'exact' });
  });
});

describe('what was live', () => {
  test('combinations are counted by turns within a stretch of time', async () => {
    const cache = await testCache();
    const spans = [
      ...turn({ conversation: 'a', trace: 't1', at: T0 }),
      ...turn({ conversation: 'a', trace: 't2', at: T0 + 1 }),
      ...turn({
        conversation: 'b',
        trace: 't3',
        at: T0 + 2,
        version: 'v42',
        attributes: { 'ai.prompt.version': 'p-2' },
      }),
      ...turn({ conversation: 'b', trace: 't4', at: T0 + 100, version: 'v42' }),
    ];
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    const args = { service: 'bot', environment: 'production', from: T0, to: T0 + 100 };
    const live = await cache.read('liveCombinations', args);
    expect(live.map((one) => [one.version, one.prompt, one.turns])).toEqual([
      ['v41', null, 2],
      ['v42', 'p-2', 1],
    ]);
    const of = { service: 'bot', environment: 'production', signals: ['request_rate'] };
    const { span, sampleAt } = await cache.read('newestOf', of);
    expect(sampleAt).toBeNull();
    const all = { ...args, to: T0 + 101, span };
    const both = [
      { version: 'v41', turns: 2 },
      { version: 'v42', turns: 2 },
    ];
    expect(await cache.read('turnsByVersion', { ...all, arrived: 'by' })).toEqual(both);
    expect(await cache.read('turnsByVersion', { ...all, arrived: 'after' })).toEqual([]);
    // One that begins, by the clock, before what was there.
    const late = turn({ conversation: 'a', trace: 't5', at: T0 + 1 });
    await cache.write('commitBatch', {
      source: 'otlp',
      batch: { spans: late, points: [points([[T0 + 9, 1]], { signal: 'request_rate' })] },
    });
    expect(await cache.read('turnsByVersion', { ...all, arrived: 'by' })).toEqual(both);
    expect(await cache.read('turnsByVersion', { ...all, arrived: 'after' })).toEqual([
      { version: 'v41', turns: 1 },
    ]);
    expect(await cache.read('newestOf', of)).toEqual({
      span: span + late.length,
      sampleAt: T0 + 9,
    });
    expect(await cache.read('observedVersions', { environment: 'production' })).toEqual([
      { service: 'bot', version: 'v41', firstSeenAt: T0, lastSeenAt: T0 + 1, conversations: 1 },
      {
        service: 'bot',
        version: 'v42',
        firstSeenAt: T0 + 2,
        lastSeenAt: T0 + 100,
        conversations: 1,
      },
    ]);
  });

  test('a version that answers for the first time is a change; what the first batch ran on is not', async () => {
    const cache = await testCache();
    const send = (...spans: SpanRecord[]) =>
      cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    const titles = async () =>
      (
        await cache.read('listChanges', {
          environment: 'production',
          service: 'bot',
          from: 0,
          to: Number.MAX_SAFE_INTEGER,
          limit: 100,
        })
      ).map((change) => [change.kind, change.title, change.at - T0]);
    await send(
      ...turn({ conversation: 'a', trace: 't1', at: T0, version: 'v41' }),
      ...turn({ conversation: 'b', trace: 't2', at: T0 + 1, version: 'v40' }),
    );
    expect(await titles()).toEqual([]);
    // Older than all that is known: it was there before, only not here.
    await send(...turn({ conversation: 'c', trace: 't3', at: T0 - 1000, version: 'v39' }));
    expect(await titles()).toEqual([]);
    const { topics } = await send(
      ...turn({ conversation: 'a', trace: 't5', at: T0 + 9000, version: 'v42' }),
      ...turn({ conversation: 'd', trace: 't4', at: T0 + 5000, version: 'v42' }),
    );
    expect(topics).toContain('changes');
    await send(...turn({ conversation: 'e', trace: 't6', at: T0 + 9999, version: 'v42' }));
    expect(await titles()).toEqual([['model', 'bot: v42 first answered', 5000]]);
  });
});
