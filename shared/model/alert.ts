import { z } from 'zod';
import { Timestamp } from './basics.ts';

export const Alert = z.object({
  source: z.string(),
  fingerprint: z.string(),
  name: z.string(),
  service: z.string(),
  environment: z.string(),
  severity: z.string(),
  state: z.enum(['firing', 'suppressed', 'resolved']),
  /** When it began to fire (not when it became pending). */
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  summary: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  silencedBy: z.array(z.string()),
  url: z.string().nullable(),
});
export type Alert = z.infer<typeof Alert>;

/** What a silence holds: alerts whose labels fit all of its matchers. */
export const Matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean(),
});
export type Matcher = z.infer<typeof Matcher>;

export const Silence = z.object({
  source: z.string(),
  id: z.string(),
  state: z.enum(['active', 'pending', 'expired']),
  startsAt: Timestamp,
  endsAt: Timestamp,
  by: z.string(),
  comment: z.string(),
  matchers: z.array(Matcher),
});
export type Silence = z.infer<typeof Silence>;
