import { describe, expect, it } from 'vitest';
import { latestBreach, type Past, type Points } from '#core/analysis/breach.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import type { Band } from '#shared/model/signal.ts';

const STEP = 15_000;
const WINDOW = 4 * STEP;
const LATENCY: Band = { kind: 'baseline', within: 0.1, side: 'above' };
const COST: Band = { kind: 'forecast', within: 0.2, forecast: 100 };
const HIGH = { low: null, high: 2.2 };

function signal(id: string) {
  const found = DEFAULT_SIGNALS.find((one) => one.id === id);
  if (!found) throw new Error(`no signal ${id}`);
  return found;
}
const points = (values: readonly number[], step = STEP): Points => ({
  ts: Float64Array.from(values.keys(), (place) => place * step),
  value: Float64Array.from(values),
});
const past = (values: readonly number[], more: Partial<Past> = {}): Past => ({
  ...points(values),
  rates: undefined,
  shares: undefined,
  windowMs: WINDOW,
  ...more,
});
const latency = (of: Past) => latestBreach(signal('latency_p95'), LATENCY, HIGH, of);
const cost = (of: Past, now: { low: number; high: number }) =>
  latestBreach(signal('cost_per_day'), COST, now, of);

describe('a breach of the past', () => {
  it('is its latest value, and the edge it lay beyond', () => {
    const found = latency(past([5, 5, 5, 5, 5, 1, 4, 4, 4, 4, 4.5, 1, 1]));
    expect(found).toEqual({ at: 10 * STEP, value: 4.5, limit: 2.2 });
  });

  it('is none where everything lay in band, or nothing was measured', () => {
    expect(latency(past([2, 2, 2, 2, 2, 2]))).toBeNull();
    expect(latency(past([]))).toBeNull();
    expect(latency(past(Array(9).fill(Number.NaN)))).toBeNull();
  });

  it('lasts: a row shorter than a window is one observation', () => {
    expect(latency(past([1, 5, 5, 5, 5, 1]))).toBeNull();
    expect(latency(past([1, 5, 5, 5, 5, 5, 1]))).not.toBeNull();
  });

  it('is none where the few requests of that time explain it', () => {
    const values = Array(8).fill(2.8);
    const rates = (perSecond: number) => points(Array(8).fill(perSecond));
    expect(latency(past(values, { rates: rates(0.3) }))).toBeNull();
    expect(latency(past(values, { rates: rates(0.001) }))).toBeNull();
    expect(latency(past(values, { rates: rates(100) }))).not.toBeNull();
  });

  it('of a forecast is judged by the share of traffic of then, not of now', () => {
    // A quarter of the traffic and of the cost; now it has no traffic at all.
    const values = [25, 25, 25, 25, 25, 25, 0];
    const shares = points([0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0]);
    expect(cost(past(values, { shares }), { low: 0, high: 0 })).toBeNull();
    const dear = cost(past([50, 50, 50, 50, 50, 50, 0], { shares }), { low: 0, high: 0 });
    expect(dear).toEqual({ at: 5 * STEP, value: 50, limit: 30 });
    // Nothing is known of the traffic of then.
    expect(cost(past([50, 50, 50, 50, 50, 50]), { low: 0, high: 0 })).toBeNull();
  });

  it('is none where it was cheaper than forecast', () => {
    const shares = points(Array(7).fill(0.5));
    expect(cost(past(Array(7).fill(5), { shares }), { low: 40, high: 60 })).toBeNull();
  });

  it('takes the share and the rate that were last told at each moment', () => {
    // Shares on a coarser grid: half the traffic for the first minute, then next to none.
    const shares = points([0.5, 0.01], 5 * STEP);
    const found = cost(past([50, 50, 50, 50, 50, 40, 40, 40, 40, 40], { shares }), {
      low: 0,
      high: 0,
    });
    expect(found).toMatchObject({ at: 9 * STEP, value: 40 });
    expect(found?.limit).toBeCloseTo(1.2);
  });
});
