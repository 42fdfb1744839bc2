import { z } from 'zod';
import { Freshness, Timestamp } from '../model/basics.ts';
import { LiveCombination } from '../model/conversation.ts';
import { Flag, FlagEvent } from '../model/flag.ts';
import { Cell } from '../model/signal.ts';
import { query } from './operation.ts';

export const FlagRow = Flag.extend({
  /** What the flag is to a configured service; empty for other flags. */
  roles: z.array(z.object({ service: z.string(), role: z.enum(['model', 'kill_switch']) })),
  /** 0–1: largest rollout percentage of its enabled strategies; 0 when off. */
  rollout: z.number(),
  lastChangedAt: Timestamp.nullable(),
  lastChangedBy: z.string().nullable(),
  /** When the way back that it is for was last drilled; null = never, or it is for none. */
  lastDrilledAt: Timestamp.nullable(),
});
export type FlagRow = z.infer<typeof FlagRow>;

/** One model version of one service in one environment. */
export const ModelRow = z.object({
  service: z.string(),
  environment: z.string(),
  version: z.string(),
  part: z.enum(['stable', 'candidate', 'other']),
  flag: z.string().nullable(),
  rollout: z.number().nullable(),
  trafficShare: z.number().nullable(),
  firstSeenAt: Timestamp.nullable(),
  lastSeenAt: Timestamp.nullable(),
  conversations: z.number().int(),
  cells: z.array(Cell),
  /** When a rollback of the service was last drilled; null = never. */
  lastDrilledAt: Timestamp.nullable(),
});
export type ModelRow = z.infer<typeof ModelRow>;

export const flagsContract = {
  'flags.list': query(
    z.strictObject({ environment: z.string() }),
    z.object({ flags: z.array(FlagRow), freshness: z.array(Freshness) }),
  ),
  'flags.read': query(
    z.strictObject({ source: z.string(), key: z.string(), environment: z.string() }),
    z.object({ flag: FlagRow, freshness: z.array(Freshness) }),
  ),
  'flags.history': query(
    z.strictObject({
      source: z.string().optional(),
      key: z.string().optional(),
      environment: z.string(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    z.object({ events: z.array(FlagEvent), freshness: z.array(Freshness) }),
  ),
  'models.list': query(
    z.strictObject({ environment: z.string() }),
    z.object({ models: z.array(ModelRow), freshness: z.array(Freshness) }),
  ),
  /** The exact combinations that answered around a moment, most traffic first. */
  'models.liveAt': query(
    z.strictObject({ service: z.string(), environment: z.string(), at: Timestamp }),
    z.object({
      combinations: z.array(LiveCombination.extend({ turns: z.number().int() })),
      freshness: z.array(Freshness),
    }),
  ),
};
