import { z } from 'zod';

/** Milliseconds since the Unix epoch. */
export const Timestamp = z.number().finite();
/** A span of time in milliseconds. */
export const Milliseconds = z.number().finite().nonnegative();

/** A half-open stretch of time, `from` ≤ t < `to`. */
export const TimeRange = z.object({ from: Timestamp, to: Timestamp });
export type TimeRange = z.infer<typeof TimeRange>;

/** How old what a view shows is: one entry per source that feeds it. */
export const Freshness = z.object({
  source: z.string(),
  kind: z.string(),
  state: z.enum(['ok', 'syncing', 'stale', 'error', 'never']),
  /** When this source last answered in full; null before the first time. */
  lastSuccessAt: Timestamp.nullable(),
});
export type Freshness = z.infer<typeof Freshness>;

/** A word a person reads on why something is off, with the code that programs read. */
export const Remark = z.object({ code: z.string(), message: z.string() });
export type Remark = z.infer<typeof Remark>;
