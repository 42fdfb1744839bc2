import { describe, expect, it } from 'vitest';
import { latestBreach, type Past, type Points } from '#core/analysis/breach.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';

const STEP = 15_000;
const WINDOW = 4 * STEP;
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
  windowMs: WINDOW,
  ...more,
});
const latency = (of: Past) => latestBreach(signal('latency_p95'), HIGH, of);

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

  it('takes the rate that was last told at each moment', () => {
    // Rates on a coarser grid: hardly a request for the first stretch, then many.
    const rates = points([0.001, 100], 5 * STEP);
    expect(latency(past([5, 5, 5, 5, 5, 1, 1, 1, 1, 1], { rates }))).toBeNull();
    expect(latency(past([1, 1, 1, 1, 1, 5, 5, 5, 5, 5], { rates }))).toMatchObject({
      at: 9 * STEP,
    });
  });
});
