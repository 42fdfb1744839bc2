const LONGEST_MS = 5 * 60_000;

/**
 * How long to wait before the next pull.
 * After success: the cadence. After `failures` in a row: doubling from the cadence (at least 1 s) up to five
 * minutes, of which a random half is taken off so that many consoles do not come back at once. What the source
 * itself asked for (`Retry-After`, of which an hour counts) is never undercut.
 */
export function nextDelay(
  everyMs: number,
  failures: number,
  retryAfterMs: number | null,
  random: () => number,
): number {
  if (failures === 0) return everyMs;
  const ceiling = Math.min(LONGEST_MS, Math.max(1000, everyMs) * 2 ** Math.min(failures - 1, 12));
  const jittered = ceiling * (0.5 + random() / 2);
  return Math.max(jittered, retryAfterMs ?? 0);
}
