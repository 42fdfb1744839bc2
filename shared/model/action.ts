import { z } from 'zod';
import { Remark, Timestamp } from './basics.ts';
import { FlagState } from './flag.ts';
import { Cell } from './signal.ts';

/** What a person asks for. */
export const ActionRequest = z.discriminatedUnion('kind', [
  /** Move all traffic of a service to a version; `to` defaults to the stable one. */
  z.strictObject({
    kind: z.literal('rollback'),
    service: z.string(),
    environment: z.string(),
    to: z.string().optional(),
  }),
  /** Turn the AI path off (`on: false`), or back on. */
  z.strictObject({
    kind: z.literal('kill_switch'),
    service: z.string(),
    environment: z.string(),
    on: z.boolean(),
  }),
  /** Bring a flag back to the state after an entry of its history. */
  z.strictObject({
    kind: z.literal('restore'),
    source: z.string(),
    flag: z.string(),
    environment: z.string(),
    event: z.string(),
  }),
  /** Bring back the exact state that an earlier action recorded. */
  z.strictObject({ kind: z.literal('undo'), action: z.string() }),
]);
export type ActionRequest = z.infer<typeof ActionRequest>;
export type ActionKind = ActionRequest['kind'];

export const DiffLine = z.object({ sign: z.enum(['-', '+', ' ']), text: z.string() });
export type DiffLine = z.infer<typeof DiffLine>;

export const Affected = z.object({
  /** Share of users the flag sends to the version that changes, 0–1; null = unknown. */
  rollout: z.number().nullable(),
  /** Share of requests really on it, 0–1. */
  trafficShare: z.number().nullable(),
  conversationsLastHour: z.number().int(),
  requestsPerSecond: z.number().nullable(),
});

export const Plan = z.object({
  id: z.string(),
  request: ActionRequest,
  title: z.string(),
  service: z.string(),
  environment: z.string(),
  source: z.string(),
  flag: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  before: FlagState,
  after: FlagState,
  /** Nothing to do: the state is already so. */
  noop: z.boolean(),
  diff: z.array(DiffLine),
  /** Versions that lose, and the version that gains, the traffic. */
  fromVersions: z.array(z.string()),
  toVersion: z.string().nullable(),
  affected: Affected,
  /** Health of the target version when it last ran. */
  targetHealth: z
    .object({ version: z.string(), at: Timestamp.nullable(), cells: z.array(Cell) })
    .nullable(),
  /** Signals of the service that are out of band now: recovery is judged on these. */
  outOfBand: z.array(Cell.extend({ version: z.string() })),
  warnings: z.array(Remark),
  blockers: z.array(Remark),
  /** The undo, in words. */
  undo: z.string(),
  /** The environment is locked: confirming also unlocks it. */
  unlocks: z.boolean(),
});
export type Plan = z.infer<typeof Plan>;

export const StepName = z.enum(['sent', 'stored', 'served', 'live', 'recovered']);
export type StepName = z.infer<typeof StepName>;

export const Step = z.object({
  name: StepName,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'unknown', 'skipped']),
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  /** What was seen, with its numbers. */
  text: z.string(),
  /** What to do next, when it did not come. */
  next: z.string(),
});
export type Step = z.infer<typeof Step>;

export const ActionOutcome = z.enum([
  'recovered',
  'not_recovered',
  'effective', // proven stored, served and live; nothing was out of band to recover from
  'pending_approval',
  'refused', // nothing was changed
  'failed', // the source refused or the effect was read back otherwise
  'unknown', // the outside could not be read; reconciled when it can
]);
export type ActionOutcome = z.infer<typeof ActionOutcome>;

export const Action = z.object({
  id: z.string(),
  kind: z.enum(['rollback', 'kill_switch', 'restore', 'undo']),
  title: z.string(),
  service: z.string(),
  environment: z.string(),
  by: z.string(),
  reason: z.string(),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  /** Null while the steps run. `unknown` may still be reconciled. */
  outcome: ActionOutcome.nullable(),
  /** One sentence for a person: "Rolled back to v41. Live traffic confirms: …". */
  summary: z.string(),
  steps: z.array(Step),
  plan: Plan,
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
});
export type Action = z.infer<typeof Action>;

/** The journal: append-only, each entry carries the SHA-256 of the one before. */
export const JournalEntry = z.object({
  seq: z.number().int(),
  at: Timestamp,
  /** `intent`, `step`, `outcome`, `unlock`, `lock`, … */
  kind: z.string(),
  actor: z.string(),
  action: z.string().nullable(),
  environment: z.string(),
  summary: z.string(),
  data: z.unknown(),
  prev: z.string(),
  hash: z.string(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;
