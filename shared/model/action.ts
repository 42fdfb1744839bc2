import { z } from 'zod';
import { Silence } from './alert.ts';
import { Remark, Timestamp } from './basics.ts';
import { PlannedChange } from './planned-change.ts';
import { Cell } from './signal.ts';

const onService = { service: z.string(), environment: z.string() };

/** What one change is asked for with. */
const single = [
  /** Move all traffic of a service to a version; `to` defaults to the stable one. */
  z.strictObject({ kind: z.literal('rollback'), ...onService, to: z.string().optional() }),
  /** Turn the AI path off (`on: false`), or back on. */
  z.strictObject({ kind: z.literal('kill_switch'), ...onService, on: z.boolean() }),
  /** Give the candidate a share of all users: a percentage, or the next rung of the service's ladder. */
  z.strictObject({
    kind: z.literal('ramp'),
    ...onService,
    to: z.union([z.number(), z.literal('next')]),
  }),
  /** Bring a flag back to the state after an entry of its history. */
  z.strictObject({
    kind: z.literal('restore'),
    source: z.string(),
    flag: z.string(),
    environment: z.string(),
    event: z.string(),
  }),
  /** Keep an alert quiet until a moment; why is told with the confirmation. */
  z.strictObject({
    kind: z.literal('silence'),
    source: z.string(),
    /** The alert's fingerprint. */
    alert: z.string(),
    environment: z.string(),
    until: Timestamp,
  }),
] as const;

export const SingleRequest = z.discriminatedUnion('kind', single);
export type SingleRequest = z.infer<typeof SingleRequest>;

/** The paths that can be drilled. */
export const DrillKind = z.enum(['rollback', 'kill_switch']);
export type DrillKind = z.infer<typeof DrillKind>;

/** Changes that one action may carry. */
export const MOST_REQUESTS = 10;

/** What a person asks for. */
export const ActionRequest = z.discriminatedUnion('kind', [
  ...single,
  /** Bring back the exact state that an earlier action recorded. */
  z.strictObject({ kind: z.literal('undo'), action: z.string() }),
  /** All of them with one confirmation, in this order; when one fails, those before it are undone. */
  z.strictObject({
    kind: z.literal('several'),
    requests: z.array(SingleRequest).min(2).max(MOST_REQUESTS),
  }),
  /** The same path on trial: carried out, measured, its effect verified, and taken back. */
  z.strictObject({ kind: z.literal('drill'), ...onService, drill: DrillKind }),
]);
export type ActionRequest = z.infer<typeof ActionRequest>;

export const ActionKind = z.enum([
  'rollback',
  'kill_switch',
  'ramp',
  'restore',
  'silence',
  'undo',
  'several',
  'drill',
]);
export type ActionKind = z.infer<typeof ActionKind>;

/** Those who get another answer than before. In actions of older versions: all that the losing versions had. */
export const Affected = z.object({
  /** Their share of all users by the flag, 0–1; null = unknown. */
  rollout: z.number().nullable(),
  /** Their share of the requests, 0–1. */
  trafficShare: z.number().nullable(),
  /** null = unknown, or the plan is about no configured service. */
  conversationsLastHour: z.number().int().nullable(),
  requestsPerSecond: z.number().nullable(),
  /** Only some of the losing versions' users move: the figures beside `rollout` are that part of what was measured. */
  estimated: z.boolean().optional(),
});
export type Affected = z.infer<typeof Affected>;

/** Why a plan may not be carried out. */
export const Blocker = Remark.extend({
  /** An admin may go over it, in words. */
  overridable: z.boolean(),
  /** The action that stands in the way. */
  action: z.string().optional(),
  /** The signals that are out of band: who goes over it goes over these, and no others. */
  signals: z.array(z.string()).optional(),
});
export type Blocker = z.infer<typeof Blocker>;

/** When a path was last carried out on trial. */
export const Drilled = z.object({
  service: z.string(),
  /** Where it is drilled; null = nowhere is configured, and it was never drilled. */
  environment: z.string().nullable(),
  drill: DrillKind,
  /** The last drill that did all it should; null = never. */
  at: Timestamp.nullable(),
  action: z.string().nullable(),
  /** How often it is due, as configured; null = no drill is configured. */
  everyMs: z.number().nullable(),
  overdue: z.boolean(),
  /** Why there is nothing to drill now ("no candidate is served"), which is then not overdue; missing where there is. */
  idle: z.string().optional(),
  /** The latest drill did not do what it should: its id. */
  failed: z.string().nullable(),
});
export type Drilled = z.infer<typeof Drilled>;

/** Whether an approval workflow stands between a call and its effect, found out before it counts. */
export const Approval = z.object({
  source: z.string(),
  environment: z.string(),
  /** Null: not known. */
  needed: z.boolean().nullable(),
  /** How it is known, with its age in words where it is old. */
  how: z.string(),
  /** When that was learnt; null when it is not known. */
  at: Timestamp.nullable(),
});
export type Approval = z.infer<typeof Approval>;

export const SecondPerson = z.object({
  /** Who agreed; null until somebody has. */
  approvedBy: z.string().nullable(),
  /** Somebody is to sign in for it now. */
  asked: z.boolean(),
  /** Why the last try did not count; empty when none failed. */
  note: z.string(),
});
export type SecondPerson = z.infer<typeof SecondPerson>;

export const Plan = z.object({
  id: z.string(),
  request: ActionRequest,
  title: z.string(),
  /** The title once it is done, without a full stop: "Rolled back to v41". Missing in actions of older versions. */
  done: z.string().optional(),
  /** Empty when no configured service is affected. */
  service: z.string(),
  environment: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** Carried out in this order. */
  changes: z.array(PlannedChange).min(1),
  /** Nothing to do: the world is already so. */
  noop: z.boolean(),
  /** Versions that lose, and the version that gains, the traffic. */
  fromVersions: z.array(z.string()),
  toVersion: z.string().nullable(),
  affected: Affected,
  /** Health of the target version when it last ran. */
  targetHealth: z
    .object({ version: z.string(), at: Timestamp.nullable(), cells: z.array(Cell) })
    .nullable(),
  /** Whether it may bring a signal back into its band. Missing in actions of older versions. */
  mends: z.boolean().optional(),
  /** Signals of the service that are out of band now: recovery is judged on these. Empty where it mends nothing. */
  outOfBand: z.array(Cell.extend({ version: z.string() })),
  /** When this path was last drilled; null where there is none to drill. */
  drilled: Drilled.nullable(),
  /** What is silenced on the service now. */
  silences: z.array(Silence),
  /** One per flag service that is written to. */
  approvals: z.array(Approval),
  warnings: z.array(Remark),
  blockers: z.array(Blocker),
  /** The undo, in words. */
  undo: z.string(),
  /** The environment is locked: confirming also unlocks it. */
  unlocks: z.boolean(),
  /** A word the person must type to confirm, because it affects everyone; null when a press is enough. */
  typed: z.string().nullable(),
  /** It is not carried out without a reason. */
  needsReason: z.boolean(),
  /** A second person must agree; null where the configuration asks for none. */
  second: SecondPerson.nullable(),
});
export type Plan = z.infer<typeof Plan>;

/** A page that a browser may be given: without a name in it, which passes for the host (`https://bank.example@evil.example`). */
export const WebAddress = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine((text) => !/^[^/]*\/*[^/?#\\]*@/.test(text), 'an address with a name in it');

/** `restored` stands for what was done being taken back: at the end of a drill, or after a failure. */
export const StepName = z.enum(['sent', 'stored', 'served', 'live', 'recovered', 'restored']);
export type StepName = z.infer<typeof StepName>;

/** What was newest in the cache at a moment. */
export const Newest = z.object({
  /** Key of a span: those that arrive later have higher ones. */
  span: z.number().int(),
  /** Time of the newest sample of the signals that show traffic; null = there is none. */
  sampleAt: Timestamp.nullable(),
});
export type Newest = z.infer<typeof Newest>;

export const Step = z.object({
  name: StepName,
  /** Place of the change it is about in the plan; null for the action as a whole. */
  change: z.number().int().nullable(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'unknown', 'skipped']),
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  /**
   * How long after the confirmation it ended, in milliseconds, whatever the clock was set to meanwhile; null while it has
   * not. Missing in actions of older versions.
   */
  afterMs: z.number().nullable().optional(),
  /** Of `served`: what had arrived when clients were last asked. Missing in actions of older versions. */
  newest: Newest.optional(),
  /** What was seen, with its numbers. */
  text: z.string(),
  /** What to do next, when it did not come. */
  next: z.string(),
  /** The page on which to do that. */
  link: WebAddress.optional(),
});
export type Step = z.infer<typeof Step>;

export const ActionOutcome = z.enum([
  'recovered',
  'not_recovered',
  'effective', // stored, and served and live as far as anything shows that; there was nothing to judge a recovery by
  'drilled', // a drill: the path works, and everything is as it was before
  'undone', // by another action, before it was proven
  'pending_approval',
  'refused', // nothing was changed
  'failed', // the source refused or the effect was read back otherwise; what was done before is undone
  'not_restored', // what was done before it failed, or for a drill, could not be taken back
  'unknown', // whether it took effect could not be seen; without an end it is reconciled when it can be
]);
export type ActionOutcome = z.infer<typeof ActionOutcome>;

export const Action = z.object({
  id: z.string(),
  kind: ActionKind,
  title: z.string(),
  service: z.string(),
  environment: z.string(),
  by: z.string(),
  reason: z.string(),
  /** Why an admin went over what blocked it; empty when nothing did. */
  override: z.string(),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  /** From the confirmation to its end, as `afterMs` of a step. */
  tookMs: z.number().nullable().optional(),
  /** Null while the steps run. `unknown` may still be reconciled. */
  outcome: ActionOutcome.nullable(),
  /** One sentence for a person: "Rolled back to v41. Live traffic confirms: …". */
  summary: z.string(),
  steps: z.array(Step),
  plan: Plan,
  /** Per change what the outside calls it (the id of a silence); null where it has no name of its own. */
  made: z.array(z.string().nullable()),
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
  /** Who ended a drill before all of it was proven; missing where nobody did. */
  endedEarlyBy: z.string().optional(),
});
export type Action = z.infer<typeof Action>;

/** The journal: append-only, each entry carries the SHA-256 of the one before. */
export const JournalEntry = z.object({
  seq: z.number().int(),
  at: Timestamp,
  /** `intent`, `step`, `outcome`, `unlock`, `lock`, `configuration`, … */
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
