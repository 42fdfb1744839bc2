import { describe, expect, it } from 'vitest';
import { SignalDeriver } from '#core/analysis/derive.ts';
import { gauge, rate } from '#core/analysis/derive-rate.ts';
import { compileWhere, type Scope } from '#core/analysis/derive-selection.ts';
import { SeriesStore } from '#core/analysis/derive-store.ts';
import { PointWindow } from '#core/analysis/derive-window.ts';
import type { SignalDefinition, SignalExpression } from '#shared/model/signal.ts';
import fc, { runs } from '../helpers/random.ts';

function windowOf(...points: [number, number][]): PointWindow {
  const window = new PointWindow();
  for (const [at, value] of points) window.push(at, value);
  return window;
}

describe('rate', () => {
  it('extrapolates to both borders when points are near them', () => {
    // 15 s apart, 40 counted in 30 s of the 50 s window, 10 s missing on each side.
    const points = windowOf([10_000, 100], [25_000, 120], [40_000, 140]);
    expect(rate(points, 50_000, 50_000)).toBeCloseTo((40 * (50 / 30)) / 50, 12);
  });

  it('goes only half a distance further where a border is 1.1 distances away or more', () => {
    const points = windowOf([20_000, 1000], [30_000, 1010], [40_000, 1020]);
    expect(rate(points, 40_000, 40_000)).toBeCloseTo((20 * ((20 + 5) / 20)) / 40, 12);
    const late = windowOf([10_000, 1000], [20_000, 1010]);
    expect(rate(late, 40_000, 31_000)).toBeCloseTo((10 * ((10 + 1 + 5) / 10)) / 31, 12);
  });

  it('never goes back past the moment the counter was zero', () => {
    const points = windowOf([10_000, 1], [20_000, 11]);
    // Zero one second before the first point.
    expect(rate(points, 20_000, 20_000)).toBeCloseTo((10 * ((10 + 1) / 10)) / 20, 12);
  });

  it('makes up for resets', () => {
    const points = windowOf([0, 100], [10_000, 110], [20_000, 4], [30_000, 9]);
    expect(rate(points, 30_000, 31_000)).toBeCloseTo((19 * (31 / 30)) / 31, 12);
  });

  it('has its window open at the left, and needs two points in it', () => {
    const points = windowOf([0, 1], [10_000, 2], [20_000, 3]);
    expect(rate(points, 20_000, 10_000)).toBeNaN();
    expect(rate(points, 20_000, 10_001)).not.toBeNaN();
    expect(rate(points, 5_000, 60_000)).toBeNaN();
    expect(rate(new PointWindow(), 5_000, 60_000)).toBeNaN();
  });

  it('equals the textbook on any points, also after old ones were forgotten', () => {
    const point = fc.tuple(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1000, max: 400_000 }),
        (steps, length) => {
          const all: [number, number][] = [];
          let at = 0;
          for (const [distance, value] of steps) {
            at += distance;
            all.push([at, value]);
          }
          const window = windowOf(...all);
          window.dropUntil(at - length);
          const expected = textbookRate(all, at, length);
          const got = rate(window, at, length);
          expect(got).toBe(expected);
        },
      ),
      runs(500),
    );
  });
});

/** `extrapolatedRate` of Prometheus, written down as it stands there, over plain pairs. */
function textbookRate(points: [number, number][], at: number, length: number): number {
  const inside = points.filter(([ts]) => ts > at - length && ts <= at);
  const first = inside[0];
  const last = inside.at(-1);
  if (first === undefined || last === undefined || inside.length < 2) return Number.NaN;
  let result = last[1] - first[1];
  inside.forEach(([, value], index) => {
    const before = inside[index - 1]?.[1] ?? 0;
    if (index > 0 && value < before) result += before;
  });
  let toStart = (first[0] - (at - length)) / 1000;
  const toEnd = (at - last[0]) / 1000;
  const sampled = (last[0] - first[0]) / 1000;
  const average = sampled / (inside.length - 1);
  if (result > 0 && first[1] >= 0) {
    const toZero = sampled * (first[1] / result);
    if (toZero < toStart) toStart = toZero;
  }
  let to = sampled;
  to += toStart < average * 1.1 ? toStart : average / 2;
  to += toEnd < average * 1.1 ? toEnd : average / 2;
  return result * (to / sampled / (length / 1000));
}

describe('a window of points', () => {
  it('holds no more than what was not forgotten, however long it runs', () => {
    const window = new PointWindow();
    for (let index = 0; index < 100_000; index++) {
      window.push(index * 1000, index % 10);
      window.dropUntil((index - 20) * 1000);
    }
    expect(window.size).toBe(20);
    expect(window.ts.length).toBeLessThanOrEqual(64);
    expect(window.resets.length).toBeLessThanOrEqual(2);
  });
});

describe('gauge', () => {
  it('says its last value for five minutes, and nothing once its series is gone', () => {
    const points = windowOf([0, 1], [10_000, 2]);
    expect(gauge(points, 5_000, Number.NaN)).toBe(1);
    expect(gauge(points, 309_999, Number.NaN)).toBe(2);
    expect(gauge(points, 310_000, Number.NaN)).toBeNaN();
    expect(gauge(points, 20_000, 15_000)).toBeNaN();
    expect(gauge(points, 12_000, 15_000)).toBe(2);
  });
});

describe('matching of labels', () => {
  it('is anchored, takes what is missing as empty, and reads leading flags', () => {
    const matches = compileWhere({
      a: 'x',
      b: { matches: 'thumbs_down|regenerate' },
      c: { not: 'y' },
      d: { matches: '(?i)es' },
    });
    expect(matches({ a: 'x', b: 'regenerate', d: 'ES' })).toBe(true);
    expect(matches({ a: 'x', b: 'regenerated', d: 'ES' })).toBe(false);
    expect(matches({ a: 'x', b: 'regenerate', c: 'y', d: 'ES' })).toBe(false);
    expect(compileWhere({ a: '' })({})).toBe(true);
    expect(() => compileWhere({ a: { matches: '(' } })).toThrow('label "a"');
  });
});

const scope: Scope = {
  service: 'bot',
  environment: 'production',
  where: { service: 'bot' },
  versionLabel: 'version',
};

function definition(expression: SignalExpression): SignalDefinition {
  return {
    id: 'one',
    title: '',
    short: '',
    unit: 'count',
    expression,
    band: { kind: 'trend' },
    watch: false,
    description: '',
  };
}

/** Series as `metric`, own labels, and values 10 s apart from 10 s on. */
function derived(
  expression: SignalExpression,
  series: [string, Record<string, string>, number[]][],
  at = 60_000,
): Record<string, number> {
  const signal = definition(expression);
  const store = new SeriesStore([signal], [scope]);
  for (const [metric, labels, values] of series) {
    const found = store.series(metric, { service: 'bot', ...labels });
    if (found === null || found === 'full') continue;
    values.forEach((value, index) => {
      store.append(found, (index + 1) * 10_000, value, index + 1);
    });
  }
  const all = new SignalDeriver(store, 60_000).derivations(signal, scope);
  return Object.fromEntries(
    all.map((one) => [one.key.version, one.at(at)]).filter(([, value]) => !Number.isNaN(value)),
  );
}

const up = (by: number) => [0, 1, 2, 3, 4, 5].map((index) => 1000 + index * by);

describe('a signal', () => {
  it('is derived per version and for the whole, summed over other labels', () => {
    const got = derived({ kind: 'rate', metric: 'n', per: 'minute' }, [
      ['n', { version: 'v41', reason: 'a' }, up(10)],
      ['n', { version: 'v41', reason: 'b' }, up(20)],
      ['n', { version: 'v42' }, up(5)],
      ['n', { service: 'other', version: 'v1' }, up(100)],
    ]);
    expect(Object.keys(got)).toEqual(['v41', 'v42', '']);
    expect(got.v41).toBeCloseTo(180, 9);
    expect(got.v42).toBeCloseTo(30, 9);
    expect(got['']).toBeCloseTo(210, 9);
  });

  it('shares traffic between versions, and has no whole then', () => {
    const got = derived({ kind: 'share', metric: 'n' }, [
      ['n', { version: 'v41' }, up(30)],
      ['n', { version: 'v42' }, up(10)],
      ['n', { version: 'v40' }, up(0)],
    ]);
    expect(got.v41).toBeCloseTo(0.75, 9);
    expect(got).toMatchObject({ v42: expect.closeTo(0.25, 9), v40: 0 });
    expect(got['']).toBeUndefined();
  });

  const errors: SignalExpression = { kind: 'ratio', of: { metric: 'e' }, to: { metric: 'n' } };

  it('has no ratio without traffic', () => {
    expect(
      derived(errors, [
        ['n', { version: 'v41' }, up(0)],
        ['e', { version: 'v41' }, up(0)],
      ]),
    ).toEqual({});
  });

  it('takes a missing numerator for zero only when the service exposes the metric at all', () => {
    const requests: [string, Record<string, string>, number[]] = ['n', { version: 'v41' }, up(10)];
    expect(derived(errors, [requests])).toEqual({});
    const got = derived(errors, [requests, ['e', { version: 'v42', reason: 'x' }, up(1)]]);
    expect(got.v41).toBe(0);
    expect(got['']).toBeCloseTo(0.1, 9);
  });

  it('takes a quantile of bucket rates summed over series, whatever the bounds’ spelling', () => {
    const bucket = (le: string, by: number, own = 'a') =>
      ['h_bucket', { version: 'v41', le, own }, up(by)] as [
        string,
        Record<string, string>,
        number[],
      ];
    const got = derived({ kind: 'quantile', metric: 'h', q: 0.5 }, [
      bucket('1', 2),
      bucket('1.0', 2, 'b'),
      bucket('2', 6),
      bucket('2e0', 4, 'b'),
      bucket('+Inf', 10),
      bucket('+Inf', 10, 'b'),
      bucket('what', 99),
    ]);
    expect(got.v41).toBeCloseTo(2, 9);
  });

  it('leaves series without the version label to the whole', () => {
    const got = derived({ kind: 'rate', metric: 'n', per: 'second' }, [['n', {}, up(10)]]);
    expect(got).toEqual({ '': expect.closeTo(1, 9) });
  });

  it('joins gauges as asked, without those that are stale', () => {
    const gauges: [string, Record<string, string>, number[]][] = [
      ['g', { version: 'v41', own: 'a' }, [1, 2, 3]],
      ['g', { version: 'v41', own: 'b' }, [5, 6, 7]],
    ];
    const by = (aggregate: 'sum' | 'avg' | 'min' | 'max') =>
      derived({ kind: 'gauge', metric: 'g', aggregate }, gauges).v41;
    expect([by('sum'), by('avg'), by('min'), by('max')]).toEqual([10, 5, 3, 7]);
    expect(derived({ kind: 'gauge', metric: 'g', aggregate: 'sum' }, gauges, 400_000)).toEqual({});
  });

  it('that only PromQL can say is left to an engine', () => {
    expect(derived({ kind: 'promql', query: 'up' }, [['up', { version: 'v41' }, up(1)]])).toEqual(
      {},
    );
  });
});

describe('the store of series', () => {
  const signal = definition({ kind: 'gauge', metric: 'g', aggregate: 'sum' });
  const make = () => new SeriesStore([signal], [scope], 2);

  it('refuses what cannot be stored, and says why', () => {
    const store = make();
    const series = store.series('g', { service: 'bot' });
    if (series === null || series === 'full') throw new Error('not held');
    expect(store.append(series, 10, 1, 1)).toBe('stored');
    expect(store.append(series, 10, 1, 1)).toBe('duplicate');
    expect(store.append(series, 10, 1, 2)).toBe('unchanged');
    expect(store.append(series, 10, 2, 3)).toBe('duplicate');
    expect(store.append(series, 9, 2, 4)).toBe('out of order');
    expect(store.append(series, 20, Number.NaN, 5)).toBe('not finite');
    expect(store.append(series, Number.POSITIVE_INFINITY, 1, 6)).toBe('not finite');
    expect(gauge(series.points, 25, series.goneAt)).toBeNaN();
    expect(store.append(series, 30, 4, 7)).toBe('stored');
    expect(gauge(series.points, 35, series.goneAt)).toBe(4);
  });

  it('holds only series that somebody reads, up to its limit, and lets go of old ones', () => {
    const store = make();
    expect(store.series('other', { service: 'bot' })).toBeNull();
    expect(store.series('g', { service: 'another' })).toBeNull();
    const first = store.series('g', { service: 'bot', a: '1' });
    const second = store.series('g', { a: '2', service: 'bot' });
    expect(store.series('g', { service: 'bot', a: '2' })).toBe(second);
    expect(store.series('g', { service: 'bot', a: '3' })).toBe('full');
    if (first === null || first === 'full' || second === null || second === 'full') {
      throw new Error('not held');
    }
    store.append(first, 10, 1, 1);
    store.append(second, 1000, 1, 1);
    store.forget(500);
    expect(store.size).toBe(1);
    expect(store.of('g')).toEqual([second]);
    expect(first.held).toBe(false);
    expect(store.held(first)).not.toBe(first);
    expect(store.size).toBe(2);
  });

  it('forgets the future when the clock goes back', () => {
    const store = make();
    const series = store.series('g', { service: 'bot' });
    if (series === null || series === 'full') throw new Error('not held');
    for (const [index, at] of [10, 20, 5000, 6000].entries())
      store.append(series, at, at, index + 1);
    expect(store.forgetFrom(30)).toBe(2);
    expect(store.append(series, 30, 1, 9)).toBe('stored');
  });
});
