/** So many at once, and so many a second after that. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/**
 * A token bucket. Each call takes one and answers 0, or takes none and answers how many milliseconds to wait.
 * `now` is a clock that never jumps.
 */
export function createBucket(
  { perSecond, burst }: Rate,
  now: () => number = () => performance.now(),
): () => number {
  let left = burst;
  let filled = now();
  return () => {
    const at = now();
    left = Math.min(burst, left + ((at - filled) / 1000) * perSecond);
    filled = at;
    if (left < 1) return Math.ceil(((1 - left) / perSecond) * 1000);
    left -= 1;
    return 0;
  };
}
