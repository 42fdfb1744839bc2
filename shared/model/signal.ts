import { z } from 'zod';
import { Timestamp } from './basics.ts';

/** A label must equal the text, or match the anchored RE2-style pattern, or must not. */
export const LabelMatch = z.union([
  z.string(),
  z.strictObject({ matches: z.string() }),
  z.strictObject({ not: z.string() }),
]);
export const Where = z.record(z.string(), LabelMatch);
export type Where = z.infer<typeof Where>;

export const Selection = z.strictObject({ metric: z.string(), where: Where.optional() });
export type Selection = z.infer<typeof Selection>;

/**
 * How a signal is derived from the series a service exposes. Everything that is a counter or a
 * histogram is taken as a per-second rate over the signal's window, as PromQL's `rate()` does.
 */
export const SignalExpression = z.discriminatedUnion('kind', [
  /** Quantile `q` (0–1) of a classic histogram; `metric` without `_bucket`. */
  z.strictObject({
    kind: z.literal('quantile'),
    metric: z.string(),
    where: Where.optional(),
    q: z.number().min(0).max(1),
  }),
  /** rate(of) / rate(to). A denominator of zero gives no value. */
  z.strictObject({ kind: z.literal('ratio'), of: Selection, to: Selection }),
  /** rate(metric), multiplied to the period. */
  z.strictObject({
    kind: z.literal('rate'),
    metric: z.string(),
    where: Where.optional(),
    per: z.enum(['second', 'minute', 'hour', 'day']),
  }),
  z.strictObject({
    kind: z.literal('gauge'),
    metric: z.string(),
    where: Where.optional(),
    aggregate: z.enum(['sum', 'avg', 'min', 'max']),
  }),
  /** rate(metric) of one version over rate(metric) of all versions of the service. */
  z.strictObject({ kind: z.literal('share'), metric: z.string(), where: Where.optional() }),
  /**
   * What the kinds above cannot say; only a PromQL engine can answer it.
   * `$selector`, `$by` and `$window` are replaced.
   */
  z.strictObject({ kind: z.literal('promql'), query: z.string() }),
]);
export type SignalExpression = z.infer<typeof SignalExpression>;

/** `ratio` is 0–1 and shown as percent, `score` is 0–1, `rating` is 1–5. */
export const Unit = z.enum([
  's',
  'ratio',
  'usd_per_day',
  'per_second',
  'per_hour',
  'tokens',
  'score',
  'rating',
  'psi',
  'count',
]);
export type Unit = z.infer<typeof Unit>;

/** The healthy range of a signal. */
export const Band = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('below'), limit: z.number(), watch: z.number().optional() }),
  z.strictObject({ kind: z.literal('above'), limit: z.number(), watch: z.number().optional() }),
  /** Within a fraction of the baseline: the stable version now, or the recorded figure. */
  z.strictObject({
    kind: z.literal('baseline'),
    within: z.number().positive(),
    side: z.enum(['above', 'below', 'both']),
    recorded: z.number().optional(),
  }),
  /** Within a fraction of the configured forecast. */
  z.strictObject({
    kind: z.literal('forecast'),
    within: z.number().positive(),
    forecast: z.number().optional(),
  }),
  /** No level is healthy or not: the trend is what counts. */
  z.strictObject({ kind: z.literal('trend') }),
]);
export type Band = z.infer<typeof Band>;

export const SignalDefinition = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: z.string(),
  /** For a table head: at most a dozen characters. */
  short: z.string(),
  unit: Unit,
  expression: SignalExpression,
  band: Band,
  /** The first-week watch: shown on Now. */
  watch: z.boolean(),
  /** It measures the model: while the AI path is off there is nothing healthy or unhealthy about it. */
  ofModel: z.boolean().optional(),
  description: z.string(),
});
export type SignalDefinition = z.infer<typeof SignalDefinition>;

/** Which series of a signal. `version` is `''` for all versions of the service together. */
export const SeriesKey = z.object({
  signal: z.string(),
  service: z.string(),
  environment: z.string(),
  version: z.string(),
});
export type SeriesKey = z.infer<typeof SeriesKey>;

/** Columns, one entry per point; `min` and `max` are there when points are rolled up. */
export const FrameSeries = SeriesKey.extend({
  ts: z.array(Timestamp),
  value: z.array(z.number()),
  min: z.array(z.number()).optional(),
  max: z.array(z.number()).optional(),
});
export type FrameSeries = z.infer<typeof FrameSeries>;

export const Frame = z.object({
  series: z.array(FrameSeries),
  /** `raw`, or the rollup the points were read from. */
  resolution: z.enum(['raw', '5m', '1h', '3h']),
});
export type Frame = z.infer<typeof Frame>;

/** What a value means beside its band. `few` = too few requests to tell. */
export const CellState = z.enum(['ok', 'watch', 'bad', 'few', 'stale', 'none']);
export type CellState = z.infer<typeof CellState>;

export const Cell = z.object({
  signal: z.string(),
  value: z.number().nullable(),
  at: Timestamp.nullable(),
  state: CellState,
  /** The edge of the band that this value is held against, in the signal's unit; null where there is none. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Where the band comes from, in words: "+10 % of v41". */
  why: z.string(),
});
export type Cell = z.infer<typeof Cell>;
