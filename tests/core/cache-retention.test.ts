import { describe, expect, test } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import type { PruneArgs } from '#core/cache/queries/types.ts';
import { points, testCache, turn } from './cache-kit.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 400 * DAY;
const FOREVER: PruneArgs = {
  now: NOW,
  raw: 1000 * DAY,
  fiveMinutes: 1000 * DAY,
  oneHour: 1000 * DAY,
  conversations: 1000 * DAY,
  maxBytes: Number.MAX_SAFE_INTEGER,
};

/** Prunes to the end; how many calls it took. */
async function pruneAll(cache: Cache, args: Partial<PruneArgs>): Promise<number> {
  for (let calls = 1; calls < 500; calls++) {
    const { more } = await cache.write('prune', { ...FOREVER, ...args });
    if (!more) return calls;
  }
  throw new Error('pruning does not end');
}

async function frame(cache: Cache, from: number, to: number) {
  const { resolution, series } = await cache.read('seriesFrame', {
    signals: ['latency_p95'],
    environment: 'production',
    services: [],
    versions: [],
    from,
    to,
    maxPoints: 5000,
  });
  return { resolution, ts: [...(series[0]?.ts ?? [])], value: [...(series[0]?.value ?? [])] };
}

describe('samples', () => {
  async function tenDays() {
    const cache = await testCache();
    const at: [number, number][] = [];
    for (let ts = NOW - 10 * DAY; ts < NOW; ts += 60_000) at.push([ts, (ts / 60_000) % 7]);
    await cache.write('commitBatch', { source: 'm', batch: { points: [points(at)] } });
    return cache;
  }

  test('raw points go before their buckets, and what is asked of then comes from the buckets', async () => {
    const cache = await tenDays();
    const before = await frame(cache, NOW - 9 * DAY, NOW - 8 * DAY);
    await pruneAll(cache, { raw: 2 * DAY });
    const after = await frame(cache, NOW - 9 * DAY, NOW - 8 * DAY);
    expect(before.resolution).toBe('raw');
    expect(after.resolution).toBe('5m');
    expect(after.ts).toHaveLength(288);
    const mean = (list: number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
    expect(mean(after.value)).toBeCloseTo(mean(before.value), 9);
    expect((await frame(cache, NOW - HOUR, NOW)).ts).toHaveLength(60);
  });

  test('a point that comes late for a bucket whose points are gone does not spoil it', async () => {
    const cache = await tenDays();
    await pruneAll(cache, { raw: 2 * DAY });
    const before = await frame(cache, NOW - 9 * DAY, NOW - 8 * DAY);
    const late = NOW - 9 * DAY + 90_000;
    await cache.write('commitBatch', { source: 'm', batch: { points: [points([[late, 1e6]])] } });
    expect(await frame(cache, NOW - 9 * DAY, NOW - 8 * DAY)).toEqual(before);
  });

  test('history that is older than the raw points but not yet known is taken', async () => {
    const cache = await tenDays();
    await pruneAll(cache, { raw: 2 * DAY });
    const old: [number, number][] = [
      [NOW - 20 * DAY, 4],
      [NOW - 20 * DAY + 1000, 6],
    ];
    await cache.write('commitBatch', { source: 'm', batch: { points: [points(old)] } });
    await pruneAll(cache, { raw: 2 * DAY });
    const { value } = await frame(cache, NOW - 20 * DAY, NOW - 19 * DAY);
    expect(value).toEqual([5]);
  });

  test('every resolution has its own end', async () => {
    const cache = await tenDays();
    await pruneAll(cache, { raw: DAY, fiveMinutes: 3 * DAY, oneHour: 5 * DAY });
    expect(await frame(cache, NOW - 10 * DAY, NOW - 5 * DAY)).toMatchObject({ ts: [] });
    const hours = await frame(cache, NOW - 5 * DAY, NOW - 4 * DAY);
    expect(hours.resolution).toBe('1h');
    expect(hours.ts).toHaveLength(24);
  });
});

describe('conversations', () => {
  async function conversations(count: number, said: string) {
    const cache = await testCache();
    const spans = Array.from({ length: count }, (_, n) =>
      turn({ conversation: `c-${n}`, trace: `t${n}`, at: NOW - (count - n) * HOUR, said }),
    ).flat();
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
    const ids = async (text = '') =>
      (
        await cache.read('searchConversations', {
          text,
          filter: {},
          sort: 'oldest',
          limit: 1000,
          offset: 0,
        })
      ).rows.map((row) => row.id);
    const pin = async (id: string) => {
      const [found] = await cache.read('findConversations', { ids: [id], limit: 1 });
      await cache.write('pinConversation', { key: found?.key ?? -1, pinned: true });
    };
    return { cache, ids, pin };
  }

  test('old ones go with all that belongs to them; pinned ones stay', async () => {
    const { cache, ids, pin } = await conversations(300, 'a word');
    await pin('c-5');
    await pruneAll(cache, { conversations: 10 * HOUR + 1000 });
    const left = ['c-5', ...Array.from({ length: 10 }, (_, n) => `c-${290 + n}`)];
    expect(await ids()).toEqual(left);
    expect(await ids('word')).toEqual(left);
    expect(await cache.read('spansOfTrace', { traceId: 't4', limit: 9 })).toEqual({
      spans: [],
      total: 0,
    });
    expect((await cache.read('spansOfTrace', { traceId: 't5', limit: 9 })).total).toBe(2);
  });

  test('one call does a bounded piece, and says that there is more', async () => {
    const { cache } = await conversations(300, 'a word');
    const first = await cache.write('prune', { ...FOREVER, conversations: HOUR });
    expect(first.conversations).toBeLessThan(300);
    expect(first.more).toBe(true);
    expect(first.topics).toContain('conversations');
    const calls = await pruneAll(cache, { conversations: HOUR });
    expect(calls).toBeGreaterThan(1);
  });

  test('over the size cap the oldest go first, down to the cap; pinned ones stay', async () => {
    const { cache, ids, pin } = await conversations(400, 'long text '.repeat(1000));
    await pin('c-0');
    const { bytes } = await cache.read('cacheSize', {});
    await pruneAll(cache, { maxBytes: bytes / 2 });
    const after = await cache.read('cacheSize', {});
    expect(after.bytes).toBeLessThanOrEqual(bytes / 2);
    const left = await ids();
    expect(left[0]).toBe('c-0');
    const rest = left.slice(1).map((id) => Number(id.slice(2)));
    expect(rest.at(-1)).toBe(399);
    expect(rest).toEqual(Array.from({ length: rest.length }, (_, n) => 400 - rest.length + n));
    expect(rest.length).toBeGreaterThan(20);
  });

  test('a cap that pinned conversations alone exceed ends the pruning all the same', async () => {
    const { cache, ids, pin } = await conversations(3, 'long text '.repeat(1000));
    for (const id of ['c-0', 'c-1', 'c-2']) await pin(id);
    await pruneAll(cache, { maxBytes: 1 });
    expect(await ids()).toEqual(['c-0', 'c-1', 'c-2']);
  });
});
