/** Whether a count can be chance. Pure. */

/** Beyond this variance the normal approximation is as good. */
const EXACT_VARIANCE = 1_000;

/** How likely at most `count` hits of `n` are when each is one with probability `share`, 0–1. */
function atMost(count: number, n: number, share: number): number {
  if (count >= n || share <= 0) return 1;
  if (count < 0 || share >= 1) return 0;
  const variance = n * share * (1 - share);
  if (variance > EXACT_VARIANCE)
    return normalBelow((count + 0.5 - n * share) / Math.sqrt(variance));
  // In logarithms: (1 − share)^n may be smaller than a number can be.
  const odds = Math.log(share) - Math.log1p(-share);
  let log = n * Math.log1p(-share);
  let sum = Math.exp(log);
  for (let hits = 1; hits <= count; hits++) {
    log += odds + Math.log((n - hits + 1) / hits);
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/** The standard normal distribution up to z, by Abramowitz and Stegun 26.2.17 (error below 7.5e-8). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const polynomial = terms.reduceRight((sum, term) => (sum + term) * t, 0);
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z > 0 ? 1 - tail : tail;
}

/** Rarer than this is no chance: one in a thousand, because it is looked at again and again. */
const RARE = 0.001;

/** True when `count` of `n` shows that the share is no longer `was` but has moved towards `is`. */
export function hasMoved(count: number, n: number, was: number, is: number): boolean {
  if (n <= 0 || was === is) return false;
  return is < was ? atMost(count, n, was) < RARE : atMost(n - count, n, 1 - was) < RARE;
}

/** True when `count` of `n` can be chance where each is a hit with probability `share`. */
export function canBe(count: number, n: number, share: number): boolean {
  return atMost(count, n, share) >= RARE && atMost(n - count, n, 1 - share) >= RARE;
}

/** So many are enough to tell two shares apart, whatever chance does; never above `most`. */
export function enoughToTell(was: number, is: number, most: number): number {
  if (was === is) return 0;
  const variance = Math.max(was * (1 - was), is * (1 - is));
  return Math.min(most, Math.ceil((60 * variance) / (was - is) ** 2));
}
