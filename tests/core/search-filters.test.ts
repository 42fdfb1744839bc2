/** Filters against the plain meaning of each of their parts, on real files, whatever happened to the conversations before. */

import { describe, expect, test } from 'vitest';
import type { WriteDb } from '#core/cache/db.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import { BUCKETS } from '#core/cache/queries/facets.ts';
import { fillFacets } from '#core/cache/queries/fill-facets.ts';
import { KeySet } from '#core/cache/queries/key-set.ts';
import { prune } from '#core/cache/queries/prune.ts';
import { pinConversation } from '#core/cache/queries/read-conversation.ts';
import { searchConversations } from '#core/cache/queries/search.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { ConversationFilter } from '#shared/model/conversation-filter.ts';
import fc, { runs } from '../helpers/random.ts';
import { directDb, type TurnInput, turn } from './cache-kit.ts';

const T0 = 1_700_000_000_000;
const HOUR = 3_600_000;
const SEARCH = { text: '', filter: {}, sort: 'newest', limit: 50, offset: 0 } as const;

interface Told extends TurnInput {
  tool?: string;
  failed?: boolean;
  flags?: Record<string, string>;
}

/** A turn with a tool span and evaluated flags beside what the kit makes. */
function told({ tool, failed, flags, ...input }: Told): SpanRecord[] {
  const [root, chat] = turn(input);
  root.span.events = Object.entries(flags ?? {}).map(([flag, variant]) => ({
    name: 'feature_flag.evaluation',
    at: root.span.startedAt,
    attributes: { 'feature_flag.key': flag, 'feature_flag.result.variant': variant },
  }));
  if (tool === undefined) return [root, chat];
  const span: SpanRecord = {
    ...chat,
    span: {
      ...chat.span,
      spanId: `${input.trace}-tool`,
      operation: 'tool',
      name: `execute_tool ${tool}`,
      status: failed ? 'error' : 'unset',
      attributes: { 'gen_ai.tool.name': tool },
    },
  };
  return [root, chat, span];
}

/** What the conversations of a file amount to, read without the facets. */
function everything(db: WriteDb) {
  const rows = db.all<{ key: number; pinned: number; summary: string }>(
    'SELECT key, pinned, summary FROM conversations',
  );
  return rows.map(({ key, pinned, summary }) => {
    const from = key * 2 ** 20;
    const turns = db.all<{ facts: string; live: string }>(
      `SELECT facts, live FROM turns t JOIN combinations c ON c.id = t.combination
       WHERE t.id >= ? AND t.id < ?`,
      from,
      from + 2 ** 20,
    );
    const facts = turns.map((row) => JSON.parse(row.facts).tools ?? { called: [], failed: [] });
    const all: Omit<ConversationSummary, 'key' | 'pinned'> = JSON.parse(summary);
    return {
      ...all,
      key,
      pinned: pinned === 1,
      tools: facts.flatMap(({ called }) => called),
      failedTools: facts.flatMap(({ failed }) => failed),
      flags: turns.flatMap((row) => Object.entries(JSON.parse(row.live).flags)),
    };
  });
}

type Whole = ReturnType<typeof everything>[number];

/** The filter by its words. */
function passes(one: Whole, filter: ConversationFilter): boolean {
  const any = (list: readonly string[] | undefined, own: readonly (string | null)[]) =>
    !list || list.length === 0 || list.some((value) => own.includes(value));
  const flags = Map.groupBy(filter.flags ?? [], ({ flag }) => flag);
  return (
    (filter.environment === undefined || one.environment === filter.environment) &&
    any(filter.services, [one.service]) &&
    any(filter.versions, one.versions) &&
    any(filter.channels, [one.channel ?? null]) &&
    any(filter.languages, [one.language]) &&
    any(filter.failures, one.failures) &&
    any(filter.feedback, one.feedback) &&
    any(filter.tools, one.tools) &&
    any(filter.failedTools, one.failedTools) &&
    [...flags.values()].every((wanted) =>
      wanted.some(({ flag, variant }) =>
        one.flags.some(([name, value]) => name === flag && value === variant),
      ),
    ) &&
    (filter.failing === undefined || filter.failing === one.failures.length > 0) &&
    (filter.pinned === undefined || filter.pinned === one.pinned) &&
    (filter.from === undefined || one.endedAt >= filter.from) &&
    (filter.to === undefined || one.endedAt < filter.to) &&
    (filter.minDurationMs === undefined || one.slowestTurnMs >= filter.minDurationMs) &&
    (filter.maxDurationMs === undefined || one.slowestTurnMs <= filter.maxDurationMs) &&
    (filter.minCostUsd === undefined ||
      (one.costUsd !== null && one.costUsd >= filter.minCostUsd)) &&
    (filter.maxCostUsd === undefined || (one.costUsd !== null && one.costUsd <= filter.maxCostUsd))
  );
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const SERVICES = ['bot', 'docs'];
const VERSIONS = ['v41', 'v42'];
const LANGUAGES = ['en', 'es', 'de'];
const CHANNELS = ['web', 'phone'];
const TOOLS = ['lookup', 'refund'];
const MOMENTS = fc.integer({ min: 0, max: 6 * HOUR }).map((ms) => T0 + ms);
const DURATIONS = fc.oneof(
  fc.constantFrom(0, 1, 2, 1024, 5000, 5001),
  fc.integer({ min: 0, max: 60_000 }),
);
const COSTS = fc.oneof(
  fc.constantFrom(0, 1e-6, 0.001, 0.1),
  fc.double({ min: 0, max: 3, noNaN: true }),
);

const turns: fc.Arbitrary<Told> = fc
  .record({
    conversation: fc.integer({ min: 0, max: 12 }).map((n) => `c-${n}`),
    trace: fc.integer({ min: 0, max: 40 }).map((n) => `t${n}`),
    at: MOMENTS,
    ms: DURATIONS,
    cost: optional(COSTS),
    service: fc.constantFrom(...SERVICES),
    environment: fc.constantFrom('production', 'staging'),
    version: fc.constantFrom(...VERSIONS),
    language: fc.constantFrom(...LANGUAGES),
    unsure: fc.boolean(),
    tool: optional(fc.constantFrom(...TOOLS)),
    failed: fc.boolean(),
    flags: fc.dictionary(
      fc.constantFrom('model', 'multilingual'),
      fc.constantFrom('on', 'off', 'v42'),
    ),
    feedback: optional(fc.constantFrom('thumbs_up', 'thumbs_down')),
    channel: optional(fc.constantFrom(...CHANNELS)),
  })
  .map(({ tool, feedback, channel, cost, ...rest }) => ({
    ...rest,
    ...(cost === undefined ? {} : { cost }),
    ...(tool === undefined ? {} : { tool }),
    attributes: {
      ...(feedback === undefined ? {} : { 'ai.feedback': feedback }),
      ...(channel === undefined ? {} : { 'ai.channel': channel }),
    },
  }));

type Step = { commit: Told[] } | { pin: number; pinned: boolean } | { prune: number };
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ commit: fc.array(turns, { minLength: 1, maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ pin: fc.nat({ max: 12 }), pinned: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ prune: MOMENTS }) },
);

const filters: fc.Arbitrary<ConversationFilter> = fc
  .record({
    environment: optional(fc.constantFrom('production', 'staging')),
    services: optional(fc.subarray(SERVICES)),
    versions: optional(fc.subarray([...VERSIONS, 'v1'])),
    channels: optional(fc.subarray(CHANNELS)),
    languages: optional(fc.subarray(LANGUAGES)),
    failures: optional(fc.subarray(['unsure', 'slow', 'thumbs_down'] as const)),
    failing: optional(fc.boolean()),
    pinned: optional(fc.boolean()),
    feedback: optional(fc.subarray(['thumbs_up', 'thumbs_down'] as const)),
    tools: optional(fc.subarray(TOOLS)),
    failedTools: optional(fc.subarray(TOOLS)),
    flags: optional(
      fc.array(
        fc.record({
          flag: fc.constantFrom('model', 'multilingual'),
          variant: fc.constantFrom('on', 'off', 'v42'),
        }),
        { maxLength: 3 },
      ),
    ),
    from: optional(MOMENTS),
    to: optional(MOMENTS),
    minDurationMs: optional(DURATIONS),
    maxDurationMs: optional(DURATIONS),
    minCostUsd: optional(COSTS),
    maxCostUsd: optional(COSTS),
  })
  .map((filter) => {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given);
  });

function take(db: WriteDb, step: Step): void {
  if ('commit' in step) {
    commitBatch(db, { source: 'otlp', batch: { spans: step.commit.flatMap(told) } });
  } else if ('pin' in step) {
    const key = db.value<number>(
      'SELECT key FROM conversations WHERE id = ? LIMIT 1',
      `c-${step.pin}`,
    );
    if (key !== undefined) pinConversation(db, { key, pinned: step.pinned });
  } else {
    const forever = 1e15;
    prune(db, {
      now: step.prune,
      conversations: 0,
      raw: forever,
      fiveMinutes: forever,
      oneHour: forever,
      maxBytes: forever,
    });
  }
}

/** Every bit as it should be by the rows, and no other. */
function bitsOf(db: WriteDb): Record<string, number[]> {
  const found = db.all<{ kind: string; value: string; block: number; bits: Uint8Array }>(
    `SELECT kind, value, block, bits FROM facet_bits JOIN facets ON id = facet ORDER BY kind, value, block`,
  );
  const sets: Record<string, number[]> = {};
  for (const { kind, value, block, bits } of found) {
    const name = `${kind} ${value}`;
    sets[name] = [...(sets[name] ?? []), ...KeySet.union([{ block, bits }]).keys()].sort(
      (a, b) => a - b,
    );
  }
  return sets;
}

describe('filters', () => {
  test('let through what their words say, after any history of turns, pins and pruning', async () => {
    const { db } = await directDb();
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 1, maxLength: 6 }),
        fc.array(filters, { minLength: 4, maxLength: 12 }),
        async (history, asked) => {
          db.transaction(() => {
            for (const step of history) take(db, step);
            const all = everything(db);
            for (const filter of asked) {
              const expected = all.filter((one) => passes(one, filter));
              for (const sort of ['newest', 'slowest', 'costliest'] as const) {
                const by = {
                  newest: 'endedAt',
                  slowest: 'slowestTurnMs',
                  costliest: 'costUsd',
                } as const;
                const found = searchConversations(db, { ...SEARCH, filter, sort });
                const value = (one: ConversationSummary) => one[by[sort]] ?? -1;
                const right = [...expected].sort((a, b) => value(b) - value(a) || b.key - a.key);
                expect(
                  found.rows.map((row) => row.key),
                  JSON.stringify(filter),
                ).toEqual(right.map((row) => row.key));
                expect(found).toMatchObject({ total: expected.length, totalIs: 'exact' });
              }
              const words = searchConversations(db, { ...SEARCH, filter, text: 'order' });
              expect(new Set(words.rows.map((row) => row.key))).toEqual(
                new Set(expected.map((row) => row.key)),
              );
            }
          });
        },
      ),
      runs(60),
    );
  });

  test('what an older version stored gets its facets: the same as if it came in now', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turns, { minLength: 1, maxLength: 20 }), async (all) => {
        const { db, raw } = await directDb();
        const calls = all.map(({ tool: _tool, failed: _failed, ...one }) => one);
        commitBatch(db, { source: 'otlp', batch: { spans: calls.flatMap(told) } });
        const [first] = everything(db);
        if (first) pinConversation(db, { key: first.key, pinned: true });
        const before = bitsOf(db);
        db.run('DELETE FROM facet_bits');
        db.run('DELETE FROM facets');
        db.run("UPDATE conversations SET facets = '[]'");
        fillFacets(raw);
        expect(bitsOf(db)).toEqual(before);
      }),
      runs(10),
    );
  });

  test('of a response that tells a failure its tool failed', async () => {
    const { db } = await directDb();
    const parts = (id: string, name: string, response: unknown) =>
      JSON.stringify([
        { role: 'assistant', parts: [{ type: 'tool_call', id, name, arguments: {} }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id, response }] },
      ]);
    const cases: [string, unknown, boolean][] = [
      ['a', { error: 'no such order' }, true],
      ['b', '{"isError": true, "content": []}', true],
      ['c', { error: null, order: 4 }, false],
      ['d', 'error: it broke', false],
      ['e', { is_error: true }, true],
      ['f', { errors: 3 }, false],
    ];
    const spans = cases.flatMap(([name, response], index) =>
      turn({
        conversation: `c-${name}`,
        trace: `t${index}`,
        attributes: { 'gen_ai.input.messages': parts('1', name, response) },
      }),
    );
    commitBatch(db, { source: 'otlp', batch: { spans } });
    for (const [name, , failed] of cases) {
      const found = (filter: ConversationFilter) =>
        searchConversations(db, { ...SEARCH, filter }).rows.map((row) => row.id);
      expect(found({ tools: [name] })).toEqual([`c-${name}`]);
      expect(found({ failedTools: [name] })).toEqual(failed ? [`c-${name}`] : []);
    }
  });
});

describe('of many conversations', () => {
  /** More than are looked up at once, over several hours; durations and costs without an order in them. */
  async function many() {
    const { db } = await directDb();
    const spans = Array.from({ length: 8000 }, (_, n) =>
      told({
        conversation: `c-${n}`,
        trace: `t${n}`,
        at: T0 + ((n * 7919) % 8000) * 2500,
        ms: (n * 31) % 6007,
        ...(n % 5 === 0 ? {} : { cost: ((n * 17) % 101) / 100 }),
        version: n % 4 === 0 ? 'v42' : 'v41',
        tool: n % 3 === 0 ? 'lookup' : 'refund',
      }),
    ).flat();
    commitBatch(db, { source: 'otlp', batch: { spans } });
    return { db, all: everything(db) };
  }

  test('every page is right, in every order, and the number is exact', async () => {
    const { db, all } = await many();
    const asked: ConversationFilter[] = [
      { environment: 'production' },
      {},
      { environment: 'production', versions: ['v41'], from: T0 + HOUR / 2 },
      { environment: 'production', tools: ['refund'], minDurationMs: 700 },
      { environment: 'production', maxCostUsd: 5 },
    ];
    const orders = {
      newest: (one: Whole) => -one.endedAt,
      oldest: (one: Whole) => one.endedAt,
      slowest: (one: Whole) => -one.slowestTurnMs,
      costliest: (one: Whole) => -(one.costUsd ?? -1),
    };
    for (const filter of asked) {
      for (const [sort, value] of Object.entries(orders) as [
        keyof typeof orders,
        (typeof orders)['newest'],
      ][]) {
        const right = all
          .filter((one) => passes(one, filter))
          .sort(
            (a, b) => value(a) - value(b) || (sort === 'oldest' ? a.key - b.key : b.key - a.key),
          );
        for (const offset of [0, 2500, right.length - 20]) {
          const found = searchConversations(db, { ...SEARCH, filter, sort, offset });
          expect(
            found.rows.map((row) => row.key),
            `${sort} from ${offset}`,
          ).toEqual(right.slice(offset, offset + 50).map((row) => row.key));
          expect(found).toMatchObject({ total: right.length, totalIs: 'exact' });
        }
      }
    }
  });

  test('words and a filter that lets few through: all of these and no other, and the nearest first', async () => {
    const { db, all } = await many();
    const filter = { environment: 'production', minDurationMs: 5600, versions: ['v41'] };
    const right = all.filter((one) => passes(one, filter));
    expect(right.length).toBeGreaterThan(200);
    for (const sort of ['newest', 'oldest'] as const) {
      const asked = { ...SEARCH, text: 'where order', filter, sort };
      const found = searchConversations(db, { ...asked, limit: 1000 });
      expect(found).toMatchObject({ total: right.length, totalIs: 'exact' });
      expect(new Set(found.rows.map((row) => row.key))).toEqual(
        new Set(right.map((row) => row.key)),
      );
      expect(found.rows.every((row) => row.snippet?.includes('order'))).toBe(true);
      const first = searchConversations(db, { ...asked, limit: 5 });
      expect(first.rows.map((row) => row.key)).toEqual(
        found.rows.slice(0, 5).map((row) => row.key),
      );
    }
    expect(searchConversations(db, { ...SEARCH, text: 'nowhere', filter })).toMatchObject({
      total: 0,
      totalIs: 'exact',
    });
  });

  test('the order by a number is read off its index, and nothing is sorted in the database', async () => {
    const { db } = await many();
    const statements = new Set<string>();
    const walk = db.walk.bind(db);
    db.walk = (sql, ...params) => {
      statements.add(sql);
      return walk(sql, ...params);
    };
    for (const sort of ['slowest', 'costliest'] as const) {
      searchConversations(db, { ...SEARCH, sort, filter: { environment: 'production' } });
    }
    expect(statements.size).toBe(2);
    for (const sql of statements) {
      const steps = db.explain(sql, 'production');
      expect(steps).toHaveLength(1);
      expect(steps[0]).toMatch(/^SEARCH conversations USING COVERING INDEX/);
    }
  });
});

test('a value lies in its own bucket, whatever rounding does to its logarithm', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
      for (const { of, from } of Object.values(BUCKETS)) {
        expect(from(of(value))).toBeLessThanOrEqual(value);
        expect(from(of(value) + 1)).toBeGreaterThan(value);
      }
    }),
  );
});

describe('sets of keys', () => {
  const keys = fc.uniqueArray(fc.nat({ max: 20_000 }), { maxLength: 60 });

  test('behave as sets', () => {
    fc.assert(
      fc.property(keys, keys, fc.nat({ max: 20_000 }), (a, b, other) => {
        const [left, right] = [KeySet.of(a), KeySet.of(b)];
        const down = (list: number[]) => [...list].sort((x, y) => y - x);
        expect(left.keys()).toEqual(down(a));
        expect(left.keys(3)).toEqual(down(a).slice(0, 3));
        expect(left.count).toBe(a.length);
        expect(left.has(other)).toBe(a.includes(other));
        expect(left.and(right).keys()).toEqual(down(a.filter((key) => b.includes(key))));
        expect(left.without(right).keys()).toEqual(down(a.filter((key) => !b.includes(key))));
        expect(left.bounds).toEqual(
          a.length === 0 ? null : { first: Math.min(...a), last: Math.max(...a) },
        );
      }),
    );
  });
});
