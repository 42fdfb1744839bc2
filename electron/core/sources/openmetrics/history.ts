/**
 * Imports an OpenMetrics exposition with timestamps, however it is ordered: all series are read first, then every signal is
 * derived over the whole stretch, on the step the history itself has.
 */
import { SignalDeriver } from '#core/analysis/derive.ts';
import { type Scope, selectionsOf } from '#core/analysis/derive-selection.ts';
import { type Series, SeriesStore } from '#core/analysis/derive-store.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';
import { Breather } from '../breather.ts';
import type { SeriesPoints } from '../connector.ts';
import type { Rejections } from '../rejections.ts';
import type { Place } from './document.ts';
import { REFUSED, resolving } from './target.ts';

/** 16 bytes each. */
const MAX_POINTS = 10_000_000;
const POINTS_PER_BATCH = 50_000;
const MIN_STEP_MS = 1000;
/** 86 days at 15 s; what is older is left out. */
const MAX_STEPS = 500_000;
const FUTURE_MS = 600_000;
/** A rate needs some points in its window: a history coarser than the configured window widens it. */
const STEPS_PER_WINDOW = 4;

export interface History {
  store: SeriesStore;
  samples: number;
}

/** Reads the whole document into a store of its own. Throws what Place.read throws. */
export async function readHistory(
  place: Place,
  labels: Record<string, string>,
  signals: readonly SignalDefinition[],
  scopes: readonly Scope[],
  rejections: Rejections,
  now: number,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<History> {
  const store = new SeriesStore(signals, scopes);
  let points = 0;
  const reader = await place.read<Series>(
    {
      ...resolving(store, labels, rejections),
      sample(series, value, ts) {
        if (Number.isNaN(ts)) return rejections.add('a sample without a timestamp');
        if (ts > now + FUTURE_MS) return rejections.add('a timestamp in the future');
        if (points >= MAX_POINTS) return rejections.add('more points than can be held');
        // Every point is an exposition of its own here: the same moment twice is a mistake.
        const outcome = store.append(series, ts, value, 0);
        if (outcome === 'stored') points++;
        else if (outcome === 'unchanged') rejections.add(REFUSED.duplicate);
        else rejections.add(REFUSED[outcome]);
      },
    },
    signal,
    { openMetrics: true, progress },
  );
  return { store, samples: reader.samples };
}

/**
 * Derives every signal over the whole history, in batches of series. `done` and `total` count
 * signals × service environments.
 */
export async function* deriveHistory(
  { store }: History,
  signals: readonly SignalDefinition[],
  scopes: readonly Scope[],
  windowMs: number,
): AsyncGenerator<{ points: SeriesPoints[]; done: number; total: number }> {
  const stretch = stretchOf(store, signals);
  const total = signals.length * scopes.length;
  if (stretch === null) return;
  const { from, to, step } = stretch;
  const deriver = new SignalDeriver(store, Math.max(windowMs, STEPS_PER_WINDOW * step));
  const steps = Math.floor((to - from) / step) + 1;
  const breather = new Breather();
  let batch: SeriesPoints[] = [];
  let size = 0;
  let done = 0;
  for (const scope of scopes) {
    for (const signal of signals) {
      for (const derivation of deriver.derivations(signal, scope)) {
        const ts = new Float64Array(steps);
        const value = new Float64Array(steps);
        let count = 0;
        for (let index = 0; index < steps; index++) {
          const moment = from + index * step;
          const one = derivation.at(moment);
          if (Number.isFinite(one)) {
            ts[count] = moment;
            value[count] = one;
            count++;
          }
          if ((index & 63) === 0) await breather.rest();
        }
        if (count === 0) continue;
        batch.push({ key: derivation.key, ts: ts.slice(0, count), value: value.slice(0, count) });
        size += count;
      }
      done++;
      if (size < POINTS_PER_BATCH) continue;
      yield { points: batch, done, total };
      batch = [];
      size = 0;
    }
  }
  yield { points: batch, done, total };
}

/** First and last moment of all points, and the step: the median distance of points in the longest series. */
function stretchOf(
  store: SeriesStore,
  signals: readonly SignalDefinition[],
): { from: number; to: number; step: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let longest: Series | null = null;
  const metrics = new Set(
    signals.flatMap(({ expression }) => selectionsOf(expression).map(({ metric }) => metric)),
  );
  for (const metric of metrics) {
    for (const series of store.of(metric)) {
      const { points } = series;
      if (points.size === 0) continue;
      from = Math.min(from, points.ts[points.start] ?? from);
      to = Math.max(to, points.lastTs);
      if (longest === null || points.size > longest.points.size) longest = series;
    }
  }
  if (longest === null || longest.points.size < 2) return null;
  const { ts, start, end } = longest.points;
  const distances = ts.slice(start + 1, end).map((at, index) => at - (ts[start + index] ?? at));
  const step = distances.sort()[distances.length >> 1] ?? MIN_STEP_MS;
  const whole = Math.max(MIN_STEP_MS, step);
  return { from: Math.max(from, to - MAX_STEPS * whole), to, step: whole };
}
