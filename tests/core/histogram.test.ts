import { describe, expect, it } from 'vitest';
import { bucketQuantile, parseBound } from '#shared/util/histogram.ts';
import fc from '../helpers/random.ts';

const INF = Number.POSITIVE_INFINITY;

describe('quantile of buckets', () => {
  it('interpolates inside the bucket, from zero in the first', () => {
    expect(bucketQuantile(0.5, [1, 2, INF], [10, 20, 20])).toBe(1);
    expect(bucketQuantile(0.75, [1, 2, INF], [10, 20, 20])).toBe(1.5);
    expect(bucketQuantile(0.25, [1, 2, INF], [10, 20, 20])).toBe(0.5);
  });

  it('answers the highest finite bound when it falls into +Inf', () => {
    expect(bucketQuantile(0.99, [1, 2, INF], [10, 20, 100])).toBe(2);
  });

  it('answers the bound of a first bucket that does not begin above zero', () => {
    expect(bucketQuantile(0.1, [-1, 0, INF], [5, 10, 10])).toBe(-1);
  });

  it('has no answer without observations, without +Inf, or with one bucket', () => {
    expect(bucketQuantile(0.5, [1, INF], [0, 0])).toBeNaN();
    expect(bucketQuantile(0.5, [1, 2], [1, 2])).toBeNaN();
    expect(bucketQuantile(0.5, [INF], [1])).toBeNaN();
    expect(bucketQuantile(0.5, [], [])).toBeNaN();
    expect(bucketQuantile(Number.NaN, [1, INF], [1, 1])).toBeNaN();
  });

  it('raises a count that dips below its predecessor', () => {
    expect(bucketQuantile(0.9, [1, 2, 3, INF], [10, 8, 20, 20])).toBe(
      bucketQuantile(0.9, [1, 2, 3, INF], [10, 10, 20, 20]),
    );
  });

  it('lies in the bucket its rank falls into, and never falls as q rises', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 12 }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (counts, one, other) => {
          counts.sort((a, b) => a - b);
          fc.pre((counts.at(-1) ?? 0) > 0);
          const bounds = counts.map((_, index) => (index === counts.length - 1 ? INF : index + 1));
          const low = bucketQuantile(Math.min(one, other), bounds, counts);
          const high = bucketQuantile(Math.max(one, other), bounds, counts);
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(counts.length - 1);
        },
      ),
    );
  });
});

describe('bounds', () => {
  it('are read as exporters spell them', () => {
    expect(['0.5', '1e+06', '+Inf', 'inf', '-1', '.5', '-Inf'].map(parseBound)).toEqual([
      0.5,
      1e6,
      INF,
      INF,
      -1,
      0.5,
      -INF,
    ]);
    expect(['', 'x', '1s', '0x1', 'NaN', ' '].map(parseBound)).toEqual(Array(6).fill(Number.NaN));
  });
});
