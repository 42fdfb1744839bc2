/** What Alertmanager's API v2 answers, as far as it is read. */
import { z } from 'zod';

const Labels = z.record(z.string(), z.string());

export const WireAlert = z.object({
  fingerprint: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).nullish(),
  generatorURL: z.string().nullish(),
  labels: Labels,
  annotations: Labels.nullish(),
  status: z.object({
    state: z.enum(['unprocessed', 'active', 'suppressed']),
    silencedBy: z.array(z.string()).nullish(),
  }),
});
export type WireAlert = z.infer<typeof WireAlert>;

export const WireSilence = z.object({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string(),
  comment: z.string(),
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      // Absent before 0.22: every matcher was an equality.
      isEqual: z.boolean().default(true),
    }),
  ),
});
export type WireSilence = z.infer<typeof WireSilence>;

/** Entries are read one by one, so that one that does not fit costs only itself. */
export const WireList = z.array(z.unknown());
export const WireStatus = z.object({ versionInfo: z.object({ version: z.string() }).optional() });
export const WireSilenceId = z.object({ silenceID: z.string() });
