import { describe, expect, test } from 'vitest';
import type { WriteDb } from '#core/cache/db.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import fc, { runs } from '../helpers/random.ts';
import { directDb, points, testCache } from './cache-kit.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALL = {
  signals: ['latency_p95'],
  environment: 'production',
  services: [],
  versions: [],
} as const;
const everything = { ...ALL, signals: [...ALL.signals], services: [], versions: [] };

interface Bucket {
  ts: number;
  min: number;
  max: number;
  sum: number;
  count: number;
}

/** What the buckets must be, straight from the raw points. */
function recomputed(db: WriteDb, width: number): Bucket[] {
  const buckets = new Map<number, Bucket>();
  for (const { ts, value } of db.all<{ ts: number; value: number }>(
    'SELECT ts, value FROM samples ORDER BY ts',
  )) {
    const start = Math.floor(ts / width) * width;
    const known = buckets.get(start);
    buckets.set(start, {
      ts: start,
      min: Math.min(known?.min ?? value, value),
      max: Math.max(known?.max ?? value, value),
      sum: (known?.sum ?? 0) + value,
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...buckets.values()];
}

function expectBuckets(db: WriteDb): void {
  for (const [table, width] of [
    ['samples_5m', 5 * MINUTE],
    ['samples_1h', HOUR],
    ['samples_3h', 3 * HOUR],
  ] as const) {
    const stored = db.all<Bucket>(`SELECT ts, min, max, sum, count FROM ${table} ORDER BY ts`);
    const wanted = recomputed(db, width);
    expect(stored.map(({ sum: _, ...rest }) => rest)).toEqual(
      wanted.map(({ sum: _, ...rest }) => rest),
    );
    stored.forEach((one, index) => {
      expect(one.sum).toBeCloseTo(wanted[index]?.sum ?? Number.NaN, 6);
    });
  }
}

describe('rollups', () => {
  test('equal what the raw points say, in whatever order and however often batches come', async () => {
    const { db } = await directDb();
    const batch = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 5 * HOUR }),
        fc.double({ min: -1000, max: 1000, noNaN: true }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        fc.array(batch, { maxLength: 8 }),
        fc.array(fc.nat(7), { maxLength: 6 }),
        (batches, again) => {
          for (const table of ['samples', 'samples_5m', 'samples_1h', 'samples_3h'])
            db.run(`DELETE FROM ${table}`);
          const last = new Map<number, number>();
          for (const one of [...batches, ...again.map((index) => batches[index] ?? [])]) {
            commitBatch(db, { source: 'm', batch: { points: [points(one)] } });
            for (const [ts, value] of one) last.set(ts, value);
          }
          expect(db.value('SELECT count(*) FROM samples')).toBe(last.size);
          expectBuckets(db);
        },
      ),
      runs(150),
    );
  });

  test('the value told last for a moment is the one that counts', async () => {
    const { db } = await directDb();
    const commit = (value: number) =>
      commitBatch(db, { source: 'm', batch: { points: [points([[1000, value]])] } });
    commit(1);
    commit(5);
    expect(db.column('SELECT value FROM samples')).toEqual([5]);
    expectBuckets(db);
  });

  test('a long import in pieces of many sizes is stored whole', async () => {
    const { db } = await directDb();
    const all: [number, number][] = Array.from({ length: 2003 }, (_, i) => [i * 15_000, i % 97]);
    let at = 0;
    for (const size of [1, 24, 251, 777, 950]) {
      commitBatch(db, { source: 'm', batch: { points: [points(all.slice(at, at + size))] } });
      at += size;
    }
    expect(db.value('SELECT count(*) FROM samples')).toBe(2003);
    expectBuckets(db);
  });
});

describe('what is no number', () => {
  test('NaN, infinities and times beyond counting are left out, the rest of the batch stays', async () => {
    const cache = await testCache();
    const result = await cache.write('commitBatch', {
      source: 'm',
      batch: {
        points: [
          points([
            [1000, Number.NaN],
            [2000, Number.POSITIVE_INFINITY],
            [Number.NaN, 1],
            [1e300, 1],
            [3000, 7],
          ]),
        ],
      },
    });
    expect(result).toEqual({ topics: ['signals'], records: 1 });
    const latest = await cache.read('latestValues', {
      environment: 'production',
      signals: ['latency_p95'],
      since: 0,
    });
    expect(latest.map(({ ts, value }) => [ts, value])).toEqual([[3000, 7]]);
  });
});

describe('seriesFrame', () => {
  async function thirtyDays() {
    const cache = await testCache();
    const at: [number, number][] = [];
    for (let ts = 0; ts < 30 * 24 * HOUR; ts += 5 * MINUTE)
      at.push([ts, ts % HOUR === 0 ? 100 : 1]);
    await cache.write('commitBatch', { source: 'm', batch: { points: [points(at)] } });
    return cache;
  }

  test('answers an hour with every point', async () => {
    const cache = await thirtyDays();
    const frame = await cache.read('seriesFrame', {
      ...everything,
      from: 0,
      to: HOUR,
      maxPoints: 500,
    });
    expect(frame.resolution).toBe('raw');
    expect([...(frame.series[0]?.ts ?? [])]).toEqual(
      Array.from({ length: 12 }, (_, i) => i * 5 * MINUTE),
    );
    expect(frame.series[0]?.min).toBeUndefined();
  });

  test('answers thirty days from long buckets, thinned, without losing the spikes or the average', async () => {
    const cache = await thirtyDays();
    const frame = await cache.read('seriesFrame', {
      ...everything,
      from: 0,
      to: 30 * 24 * HOUR,
      maxPoints: 100,
    });
    expect(frame.resolution).toBe('3h');
    const series = frame.series[0];
    expect(series?.ts.length).toBe(100);
    expect(Math.max(...(series?.max ?? []))).toBe(100);
    expect(Math.min(...(series?.min ?? []))).toBe(1);
    for (const value of series?.value ?? []) expect(value).toBeCloseTo((100 + 11) / 12, 9);
  });

  test('keeps services, versions and environments apart', async () => {
    const cache = await testCache();
    await cache.write('commitBatch', {
      source: 'm',
      batch: {
        points: [
          points([[1, 1]], { version: '' }),
          points([[1, 2]], { version: 'v41' }),
          points([[1, 3]], { service: 'other', version: 'v41' }),
          points([[1, 4]], { environment: 'staging' }),
        ],
      },
    });
    const range = { from: 0, to: 10, maxPoints: 10 };
    const values = async (extra: { services?: string[]; versions?: string[] }) => {
      const frame = await cache.read('seriesFrame', { ...everything, ...range, ...extra });
      return frame.series.flatMap((one) => [...one.value]);
    };
    expect(await values({})).toEqual([1, 2, 3]);
    expect(await values({ versions: [''] })).toEqual([1]);
    expect(await values({ versions: ['v41'], services: ['bot'] })).toEqual([2]);
  });
});

test('windowStats tells average, range and the last point of a window', async () => {
  const cache = await testCache();
  await cache.write('commitBatch', {
    source: 'm',
    batch: {
      points: [
        points([
          [0, 9],
          [1000, 2],
          [2000, 6],
          [3000, 4],
          [9000, 100],
        ]),
      ],
    },
  });
  const stats = await cache.read('windowStats', {
    environment: 'production',
    signals: ['latency_p95'],
    from: 1000,
    to: 9000,
  });
  expect(stats.map(({ key: _, ...rest }) => rest)).toEqual([
    { avg: 4, min: 2, max: 6, count: 3, last: 4, lastTs: 3000 },
  ]);
});
