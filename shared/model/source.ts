import { z } from 'zod';
import { Milliseconds, Timestamp } from './basics.ts';

export const SourceKind = z.enum([
  'openmetrics',
  'prometheus',
  'alertmanager',
  'unleash',
  'otlp',
  'runbook-folder',
]);
export type SourceKind = z.infer<typeof SourceKind>;

export const Capability = z.enum([
  'signals',
  'alerts',
  'silences',
  'flags',
  'flag-history',
  'flag-control',
  'conversations',
  'runbooks',
]);
export type Capability = z.infer<typeof Capability>;

export const SourceStatus = z.object({
  id: z.string(),
  kind: SourceKind,
  capabilities: z.array(Capability),
  /** Where it points, without credentials. */
  address: z.string(),
  state: z.enum(['ok', 'syncing', 'stale', 'error', 'never']),
  everyMs: Milliseconds,
  lastSuccessAt: Timestamp.nullable(),
  lastAttemptAt: Timestamp.nullable(),
  nextAttemptAt: Timestamp.nullable(),
  /** Failures in a row. */
  failures: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** What came but could not be used, newest first: counted, not silent. */
  rejected: z.array(z.object({ reason: z.string(), count: z.number().int(), at: Timestamp })),
  progress: z.object({ what: z.string(), done: z.number(), total: z.number() }).nullable(),
  /** Records committed since start. */
  records: z.number().int(),
});
export type SourceStatus = z.infer<typeof SourceStatus>;

/** An earlier cache.db that could not be used, and still lies in the data folder. */
export const SetAsideCache = z.object({
  /** Its name there. */
  file: z.string(),
  at: Timestamp,
  bytes: z.number(),
});
export type SetAsideCache = z.infer<typeof SetAsideCache>;

export const CheckItem = z.object({
  what: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  ms: Milliseconds,
});
export const CheckReport = z.object({ ok: z.boolean(), items: z.array(CheckItem) });
export type CheckReport = z.infer<typeof CheckReport>;
