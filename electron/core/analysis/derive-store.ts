/** The raw points that signals are derived from, by series. Holds only series some signal of some service reads. */

import type { SignalDefinition } from '#shared/model/signal.ts';
import {
  compileWhere,
  type Labels,
  type Matcher,
  type Scope,
  selectionsOf,
} from './derive-selection.ts';
import { PointWindow } from './derive-window.ts';

export interface Series {
  readonly metric: string;
  readonly labels: Labels;
  readonly points: PointWindow;
  /** Since when its target exposes it no more; NaN while it does. */
  goneAt: number;
  /** Number of the exposition that brought it last. */
  seenIn: number;
  /** False once the store has forgotten it. */
  held: boolean;
}

export type Append = 'stored' | 'unchanged' | 'not finite' | 'duplicate' | 'out of order';

const MAX_SERIES = 200_000;

export class SeriesStore {
  readonly #byMetric = new Map<string, Series[]>();
  readonly #byKey = new Map<string, Series>();
  readonly #generations = new Map<string, number>();
  readonly #wanted: ReadonlySet<string>;
  readonly #scopes: Matcher[];
  readonly #maxSeries: number;

  constructor(
    signals: readonly SignalDefinition[],
    scopes: readonly Scope[],
    maxSeries: number = MAX_SERIES,
  ) {
    this.#wanted = new Set(
      signals.flatMap((signal) => selectionsOf(signal.expression).map(({ metric }) => metric)),
    );
    this.#scopes = scopes.map((scope) => compileWhere(scope.where));
    this.#maxSeries = maxSeries;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Whether some signal of some service reads such a series. */
  wants(metric: string, labels: Labels): boolean {
    return this.#wanted.has(metric) && this.#scopes.some((matches) => matches(labels));
  }

  /** The series, created when it is new; null when nobody wants it, `'full'` when there is no room. */
  series(metric: string, labels: Labels): Series | null | 'full' {
    if (!this.wants(metric, labels)) return null;
    const key = seriesKey(metric, labels);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= this.#maxSeries) return 'full';
    const series: Series = {
      metric,
      labels,
      points: new PointWindow(),
      goneAt: Number.NaN,
      seenIn: 0,
      held: true,
    };
    this.#byKey.set(key, series);
    const list = this.#byMetric.get(metric);
    if (list === undefined) this.#byMetric.set(metric, [series]);
    else list.push(series);
    this.#changed(metric);
    return series;
  }

  /** The series as the store holds it now; one that was forgotten meanwhile is taken up again, empty. */
  held(series: Series): Series | 'full' {
    if (series.held) return series;
    const again = this.series(series.metric, series.labels);
    return again ?? 'full';
  }

  /**
   * Adds a point if it can be used. `exposition` numbers the document it came in: the same point again in a later one is
   * normal for a target that stamps its samples, twice in one is a mistake.
   */
  append(series: Series, at: number, value: number, exposition: number): Append {
    const again = series.seenIn === exposition;
    series.seenIn = exposition;
    if (!Number.isFinite(value) || !Number.isFinite(at)) {
      // What was said before is no longer said: a gauge must not go on showing it.
      series.goneAt = Number.isFinite(at) ? at : series.goneAt;
      return 'not finite';
    }
    const { points } = series;
    if (at <= points.lastTs) {
      if (at < points.lastTs) return 'out of order';
      return !again && value === points.lastValue ? 'unchanged' : 'duplicate';
    }
    points.push(at, value);
    series.goneAt = Number.NaN;
    return 'stored';
  }

  /** All series of a metric. `generation` changes whenever the list does. */
  of(metric: string): readonly Series[] {
    return this.#byMetric.get(metric) ?? [];
  }

  generation(metric: string): number {
    return this.#generations.get(metric) ?? 0;
  }

  /** Forgets points at or before `before`, and series that have had none since. */
  forget(before: number): void {
    for (const [metric, list] of this.#byMetric) {
      let gone = false;
      for (const series of list) {
        series.points.dropUntil(before);
        if (series.points.lastTs > before) continue;
        series.held = false;
        gone = true;
        this.#byKey.delete(seriesKey(metric, series.labels));
      }
      if (!gone) continue;
      const left = list.filter(({ held }) => held);
      if (left.length > 0) this.#byMetric.set(metric, left);
      else this.#byMetric.delete(metric);
      this.#changed(metric);
    }
  }

  /** Forgets points at or after `from`; answers how many. For a clock that has gone back. */
  forgetFrom(from: number): number {
    let dropped = 0;
    for (const list of this.#byMetric.values()) {
      for (const series of list) {
        dropped += series.points.dropFrom(from);
        if (series.goneAt >= from) series.goneAt = Number.NaN;
      }
    }
    return dropped;
  }

  #changed(metric: string): void {
    this.#generations.set(metric, this.generation(metric) + 1);
  }
}

function seriesKey(metric: string, labels: Labels): string {
  return JSON.stringify([metric, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
