import { z } from 'zod';
import { Timestamp } from './basics.ts';
import { Failure, Feedback } from './conversation.ts';

/** A flag as it was evaluated. */
export const FlagVariant = z.strictObject({ flag: z.string(), variant: z.string() });
export type FlagVariant = z.infer<typeof FlagVariant>;

/** Which conversations; what is left out does not filter. */
export const ConversationFilter = z.strictObject({
  environment: z.string().optional(),
  services: z.array(z.string()).optional(),
  versions: z.array(z.string()).optional(),
  channels: z.array(z.string()).optional(),
  languages: z.array(z.string()).optional(),
  failures: z.array(Failure).optional(),
  /** True = any failure. */
  failing: z.boolean().optional(),
  feedback: z.array(Feedback).optional(),
  /** When the last message ended: `from` ≤ t < `to`. */
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  /** Of the slowest turn; both ends included. */
  minDurationMs: z.number().optional(),
  maxDurationMs: z.number().optional(),
  /** Of the whole conversation; both ends included. */
  minCostUsd: z.number().optional(),
  maxCostUsd: z.number().optional(),
  /** Tools that any turn called, and those that failed in one. */
  tools: z.array(z.string()).optional(),
  failedTools: z.array(z.string()).optional(),
  /** As evaluated in any turn. Several variants of one flag: any of them; several flags: each. */
  flags: z.array(FlagVariant).optional(),
  pinned: z.boolean().optional(),
  /** True = those that came in bundles, whatever the environment; otherwise none of them. */
  imported: z.boolean().optional(),
});
export type ConversationFilter = z.infer<typeof ConversationFilter>;

export const ConversationSort = z.enum(['newest', 'oldest', 'slowest', 'costliest']);
export type ConversationSort = z.infer<typeof ConversationSort>;
