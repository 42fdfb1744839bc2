/** The rollups, finest first. Widths in milliseconds; each is a whole number of the one before. */
export const MINUTES_5 = 300_000;
export const HOUR = 3_600_000;
export const HOURS_3 = 3 * HOUR;

export function bucketStart(ts: number, width: number): number {
  return Math.floor(ts / width) * width;
}
