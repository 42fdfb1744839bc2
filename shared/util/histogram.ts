/**
 * The bound of a classic histogram's bucket as its `le` label writes it: `0.5`, `1e+06`, `+Inf`.
 * NaN when it is no number; such a bucket is left out, as Prometheus does.
 */
export function parseBound(le: string): number {
  if (/^\+?inf$/i.test(le)) return Number.POSITIVE_INFINITY;
  if (/^-inf$/i.test(le)) return Number.NEGATIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(le) ? Number(le) : Number.NaN;
}

/**
 * Quantile `q` (0–1) of cumulative buckets, by linear interpolation inside the bucket it falls in.
 * `bounds` ascend strictly and end with +Infinity; `counts` may dip where buckets were read at different
 * moments: a dip is raised to its predecessor. NaN when nothing was observed, when the last bound is
 * finite, or when there is no second bucket.
 *
 * Source: `bucketQuantile` of Prometheus (promql/quantile.go), with its edge rules: in the +Inf bucket
 * the answer is the highest finite bound; a first bucket with a bound ≤ 0 answers that bound.
 */
export function bucketQuantile(
  q: number,
  bounds: ArrayLike<number>,
  counts: ArrayLike<number>,
): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const last = bounds.length - 1;
  if (last < 1 || bounds[last] !== Number.POSITIVE_INFINITY) return Number.NaN;

  let observations = 0;
  for (let index = 0; index <= last; index++) {
    observations = Math.max(observations, counts[index] ?? 0);
  }
  if (!(observations > 0)) return Number.NaN;

  const rank = q * observations;
  let below = 0;
  for (let index = 0; index < last; index++) {
    const count = Math.max(below, counts[index] ?? 0);
    if (count >= rank) {
      const end = bounds[index] ?? Number.NaN;
      if (index === 0 && end <= 0) return end;
      const start = index === 0 ? 0 : (bounds[index - 1] ?? Number.NaN);
      return start + (end - start) * ((rank - below) / (count - below));
    }
    below = count;
  }
  return bounds[last - 1] ?? Number.NaN;
}
