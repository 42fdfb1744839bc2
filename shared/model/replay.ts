/**
 * Re-runs: recorded conversations answered again by configured endpoints, and what that showed.
 * A run has cases (one conversation each), a case has turns, and each turn is answered `samples` times by every endpoint.
 */
import { z } from 'zod';
import { Milliseconds, Remark, Timestamp } from './basics.ts';

export const ReplayKind = z.enum(['turn', 'conversation', 'batch', 'nightly']);
export type ReplayKind = z.infer<typeof ReplayKind>;

/**
 * What the model is told of the turns before. `recorded`: what was really said (in the field: N+1 evaluation);
 * `own`: its own new answers, with the user's recorded turns (free-running).
 */
export const ReplayHistory = z.enum(['recorded', 'own']);
export type ReplayHistory = z.infer<typeof ReplayHistory>;

/** What a run may use up. It ends when one of them is spent. */
export const ReplayBudget = z.strictObject({
  requests: z.number().int().min(1).max(100_000),
  /** In and out together. */
  tokens: z.number().int().min(1).max(1_000_000_000),
  usd: z.number().positive().max(100_000),
  minutes: z
    .number()
    .positive()
    .max(24 * 60),
});
export type ReplayBudget = z.infer<typeof ReplayBudget>;

export const ReplaySpent = z.object({
  requests: z.number().int(),
  /** Estimated from the characters where an endpoint tells no usage. */
  tokens: z.number(),
  usd: z.number(),
  ms: Milliseconds,
});
export type ReplaySpent = z.infer<typeof ReplaySpent>;

/** An endpoint as the screens see it: never its key. */
export const ReplayEndpoint = z.object({
  id: z.string(),
  model: z.string(),
  /** The model version it answers as; null = the configuration does not say. */
  version: z.string().nullable(),
  service: z.string().nullable(),
  environment: z.string().nullable(),
  address: z.string(),
  /** Its cost can be told. */
  priced: z.boolean(),
  /** `missing`: the configuration names a key that was not found. */
  key: z.enum(['none', 'found', 'missing']),
});
export type ReplayEndpoint = z.infer<typeof ReplayEndpoint>;

/** The rules an answer is held against. `unknown` = cannot be told, or there is nothing to hold it against. */
export const ReplayRule = z.enum(['answered', 'language', 'sure', 'tools', 'schema']);
export type ReplayRule = z.infer<typeof ReplayRule>;
export const RuleResult = z.enum(['pass', 'fail', 'unknown']);
export type RuleResult = z.infer<typeof RuleResult>;

export const Verdict = z.object({
  /** It came to its end, and no rule failed. */
  pass: z.boolean(),
  rules: z.record(ReplayRule, RuleResult),
  /** How its tool calls are beside those of a recorded turn that failed: such a turn is no measure. Null = it did not fail. */
  besideFailed: z.enum(['same', 'other']).nullable(),
});
export type Verdict = z.infer<typeof Verdict>;

/** What a judge endpoint says of one answer. Each score is 0–1; `grounded` is null without sources to hold it against. */
export const Judgement = z.object({
  addressed: z.number(),
  grounded: z.number().nullable(),
  tone: z.number(),
  /** Mean of the scores that are there; null where the transcript tries to steer the judge. */
  score: z.number().nullable(),
  /** Somebody in the transcript speaks to the judge: its scores are shown, and not counted. */
  injection: z.boolean(),
  why: z.string(),
});
export type Judgement = z.infer<typeof Judgement>;

/** A tool call that the model made, and what it was told. Nothing is ever executed. */
export const ReplayToolCall = z.object({
  name: z.string(),
  /** As the model wrote them: JSON text, or what should have been. */
  arguments: z.string(),
  /**
   * `recorded`: answered from the recording. `unanswered`: the recording has the call, but no answer to it. `stubbed`: it has no
   * such call. `unreadable`: arguments are not JSON.
   */
  answer: z.enum(['recorded', 'unanswered', 'stubbed', 'unreadable']),
  result: z.string(),
  /** Where the arguments break the recorded schema; null = no schema was recorded. */
  schemaErrors: z.array(z.string()).nullable(),
});
export type ReplayToolCall = z.infer<typeof ReplayToolCall>;

/** One answer of one endpoint to one turn; also the recorded answer, under the endpoint `recorded`. */
export const ReplaySample = z.object({
  /** Id of the endpoint. */
  endpoint: z.string(),
  /** From 0. */
  sample: z.number().int(),
  /** Place of the turn in the conversation, from 0. */
  turn: z.number().int(),
  /** `partial`: it broke off on the way; what had come is kept. `failed`: the endpoint could not be asked. */
  state: z.enum(['done', 'partial', 'failed']),
  text: z.string(),
  finishReason: z.string().nullable(),
  refusal: z.boolean(),
  unsure: z.boolean(),
  /** ISO 639-1; null = too short to tell. */
  language: z.string().nullable(),
  latencyMs: Milliseconds.nullable(),
  /** To the first words for the user, rounds of tool calls before them included. */
  firstTokenMs: Milliseconds.nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  requests: z.number().int(),
  toolCalls: z.array(ReplayToolCall),
  /** `status`: of HTTP, where that is what failed. With `done`: it would not come to an end. */
  error: Remark.extend({ status: z.number().int().optional() }).nullable(),
  verdict: Verdict,
  judgement: Judgement.nullable(),
  /** Why there is no judgement though a judge was asked. */
  judgeError: z.string().nullable(),
});
export type ReplaySample = z.infer<typeof ReplaySample>;

/** What the samples of one endpoint amount to, over a turn, a case or the whole run. */
export const ReplayTotals = z.object({
  endpoint: z.string(),
  /** A sample of a conversation counts once: when all its turns are answered (it passes when all do), or as soon as one fails. */
  samples: z.number().int(),
  passed: z.number().int(),
  /** Samples of which only a part is answered, and nothing wrong in it: they do not count. */
  unfinished: z.number().int(),
  /** Why the endpoint could not be asked ("401") → how many samples: they do not count either. */
  unasked: z.record(z.string(), z.number().int()),
  /** Rule → how many answers failed it. */
  failed: z.record(ReplayRule, z.number().int()),
  /** That came to their end. */
  answers: z.number().int(),
  /** Beside them: broke off, or did not come. */
  broken: z.number().int(),
  unsure: z.number().int(),
  refusals: z.number().int(),
  languages: z.record(z.string(), z.number().int()),
  /** Medians over the answers; null = none told. */
  latencyMs: z.number().nullable(),
  firstTokenMs: z.number().nullable(),
  /** Means over the answers. */
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  toolCalls: z.number().int(),
  stubbed: z.number().int(),
  /** Mean share of words that differ between two answers of this endpoint to the same turn, 0–1; null with fewer than two. */
  wander: z.number().nullable(),
  /** Mean share of words that differ from the baseline's answers to the same turn; null for the baseline itself. */
  distance: z.number().nullable(),
  /** Mean of the judge's scores. */
  score: z.number().nullable(),
  scored: z.number().int(),
  injections: z.number().int(),
});
export type ReplayTotals = z.infer<typeof ReplayTotals>;

export const ReplayState = z.enum([
  'running',
  'done',
  /** One of its endpoints, or the judge, answered nothing or was given up; the others went on. */
  'incomplete',
  'cancelled',
  'budget_spent',
  'failed',
  /** The console ended while it ran. */
  'unfinished',
]);
export type ReplayState = z.infer<typeof ReplayState>;

export const Replay = z.object({
  id: z.string(),
  kind: ReplayKind,
  /** The key of the conversation and the turn (from 0) that it is about; null = of several, or all of them. */
  conversation: z.number().int().nullable(),
  turn: z.number().int().nullable(),
  title: z.string(),
  service: z.string(),
  environment: z.string(),
  by: z.string(),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  state: ReplayState,
  /** Why it ended as it did, and what can be done; '' when all is said. */
  note: z.string(),
  /** The first is the baseline. */
  endpoints: z.array(ReplayEndpoint),
  samples: z.number().int(),
  history: ReplayHistory,
  /** Id of the judge's endpoint; null = rules only. */
  judge: z.string().nullable(),
  budget: ReplayBudget,
  spent: ReplaySpent,
  /** In answers. */
  progress: z.object({ done: z.number().int(), total: z.number().int() }),
  /** The endpoints in their order, then `recorded`. */
  totals: z.array(ReplayTotals),
  /** Cold score: what the evaluation before launch recorded for the service; null = not configured. */
  coldScore: z.number().nullable(),
});
export type Replay = z.infer<typeof Replay>;

/** A conversation of a run, summed up. */
export const ReplayCase = z.object({
  /** From 0, in the order of the run. */
  number: z.number().int(),
  /** Row key of the conversation in the cache. */
  conversation: z.number().int(),
  conversationId: z.string(),
  title: z.string(),
  version: z.string(),
  language: z.string().nullable(),
  /** What the sample was stratified by; '' = it was not. */
  category: z.string(),
  /** Turns that are answered again, from 0. */
  turns: z.array(z.number().int()),
  remarks: z.array(Remark),
  totals: z.array(ReplayTotals),
});
export type ReplayCase = z.infer<typeof ReplayCase>;

/** A turn of a case in full: the question, what was recorded, and every answer so far. */
export const ReplayTurn = z.object({
  turn: z.number().int(),
  traceId: z.string(),
  question: z.string(),
  /** The language the answer should be in. */
  asked: z.string().nullable(),
  recorded: ReplaySample,
  samples: z.array(ReplaySample),
  totals: z.array(ReplayTotals),
});
export type ReplayTurn = z.infer<typeof ReplayTurn>;

/** Endpoint id under which the recorded answer stands. */
export const RECORDED = 'recorded';
