import { z } from 'zod';
import { Timestamp } from './basics.ts';

/** `weight` is per mille of the strategy's audience. */
export const Variant = z.object({
  name: z.string(),
  weight: z.number(),
  weightType: z.string().optional(),
  stickiness: z.string().optional(),
  payload: z.unknown().optional(),
  overrides: z.unknown().optional(),
});
export type Variant = z.infer<typeof Variant>;

export const Strategy = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string().nullable().optional(),
  disabled: z.boolean().nullable().optional(),
  sortOrder: z.number().optional(),
  parameters: z.record(z.string(), z.string()),
  constraints: z.array(z.unknown()),
  segments: z.array(z.number()),
  variants: z.array(Variant),
});
export type Strategy = z.infer<typeof Strategy>;

/** Everything about a flag in one environment that a write can change; undo restores exactly this. */
export const FlagState = z.object({
  enabled: z.boolean(),
  strategies: z.array(Strategy),
  /** Variants on the environment itself, which some services still use. */
  variants: z.array(Variant),
});
export type FlagState = z.infer<typeof FlagState>;

export const Flag = z.object({
  source: z.string(),
  key: z.string(),
  environment: z.string(),
  description: z.string(),
  type: z.string(),
  stale: z.boolean(),
  createdAt: Timestamp.nullable(),
  state: FlagState,
});
export type Flag = z.infer<typeof Flag>;

/** One entry of a flag's history. `before` and `after` are null where the source does not tell. */
export const FlagEvent = z.object({
  id: z.string(),
  source: z.string(),
  key: z.string(),
  environment: z.string(),
  at: Timestamp,
  by: z.string(),
  type: z.string(),
  summary: z.string(),
  before: FlagState.nullable(),
  after: FlagState.nullable(),
});
export type FlagEvent = z.infer<typeof FlagEvent>;
