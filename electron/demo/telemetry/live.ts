/** The bot's /metrics: prom-client, with counters that go on where the history ended. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BotProfile } from '../world/bots.ts';
import { randomStream } from '../world/random.ts';
import { gauges, type Meter } from './figures.ts';
import { COLUMNS, columnAt, FAMILIES, METRICS } from './layout.ts';

/** Answers sampled for evaluation in this stretch make the score; none sampled, no score. */
const SCORE_WINDOW = 30_000;

export interface LiveMetrics {
  meter(version: string): Meter;
  score(version: string, score: number): void;
  text(): Promise<string>;
}

export function liveMetrics(
  bot: BotProfile,
  labels: Readonly<Record<string, string>>,
  begin: ReadonlyMap<string, Float64Array>,
  seed: string,
): LiveMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ ...labels });
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gaugeNamed = new Map<string, Gauge>();
  for (const family of FAMILIES) {
    const labelNames = ['version', ...Object.keys(family.sets[0] ?? {})];
    const common = { help: family.help, labelNames, registers: [registry] };
    if (family.type === 'histogram') {
      histograms.set(
        family.name,
        new Histogram({ ...common, name: family.name, buckets: [...(family.buckets ?? [])] }),
      );
    } else if (family.type === 'gauge') {
      gaugeNamed.set(family.name, new Gauge({ ...common, name: family.name }));
    } else {
      const names = family.type === 'counter' ? ['_total'] : ['_sum', '_count'];
      for (const end of names)
        counters.set(family.name + end, new Counter({ ...common, name: family.name + end }));
    }
  }

  const known = new Set<string>();
  /** All series of a version from its first request on: a counter that appears late looks like a jump. */
  const introduce = (version: string) => {
    if (known.has(version)) return;
    known.add(version);
    const values = begin.get(version) ?? new Float64Array(COLUMNS.length);
    for (const metric of METRICS) {
      const all = { version, ...metric.labels };
      const histogram = histograms.get(metric.family.name);
      if (histogram)
        restore(
          histogram,
          all,
          metric.family.buckets ?? [],
          metric.columns.map((column) => values[column.at] ?? 0),
        );
      else
        for (const column of metric.columns)
          counters.get(column.name)?.inc(all, values[column.at] ?? 0);
    }
  };
  for (const version of begin.keys()) introduce(version);

  const scores = new Map<string, { at: number; score: number }[]>();
  for (const [version, row] of begin) {
    scores.set(version, [
      { at: Date.now(), score: row[columnAt('ai_eval_score')] ?? bot.evalScore },
    ]);
  }
  const random = randomStream(seed, bot.id, 'gauges');
  const refreshGauges = () => {
    const since = Date.now() - SCORE_WINDOW;
    for (const [version, all] of scores) {
      const recent = all.filter((one) => one.at >= since);
      scores.set(version, recent);
      const set = (name: string, value: number) =>
        recent.length > 0
          ? gaugeNamed.get(name)?.set({ version }, value)
          : gaugeNamed.get(name)?.remove({ version });
      const { drift, quota } = gauges(bot, version, random.next());
      set('ai_eval_score', recent.reduce((sum, one) => sum + one.score, 0) / recent.length);
      set('ai_input_drift_psi', drift);
      set('ai_provider_quota_left_ratio', quota);
    }
  };

  return {
    meter(version) {
      introduce(version);
      return {
        count: (name, extra = {}, by = 1) => counters.get(name)?.inc({ version, ...extra }, by),
        observe: (family, value, extra = {}) =>
          histograms.get(family)?.observe({ version, ...extra }, value),
      };
    },
    score(version, score) {
      scores.set(version, [...(scores.get(version) ?? []), { at: Date.now(), score }]);
    },
    text() {
      refreshGauges();
      return registry.metrics();
    },
  };
}

interface HistogramCell {
  sum: number;
  count: number;
  bucketValues: Record<string, number>;
}

function isCell(value: unknown): value is HistogramCell {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sum' in value &&
    'count' in value &&
    'bucketValues' in value
  );
}

/**
 * Sets a histogram to where the history ended; `values` are cumulative buckets, +Inf, sum, count. prom-client has no call
 * for it and observing some hundred thousand values one by one takes a second, so this reaches into the pinned version.
 */
function restore(
  histogram: Histogram,
  labels: Record<string, string>,
  buckets: readonly number[],
  values: readonly number[],
): void {
  histogram.zero(labels);
  const cells =
    'hashMap' in histogram && typeof histogram.hashMap === 'object' ? histogram.hashMap : null;
  const cell: unknown = Object.values(cells ?? {}).at(-1);
  if (!isCell(cell))
    throw new Error('This version of prom-client keeps histograms in another way.');
  buckets.forEach((bound, i) => {
    cell.bucketValues[String(bound)] = (values[i] ?? 0) - (values[i - 1] ?? 0);
  });
  cell.sum = values[buckets.length + 1] ?? 0;
  cell.count = values[buckets.length + 2] ?? 0;
}
