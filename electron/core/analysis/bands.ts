/** Judges a value against its band. Pure; what is healthy by default stands in `shared/model/default-signals.ts`. */
import type { Band, Cell, CellState, SignalDefinition } from '#shared/model/signal.ts';

/** What a value is held against. */
export interface Reference {
  /** The figure of the stable version, averaged over the last day, and what to call it. */
  baseline: number | null;
  baselineName: string;
  /** Share of the service's traffic that the value speaks for, 0–1; a forecast is split by it. */
  share: number;
  /** Requests that the value was computed from; null when unknown. */
  requests: number | null;
  /** With fewer requests than this nothing can be told. */
  minRequests: number;
}

export interface Observation {
  value: number | null;
  at: number | null;
}

/** 90 % two-sided: one in ten healthy values would be called out of band by chance if it were the only look. */
const Z = 1.645;
/** Beyond the band by this factor of its width: bad, not drifting. */
const BAD_FACTOR = 2;

export function judge(
  definition: SignalDefinition,
  band: Band,
  { value, at }: Observation,
  reference: Reference,
  staleBefore: number,
): Cell {
  const edges = edgesOf(definition, band, reference);
  const cell = (state: CellState, why: string): Cell => ({
    signal: definition.id,
    value,
    at,
    state,
    low: edges.low,
    high: edges.high,
    why,
  });
  if (value === null || at === null) return cell('none', 'no value');
  if (at < staleBefore) return cell('stale', `${edges.why}; the value is old`);
  if (edges.low === null && edges.high === null) return cell('none', edges.why);
  const few = reference.requests !== null && reference.requests < reference.minRequests;
  const chance = (edge: number) => (few ? 0 : noise(definition, edge, value, reference.requests));
  const over = edges.high === null ? 0 : value - edges.high - chance(edges.high);
  const under = edges.low === null ? 0 : edges.low - value - chance(edges.low);
  const outside = Math.max(over, under);
  if (outside <= 0) return cell('ok', edges.why);
  if (few) {
    return cell(
      'few',
      `${edges.why}; ${Math.round(reference.requests ?? 0)} requests are too few to tell`,
    );
  }
  // Cheaper than forecast wants a look, but it is no break: traffic may just be low.
  const cheap = band.kind === 'forecast' && under > over;
  return cell(outside > edges.width * (BAD_FACTOR - 1) && !cheap ? 'bad' : 'watch', edges.why);
}

interface Edges {
  low: number | null;
  high: number | null;
  /** How far outside still counts as drifting. */
  width: number;
  why: string;
}

function edgesOf(definition: SignalDefinition, band: Band, reference: Reference): Edges {
  switch (band.kind) {
    case 'below': {
      const watch = band.watch ?? band.limit;
      return {
        low: null,
        high: watch,
        width: band.limit - watch,
        why: `below ${format(definition, band.limit)}`,
      };
    }
    case 'above': {
      const watch = band.watch ?? band.limit;
      return {
        low: watch,
        high: null,
        width: watch - band.limit,
        why: `above ${format(definition, band.limit)}`,
      };
    }
    case 'baseline': {
      const baseline = band.recorded ?? reference.baseline;
      if (baseline === null) return { low: null, high: null, width: 0, why: 'no baseline yet' };
      const width = Math.abs(baseline) * band.within;
      const sign = band.side === 'above' ? '+' : band.side === 'below' ? '−' : '±';
      return {
        low: band.side === 'above' ? null : baseline - width,
        high: band.side === 'below' ? null : baseline + width,
        width,
        why: `${sign}${percent(band.within)} of ${band.recorded === undefined ? reference.baselineName : 'the recorded baseline'}`,
      };
    }
    case 'forecast': {
      if (band.forecast === undefined)
        return { low: null, high: null, width: 0, why: 'no forecast configured' };
      const forecast = band.forecast * reference.share;
      const width = forecast * band.within;
      return {
        low: forecast - width,
        high: forecast + width,
        width,
        why: `±${percent(band.within)} of the forecast${reference.share < 1 ? ', by its share of traffic' : ''}`,
      };
    }
    case 'trend':
      return { low: null, high: null, width: 0, why: 'the trend counts, not the level' };
  }
}

/**
 * How far beyond an edge of its band a value may lie by chance while the truth lies on the edge, from the number of
 * requests behind it. Held against the edge and not against the value: a value that is far off must not excuse itself.
 * Ratios: the exact binomial. Quantiles: the asymptotic error of a sample quantile, sqrt(p / ((1 − p) n)) / −ln(1 − p)
 * of the edge, for an exponential tail; latencies have lighter ones. Counts per time: Poisson.
 */
export function noise(
  definition: SignalDefinition,
  edge: number,
  value: number,
  requests: number | null,
): number {
  if (requests === null || requests <= 0) return 0;
  const { expression } = definition;
  if (expression.kind === 'quantile') {
    const p = Math.min(Math.max(expression.q, 0.01), 0.999);
    return (Z * edge * Math.sqrt(p / ((1 - p) * requests))) / -Math.log(1 - p);
  }
  if (expression.kind === 'ratio' && definition.unit === 'ratio') {
    const share = Math.min(Math.max(edge, 0), 1);
    return value >= edge
      ? plausibleShare(share, requests) - share
      : plausibleShare(1 - share, requests) - (1 - share);
  }
  // `requests` were counted at the rate of `value`: on the edge it would have been so many times `edge / value`.
  if (expression.kind === 'rate') return Z * Math.sqrt(Math.max(edge * value, 0) / requests);
  return 0;
}

/** With more requests than this the normal approximation is as good. */
const EXACT_UP_TO = 2000;
/** One-sided, as Z. */
const UNLIKELY = 0.05;

/** The largest share that is still to be expected of so many requests when `share` is the truth. */
function plausibleShare(share: number, requests: number): number {
  const n = Math.round(requests);
  if (n < 1 || share <= 0 || share >= 1) return share;
  if (n > EXACT_UP_TO) return share + Z * Math.sqrt((share * (1 - share)) / n);
  // In logarithms: (1 − share)^n may be smaller than a number can be.
  const odds = Math.log(share) - Math.log1p(-share);
  let logOne = n * Math.log1p(-share);
  let upTo = Math.exp(logOne);
  let count = 0;
  while (upTo < 1 - UNLIKELY && count < n) {
    logOne += odds + Math.log((n - count) / (count + 1));
    upTo += Math.exp(logOne);
    count++;
  }
  return Math.max(share, count / n);
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}

/** A value with its unit, for sentences. */
export function format(definition: Pick<SignalDefinition, 'unit'>, value: number): string {
  const short = (digits: number) => String(Number(value.toFixed(digits)));
  switch (definition.unit) {
    case 's':
      return `${short(value < 10 ? 1 : 0)} s`;
    case 'ratio':
      return `${Number((value * 100).toFixed(value < 0.1 ? 1 : 0))} %`;
    case 'usd_per_day':
      return `$${Math.round(value).toLocaleString('en-US')}`;
    case 'per_second':
      return `${short(1)}/s`;
    case 'per_hour':
      return `${short(value < 10 ? 1 : 0)}/h`;
    case 'tokens':
      return `${Math.round(value)} tokens`;
    case 'score':
    case 'rating':
    case 'psi':
      return short(2);
    case 'count':
      return short(value < 10 ? 1 : 0);
  }
}
