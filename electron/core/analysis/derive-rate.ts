import type { PointWindow } from './derive-window.ts';

/** How long the last point of a gauge still counts, as Prometheus' lookback: 5 minutes. */
export const STALE_AFTER_MS = 300_000;

/**
 * The per-second rate of a counter over (`at` − `windowMs`, `at`]; NaN with fewer than two points in it.
 *
 * Source: `extrapolatedRate` of Prometheus (promql/functions.go). What was counted between the first and the
 * last point, resets made up for, is extrapolated to the window's borders: up to the border when that is nearer than 1.1 ×
 * the average distance of points, else by half that distance; and at the left never past the moment at
 * which the counter must have been zero. The window is open at its left, as in Prometheus 3; version 2
 * also takes a point that lies exactly on the left border.
 */
export function rate(points: PointWindow, at: number, windowMs: number): number {
  const from = at - windowMs;
  const first = points.firstAfter(from);
  const last = points.firstAfter(at) - 1;
  const intervals = last - first;
  if (intervals < 1) return Number.NaN;

  const { ts, value } = points;
  const firstTs = ts[first] ?? 0;
  const lastTs = ts[last] ?? 0;
  const firstValue = value[first] ?? 0;
  let counted = (value[last] ?? 0) - firstValue;
  for (const reset of points.resets) {
    if (reset.at > firstTs && reset.at <= lastTs) counted += reset.lost;
  }

  // In seconds and in its order: where a border is just as near as it may be, rounding decides for both of them alike.
  const sampled = (lastTs - firstTs) / 1000;
  const average = sampled / intervals;
  const near = average * 1.1;
  let toStart = (firstTs - from) / 1000;
  const toEnd = (at - lastTs) / 1000;
  if (counted > 0 && firstValue >= 0) {
    const toZero = sampled * (firstValue / counted);
    if (toZero < toStart) toStart = toZero;
  }
  const stretched =
    sampled + (toStart < near ? toStart : average / 2) + (toEnd < near ? toEnd : average / 2);
  return counted * (stretched / sampled / (windowMs / 1000));
}

/**
 * What a gauge says at `at`: its last point, unless that is 5 minutes old or the series was seen to be
 * gone since (`goneAt`). NaN when it says nothing.
 */
export function gauge(points: PointWindow, at: number, goneAt: number): number {
  const last = points.firstAfter(at) - 1;
  if (last < points.start) return Number.NaN;
  const lastTs = points.ts[last] ?? 0;
  if (lastTs <= at - STALE_AFTER_MS) return Number.NaN;
  if (goneAt > lastTs && goneAt <= at) return Number.NaN;
  return points.value[last] ?? Number.NaN;
}
