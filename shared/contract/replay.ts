import { z } from 'zod';
import { Remark } from '../model/basics.ts';
import { ConversationFilter } from '../model/conversation-filter.ts';
import {
  Replay,
  ReplayBudget,
  ReplayCase,
  ReplayEndpoint,
  ReplayHistory,
  ReplaySpent,
  ReplayTurn,
} from '../model/replay.ts';
import { mutation, query } from './operation.ts';

/** What is answered again. */
export const ReplayTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('turn'),
    conversation: z.number().int(),
    /** Place of the turn, from 0. */
    turn: z.number().int().min(0),
  }),
  z.strictObject({ kind: z.literal('conversation'), conversation: z.number().int() }),
  /** The newest conversations that fit. */
  z.strictObject({
    kind: z.literal('batch'),
    service: z.string(),
    environment: z.string(),
    filter: ConversationFilter.default({}),
    conversations: z.number().int().min(1).max(200).default(20),
    /** `failing`: of each conversation the turn that failed first, on what was recorded before it. */
    turns: z.enum(['failing', 'all']).default('failing'),
  }),
]);
export type ReplayTarget = z.infer<typeof ReplayTarget>;

const request = {
  target: ReplayTarget,
  /** Ids of endpoints; the first is the baseline. */
  endpoints: z.array(z.string()).min(1).max(4),
  samples: z.number().int().min(1).max(20).default(1),
  /** Of a whole conversation or a batch; a single turn always stands on what was recorded. */
  history: ReplayHistory.default('own'),
  /** Ask the configured judge too. */
  judge: z.boolean().default(false),
};

export const replayContract = {
  'replay.endpoints': query(
    z.strictObject({}),
    z.object({
      endpoints: z.array(ReplayEndpoint),
      judge: z.string().nullable(),
      /** What a run may use where nobody says otherwise. */
      budget: ReplayBudget,
    }),
  ),
  /** What a run would take, and what stands in its way; asks no endpoint. */
  'replay.preview': query(
    z.strictObject(request),
    z.object({
      cases: z.number().int(),
      answers: z.number().int(),
      /** A guess from what was recorded: `usd` is null where a price is not configured. */
      estimate: ReplaySpent.extend({ usd: z.number().nullable() }),
      /** The same for each phase, in order: `recorded` (its answers are scored), then each endpoint; what has no price costs 0. */
      phases: z.array(ReplaySpent.extend({ endpoint: z.string() })),
      remarks: z.array(Remark),
      /** Not empty: it cannot be run. */
      blockers: z.array(Remark),
    }),
    'responder',
  ),
  /** Answers at once; the run goes on in the core, also when the window closes. */
  'replay.run': mutation(
    z.strictObject({ ...request, budget: ReplayBudget.partial().default({}) }),
    z.object({ replay: Replay }),
    'responder',
  ),
  /** The nightly sample of one of its configured services, taken at once; answers as `replay.run` does. */
  'replay.sample': mutation(
    z.strictObject({ service: z.string(), environment: z.string() }),
    z.object({ replay: Replay }),
    'responder',
  ),
  'replay.cancel': mutation(
    z.strictObject({ id: z.string() }),
    z.object({ replay: Replay }),
    'responder',
  ),
  'replay.read': query(
    z.strictObject({ id: z.string() }),
    z.object({
      replay: Replay,
      cases: z.array(ReplayCase),
      /** One sentence a person can act on; null while it says too little. */
      finding: z.string().nullable(),
    }),
  ),
  'replay.case': query(
    z.strictObject({ id: z.string(), number: z.number().int().min(0) }),
    z.object({ case: ReplayCase, turns: z.array(ReplayTurn) }),
  ),
  'replay.list': query(
    z.strictObject({
      environment: z.string().optional(),
      /** Key of a conversation: only runs that it is part of. */
      conversation: z.number().int().optional(),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    z.object({ replays: z.array(Replay) }),
  ),
};
