import { z } from 'zod';
import { Timestamp } from './basics.ts';

export const ChangeKind = z.enum([
  'flag', // switched on or off
  'variant', // variant weights
  'rollout', // rollout percentage
  'model', // a model version appeared or went
  'deploy', // prompt, index or code
  'silence',
  'runbook',
  'action', // done from this console
]);
export type ChangeKind = z.infer<typeof ChangeKind>;

/** One entry of the one timeline. */
export const Change = z.object({
  id: z.string(),
  at: Timestamp,
  kind: ChangeKind,
  /** Empty where the change touches no single service. */
  service: z.string(),
  environment: z.string(),
  /** Versions it moved traffic to, or that it introduced. */
  versions: z.array(z.string()),
  title: z.string(),
  detail: z.string(),
  by: z.string(),
  source: z.string(),
  /** Name of the flag, where there is one. */
  flag: z.string().nullable(),
});
export type Change = z.infer<typeof Change>;

/** A change with how well it explains a break, 0–1, and the reasons in words. */
export const Suspect = z.object({
  change: Change,
  score: z.number().min(0).max(1),
  reasons: z.array(z.string()),
});
export type Suspect = z.infer<typeof Suspect>;
