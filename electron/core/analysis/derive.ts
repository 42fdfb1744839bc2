/**
 * Signals from raw series, as a PromQL engine would answer the queries of promql.ts. A test feeds both
 * the same points and compares.
 */
import type { Selection, SeriesKey, SignalDefinition } from '#shared/model/signal.ts';
import { bucketQuantile, parseBound } from '#shared/util/histogram.ts';
import { gauge, rate } from './derive-rate.ts';
import { compileWhere, type Scope, selectionsOf } from './derive-selection.ts';
import type { Series, SeriesStore } from './derive-store.ts';

/** One series of a signal. `at` answers its value at a moment, NaN where it has none. */
export interface Derivation {
  key: SeriesKey;
  at(moment: number): number;
}

const PER_SECOND = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;

export class SignalDeriver {
  readonly #store: SeriesStore;
  readonly #windowMs: number;
  readonly #compiled = new Map<string, { generation: string; derivations: Derivation[] }>();

  constructor(store: SeriesStore, windowMs: number) {
    this.#store = store;
    this.#windowMs = windowMs;
  }

  /** The signal per version, and for the service as a whole (`version: ''`). Cheap to ask again. */
  derivations(signal: SignalDefinition, scope: Scope): Derivation[] {
    const name = JSON.stringify([signal.id, scope.service, scope.environment]);
    const generation = selectionsOf(signal.expression)
      .map(({ metric }) => this.#store.generation(metric))
      .join();
    const known = this.#compiled.get(name);
    if (known?.generation === generation) return known.derivations;
    const derivations = this.#compile(signal, scope);
    this.#compiled.set(name, { generation, derivations });
    return derivations;
  }

  #compile(signal: SignalDefinition, scope: Scope): Derivation[] {
    const { expression } = signal;
    const derive = (version: string, at: (moment: number) => number): Derivation => ({
      key: { signal: signal.id, service: scope.service, environment: scope.environment, version },
      at,
    });
    const select = (selection: Selection) => byVersion(this.#store, selection, scope);
    const rateOf = (series: readonly Series[]) => (moment: number) =>
      sumOfRates(series, moment, this.#windowMs);

    switch (expression.kind) {
      case 'promql':
        return [];
      case 'gauge':
        return [...select(expression)].map(([version, series]) =>
          derive(version, (moment) => aggregate(series, expression.aggregate, moment)),
        );
      case 'rate':
        return [...select(expression)].map(([version, series]) => {
          const perSecond = rateOf(series);
          const factor = PER_SECOND[expression.per];
          return derive(version, (moment) => perSecond(moment) * factor);
        });
      case 'share': {
        const groups = select(expression);
        const all = rateOf(groups.get('') ?? []);
        return [...groups]
          .filter(([version]) => version !== '')
          .map(([version, series]) => {
            const part = rateOf(series);
            return derive(version, (moment) => quotient(part(moment), all(moment)));
          });
      }
      case 'ratio': {
        const of = select(expression.of);
        const exposed =
          byVersion(this.#store, { metric: expression.of.metric }, scope).get('') ?? [];
        return [...select(expression.to)].map(([version, series]) => {
          const part = rateOf(of.get(version) ?? []);
          const whole = rateOf(series);
          return derive(version, (moment) => {
            const counted = part(moment);
            if (!Number.isNaN(counted)) return quotient(counted, whole(moment));
            // Nothing was counted. That is a zero only when the service does expose the metric.
            return this.#anyPoint(exposed, moment) ? quotient(0, whole(moment)) : Number.NaN;
          });
        });
      }
      case 'quantile': {
        const metric = `${expression.metric}_bucket`;
        return [...select({ metric, where: expression.where })].map(([version, series]) => {
          const buckets = bucketsOf(series);
          return derive(version, (moment) =>
            quantileAt(expression.q, buckets, moment, this.#windowMs),
          );
        });
      }
    }
  }

  #anyPoint(series: readonly Series[], moment: number): boolean {
    return series.some(
      ({ points }) => points.firstAfter(moment - this.#windowMs) < points.firstAfter(moment),
    );
  }
}

/** Version → its series; `''` holds all of them. */
function byVersion(store: SeriesStore, selection: Selection, scope: Scope): Map<string, Series[]> {
  const inScope = compileWhere(scope.where);
  const selected = compileWhere(selection.where);
  const all = store
    .of(selection.metric)
    .filter(({ labels }) => inScope(labels) && selected(labels));
  const groups = new Map<string, Series[]>();
  if (all.length === 0) return groups;
  for (const series of all) {
    const version = series.labels[scope.versionLabel] ?? '';
    const group = groups.get(version);
    if (group === undefined) groups.set(version, [series]);
    else group.push(series);
  }
  return groups.set('', all);
}

function sumOfRates(series: readonly Series[], moment: number, windowMs: number): number {
  let sum = Number.NaN;
  for (const { points } of series) {
    const one = rate(points, moment, windowMs);
    if (!Number.isNaN(one)) sum = Number.isNaN(sum) ? one : sum + one;
  }
  return sum;
}

/** NaN unless it is a number: a denominator of zero tells nothing. */
function quotient(part: number, whole: number): number {
  const value = part / whole;
  return Number.isFinite(value) ? value : Number.NaN;
}

function aggregate(
  series: readonly Series[],
  how: 'sum' | 'avg' | 'min' | 'max',
  moment: number,
): number {
  let count = 0;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { points, goneAt } of series) {
    const value = gauge(points, moment, goneAt);
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (count === 0) return Number.NaN;
  if (how === 'min') return least;
  if (how === 'max') return most;
  return how === 'sum' ? sum : sum / count;
}

interface Bucket {
  bound: number;
  series: Series[];
}

/** Buckets by bound, ascending. Different spellings of one bound (`1`, `1.0`) are one bucket. */
function bucketsOf(series: readonly Series[]): Bucket[] {
  const byBound = new Map<number, Series[]>();
  for (const one of series) {
    const bound = parseBound(one.labels.le ?? '');
    if (Number.isNaN(bound)) continue;
    const bucket = byBound.get(bound);
    if (bucket === undefined) byBound.set(bound, [one]);
    else bucket.push(one);
  }
  return [...byBound]
    .map(([bound, list]) => ({ bound, series: list }))
    .sort((a, b) => a.bound - b.bound);
}

function quantileAt(
  q: number,
  buckets: readonly Bucket[],
  moment: number,
  windowMs: number,
): number {
  const bounds: number[] = [];
  const counts: number[] = [];
  for (const bucket of buckets) {
    const count = sumOfRates(bucket.series, moment, windowMs);
    if (Number.isNaN(count)) continue;
    bounds.push(bucket.bound);
    counts.push(count);
  }
  const value = bucketQuantile(q, bounds, counts);
  return Number.isFinite(value) ? value : Number.NaN;
}
