/** One scraped target: its last scrape, and which series it exposes. */
import type { Series, SeriesStore } from '#core/analysis/derive-store.ts';
import { Breather } from '../breather.ts';
import { Rejections } from '../rejections.ts';
import { Place } from './document.ts';
import { type ExpositionSink, Spellings } from './exposition.ts';

const MAX_SCRAPE_BYTES = 32 * 1024 * 1024;
const FUTURE_MS = 600_000;

export interface Scraped {
  target: Target;
  error: unknown;
  /** What was not usable, with its count. */
  rejections: Rejections;
}

export interface TargetConfig {
  url: string;
  labels: Record<string, string>;
}

let expositions = 0;

export class Target {
  readonly place: Place;
  readonly #labels: Record<string, string>;
  readonly #spellings = new Spellings<Series>();
  #exposed = new Set<Series>();

  constructor(config: TargetConfig, timeoutMs: number) {
    this.place = new Place(config.url, timeoutMs, MAX_SCRAPE_BYTES);
    this.#labels = { instance: this.place.host, ...config.labels };
  }

  /**
   * Scrapes once, stamps samples with `at`, and adds them to the store: all of them, or none
   * when the exposition does not arrive whole. Never rejects. `keepMs`: older stamps of the target's own are refused.
   */
  async scrape(
    store: SeriesStore,
    at: number,
    keepMs: number,
    signal: AbortSignal,
  ): Promise<Scraped> {
    const rejections = new Rejections();
    try {
      await this.#read(store, at, keepMs, signal, rejections);
      return { target: this, error: null, rejections };
    } catch (error) {
      // What a target that cannot be asked said last is no longer said.
      for (const series of this.#exposed) series.goneAt = at;
      return { target: this, error, rejections };
    }
  }

  async #read(
    store: SeriesStore,
    at: number,
    keepMs: number,
    signal: AbortSignal,
    rejections: Rejections,
  ): Promise<void> {
    const series: Series[] = [];
    const values: number[] = [];
    const stamps: number[] = [];
    await this.place.read(
      {
        ...resolving(store, this.#labels, rejections),
        sample: (one, value, ts) => {
          series.push(one);
          values.push(value);
          stamps.push(ts);
        },
      },
      signal,
      { spellings: this.#spellings },
    );

    const breather = new Breather();
    const exposition = ++expositions;
    const exposed = new Set<Series>();
    for (const [index, one] of series.entries()) {
      const held = store.held(one);
      if (held === 'full') {
        rejections.add('more series than can be held');
        continue;
      }
      exposed.add(held);
      if ((index & 1023) === 0) await breather.rest();
      const stamp = stamps[index] ?? Number.NaN;
      const ts = Number.isNaN(stamp) ? at : stamp;
      if (ts > at + FUTURE_MS) rejections.add('a timestamp in the future');
      else if (ts <= at - keepMs) rejections.add('a timestamp older than the window');
      else {
        const outcome = store.append(held, ts, values[index] ?? Number.NaN, exposition);
        if (outcome !== 'stored' && outcome !== 'unchanged') rejections.add(REFUSED[outcome]);
      }
    }
    for (const before of this.#exposed) if (!exposed.has(before)) before.goneAt = at;
    this.#exposed = exposed;
  }
}

export const REFUSED = {
  'not finite': 'a value that is NaN or infinite',
  duplicate: 'a second value for the same series and moment',
  'out of order': 'a sample older than its predecessor',
} as const;

/** Finds the series in the store, with the target's labels on it, as a scraper's relabelling does. */
export function resolving(
  store: SeriesStore,
  own: Record<string, string>,
  rejections: Rejections,
): Pick<ExpositionSink<Series>, 'resolve' | 'reject'> {
  return {
    resolve(name, labels) {
      for (const [label, value] of Object.entries(own)) {
        // The target's label wins; what the target said itself stays readable.
        const said = labels[label];
        if (said !== undefined && said !== value) labels[`exported_${label}`] = said;
        labels[label] = value;
      }
      const series = store.series(name, labels);
      if (series !== 'full') return series;
      rejections.add('more series than can be held');
      return null;
    },
    reject: (reason, line) => rejections.add(reason, line),
  };
}
