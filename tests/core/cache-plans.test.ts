import { describe, expect, test } from 'vitest';
import type { ReadDb } from '#core/cache/db.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import { reads } from '#core/cache/queries/reads.ts';
import { directDb, points, turn } from './cache-kit.ts';

const RANGE = { from: 1, to: 9e12 };
const SEARCH = { text: '', sort: 'newest', limit: 50, offset: 0 } as const;
const FRAME = {
  signals: ['latency_p95'],
  environment: 'production',
  services: [],
  versions: [],
  maxPoints: 100,
};

/** Every read, asked as the screens ask it. */
const CALLS: Record<keyof typeof reads, ((db: ReadDb) => unknown)[]> = {
  seriesFrame: [
    (db) => reads.seriesFrame(db, { ...FRAME, from: 0, to: 1000 }),
    (db) => reads.seriesFrame(db, { ...FRAME, from: 0, to: 86_400_000 }),
    (db) => reads.seriesFrame(db, { ...FRAME, ...RANGE }),
  ],
  latestValues: [
    (db) =>
      reads.latestValues(db, { environment: 'production', signals: ['latency_p95'], since: 0 }),
  ],
  windowStats: [
    (db) =>
      reads.windowStats(db, { environment: 'production', signals: ['latency_p95'], ...RANGE }),
  ],
  listAlerts: [(db) => reads.listAlerts(db, { environment: 'production', states: ['firing'] })],
  listSilences: [(db) => reads.listSilences(db, {})],
  listChanges: [
    (db) =>
      reads.listChanges(db, { environment: 'production', service: 'bot', ...RANGE, limit: 9 }),
  ],
  listFlags: [(db) => reads.listFlags(db, { environment: 'production' })],
  readFlag: [(db) => reads.readFlag(db, { source: 's', key: 'k', environment: 'production' })],
  listFlagEvents: [
    (db) => reads.listFlagEvents(db, { source: null, key: null, environment: 'p', limit: 9 }),
    (db) => reads.listFlagEvents(db, { source: 's', key: 'k', environment: 'p', limit: 9 }),
  ],
  readFlagEvent: [(db) => reads.readFlagEvent(db, { id: 'x' })],
  listRunbooks: [(db) => reads.listRunbooks(db, {})],
  readRunbook: [(db) => reads.readRunbook(db, { id: 'x' })],
  findConversations: [
    (db) => reads.findConversations(db, { ids: ['c', 'a'.repeat(32), 'a'.repeat(8)], limit: 9 }),
  ],
  searchConversations: [
    ...(['newest', 'oldest', 'slowest', 'costliest'] as const).map(
      (sort) => (db: ReadDb) =>
        reads.searchConversations(db, { ...SEARCH, sort, filter: { environment: 'production' } }),
    ),
    (db) =>
      reads.searchConversations(db, {
        ...SEARCH,
        filter: { environment: 'production', from: 1, to: 2 },
      }),
    (db) => reads.searchConversations(db, { ...SEARCH, text: 'order', filter: {} }),
  ],
  listFacets: [(db) => reads.listFacets(db, { environment: 'production' })],
  conversationGroups: [
    (db) =>
      reads.conversationGroups(db, { filter: { environment: 'production', ...RANGE }, most: 9 }),
  ],
  conversationTexts: [(db) => reads.conversationTexts(db, { keys: [1] })],
  phraseCount: [
    (db) => reads.phraseCount(db, { text: '"my order"', filter: { environment: 'production' } }),
  ],
  readConversation: [
    (db) =>
      reads.readConversation(db, {
        id: 'c',
        service: null,
        environment: null,
        firstTurn: 0,
        maxTurns: 5,
      }),
  ],
  readConversationByKey: [(db) => reads.readConversationByKey(db, { key: 1 })],
  readShared: [(db) => reads.readShared(db, { key: 1, chars: 1e6 })],
  spansOfTrace: [
    (db) => reads.spansOfTrace(db, { traceId: 't', limit: 9 }),
    (db) => reads.spansOfTrace(db, { traceId: 't', limit: 9, only: 'model' }),
  ],
  conversationMarks: [(db) => reads.conversationMarks(db, { key: 1, slowTurnMs: 5000 })],
  outlineOfTrace: [(db) => reads.outlineOfTrace(db, { traceId: 't', limit: 9, revision: null })],
  spanOfTrace: [(db) => reads.spanOfTrace(db, { traceId: 't', spanId: 's' })],
  failingConversations: [
    (db) =>
      reads.failingConversations(db, {
        environment: 'production',
        service: 'bot',
        since: 0,
        limit: 9,
      }),
  ],
  liveCombinations: [
    (db) => reads.liveCombinations(db, { service: 'bot', environment: 'production', ...RANGE }),
  ],
  observedVersions: [(db) => reads.observedVersions(db, { environment: 'production' })],
  turnsByVersion: [
    ...(['after', 'by'] as const).map(
      (arrived) => (db: ReadDb) =>
        reads.turnsByVersion(db, {
          service: 'bot',
          environment: 'production',
          ...RANGE,
          arrived,
          span: 1,
        }),
    ),
  ],
  newestOf: [
    (db) =>
      reads.newestOf(db, { service: 'bot', environment: 'production', signals: ['request_rate'] }),
  ],
  readReplay: [(db) => reads.readReplay(db, { id: 'r' })],
  listReplays: [
    (db) => reads.listReplays(db, { environment: null, conversation: null, limit: 9 }),
    (db) => reads.listReplays(db, { environment: 'p', conversation: null, limit: 9 }),
    (db) => reads.listReplays(db, { environment: null, conversation: 1, limit: 9 }),
  ],
  listReplayCases: [(db) => reads.listReplayCases(db, { id: 'r' })],
  readReplayCase: [(db) => reads.readReplayCase(db, { id: 'r', number: 0 })],
  readSyncStates: [(db) => reads.readSyncStates(db, {})],
  cacheSize: [(db) => reads.cacheSize(db, {})],
  maskingUnderWay: [(db) => reads.maskingUnderWay(db, {})],
};

/** Tables of a row or two for each thing that is configured, and windows of bounded size: no harm. */
const SMALL =
  /^SCAN (series|s|hit|combinations|c|sync_state|masked_by|silences|runbooks|json_each|w|\(subquery-\d+\)|\d+ CONSTANT ROWS?)( |$)/;
const FULL_TEXT = /^SCAN turns_fts VIRTUAL TABLE INDEX/;

/** A plan does not depend on what is bound, but something must be. */
function parametersOf(sql: string): number[] {
  const numbers = [...sql.matchAll(/\?(\d*)/g)].map(([, number], index) =>
    Number(number || index + 1),
  );
  return Array(Math.max(0, ...numbers)).fill(1);
}

async function plans(calls: ((db: ReadDb) => unknown)[]) {
  const { db, statements } = await directDb();
  commitBatch(db, {
    source: 's',
    batch: {
      points: [points([[5, 1]])],
      spans: [
        ...turn({ conversation: 'c', trace: 't' }),
        ...turn({ conversation: 'd', trace: 'a'.repeat(32) }),
      ],
    },
  });
  statements.clear();
  for (const call of calls) call(db);
  return [...statements].map((sql) => ({ sql, steps: db.explain(sql, ...parametersOf(sql)) }));
}

describe('every read', () => {
  test.each(Object.entries(CALLS))('%s goes by an index', async (_name, calls) => {
    for (const { sql, steps } of await plans(calls)) {
      const walks = steps.filter(
        (step) =>
          step.startsWith('SCAN') &&
          !SMALL.test(step) &&
          !FULL_TEXT.test(step) &&
          !/USING (COVERING )?INDEX|USING PRIMARY KEY/.test(step),
      );
      expect(walks, sql).toEqual([]);
    }
  });
});

test('a hit is looked up by its key, whatever the filter', async () => {
  const { db, statements } = await directDb();
  const filter = {
    environment: 'production',
    services: ['bot'],
    failing: false,
    from: 1,
    pinned: false,
  };
  commitBatch(db, { source: 's', batch: { spans: turn({ conversation: 'c', trace: 't' }) } });
  statements.clear();
  reads.searchConversations(db, { ...SEARCH, text: 'order', filter });
  const lookups = [...statements].filter((sql) => sql.includes('CROSS JOIN conversations'));
  expect(lookups).toHaveLength(2);
  for (const sql of lookups) {
    expect(db.explain(sql, ...parametersOf(sql))).toContain(
      'SEARCH conversations USING INTEGER PRIMARY KEY (rowid=?)',
    );
  }
});

test('a common word is not ranked', async () => {
  const all = await plans(CALLS.searchConversations.slice(-1));
  expect(all.some(({ sql }) => /\brank\b|bm25/.test(sql))).toBe(false);
  expect(all.flatMap(({ steps }) => steps).filter((step) => step.includes('TEMP B-TREE'))).toEqual(
    [],
  );
});
