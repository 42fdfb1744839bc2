import { z } from 'zod';
import { Milliseconds, Timestamp } from './basics.ts';

/** Parts as in OpenTelemetry's GenAI conventions; a part of another type keeps its JSON. */
export const MessagePart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), content: z.string() }),
  z.object({ type: z.literal('reasoning'), content: z.string() }),
  z.object({
    type: z.literal('tool_call'),
    id: z.string().nullable(),
    name: z.string(),
    arguments: z.unknown(),
  }),
  z.object({
    type: z.literal('tool_call_response'),
    id: z.string().nullable(),
    name: z.string().nullable(),
    response: z.unknown(),
  }),
  z.object({ type: z.literal('other'), kind: z.string(), json: z.string() }),
]);
export type MessagePart = z.infer<typeof MessagePart>;

export const Message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  parts: z.array(MessagePart),
  finishReason: z.string().optional(),
});
export type Message = z.infer<typeof Message>;

export const SpanOperation = z.enum([
  'turn',
  'chat',
  'retrieval',
  'tool',
  'guardrail',
  'handoff',
  'embeddings',
  'other',
]);
export type SpanOperation = z.infer<typeof SpanOperation>;

export const SpanEvent = z.object({
  name: z.string(),
  at: Timestamp,
  attributes: z.record(z.string(), z.unknown()),
});

/** One step inside a turn. Times are milliseconds, with the fraction the source had. */
export const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  operation: SpanOperation,
  startedAt: Timestamp,
  durationMs: Milliseconds,
  status: z.enum(['unset', 'ok', 'error']),
  statusMessage: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  events: z.array(SpanEvent),
});
export type Span = z.infer<typeof Span>;

/** What a waterfall draws of a step: a trace may have 50,000 of them. */
export const SpanOutline = Span.pick({
  spanId: true,
  parentId: true,
  name: true,
  operation: true,
  startedAt: true,
  durationMs: true,
  status: true,
}).extend({
  /** From its beginning until the first token came; null where that is not told. */
  firstTokenMs: Milliseconds.nullable(),
});
export type SpanOutline = z.infer<typeof SpanOutline>;

export const Feedback = z.enum(['thumbs_up', 'thumbs_down', 'regenerate', 'ticket']);
export type Feedback = z.infer<typeof Feedback>;

/** What a turn ran on: any of it may be unknown. */
export const LiveCombination = z.object({
  version: z.string(),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  index: z.string().nullable(),
  /** Flag → variant (or `on` / `off`) as the service evaluated it. */
  flags: z.record(z.string(), z.string()),
});
export type LiveCombination = z.infer<typeof LiveCombination>;

/** What is odd about how a turn was told. */
export const TurnOdd = z.object({
  /** Neither the span that began it nor the agent’s own has come. */
  rootMissing: z.literal(true).optional(),
  /** Messages of the user that the model was told before those of this turn. */
  toldBefore: z.number().int().optional(),
  /** A step began so long before the one that called it. */
  clockSkewMs: Milliseconds.optional(),
  /** A span told times that cannot be; they were replaced. */
  timesReplaced: z.literal(true).optional(),
  /** The user said something, and no answer to it was recorded (yet). */
  answerMissing: z.literal(true).optional(),
});
export type TurnOdd = z.infer<typeof TurnOdd>;

/** One exchange: what the user said and all that was done to answer it. One trace. */
export const Turn = z.object({
  traceId: z.string(),
  /** Name of the root span: says what was done where no messages were sent. */
  name: z.string().optional(),
  startedAt: Timestamp,
  durationMs: Milliseconds,
  /** What is new in this turn, in order: the user's message, tool calls and their responses, the answer. */
  messages: z.array(Message),
  /** When each of them came, milliseconds after the turn began; null = no step tells. Absent: stored before this was noted. */
  messageTimes: z.array(Milliseconds.nullable()).optional(),
  live: LiveCombination,
  /** How the user reached the service, as it tells: `web`, `app`, `phone` …; absent = not told. */
  channel: z.string().optional(),
  language: z.string().nullable(),
  answerLanguage: z.string().nullable(),
  unsure: z.boolean(),
  handoff: z.boolean(),
  error: z.string().nullable(),
  guardrailBlocked: z.boolean(),
  feedback: z.array(Feedback),
  /** When each of it was given, milliseconds after the turn began. Absent: none, or stored before this was noted. */
  feedbackTimes: z.array(Milliseconds).optional(),
  finishReason: z.string().nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  /** Some of its model calls did not tell their cost: it is more. */
  costAtLeast: z.literal(true).optional(),
  timeToFirstTokenMs: z.number().nullable(),
  spanCount: z.number().int(),
  /** Absent: nothing. */
  odd: TurnOdd.optional(),
});
export type Turn = z.infer<typeof Turn>;

/** Why a conversation counts as failing. */
export const Failure = z.enum([
  'error',
  'unsure',
  'thumbs_down',
  'handoff',
  'slow',
  'guardrail',
  'language_switched',
]);
export type Failure = z.infer<typeof Failure>;

/** A turn that there is something to know of before it is read. */
export const TurnMark = z.object({
  /** From 0 on, in the order in which the turns are read. */
  turn: z.number().int(),
  endedAt: Timestamp,
  failures: z.array(Failure),
  /** A tool failed in it, whatever the answer was. */
  toolFailed: z.boolean(),
  odd: TurnOdd.optional(),
  /** Hours of silence before it. */
  pauseMs: Milliseconds.optional(),
});
export type TurnMark = z.infer<typeof TurnMark>;

/** How a conversation of another console came here. */
export const Imported = z.object({
  /** The last hash of the bundle. */
  bundle: z.string(),
  fileName: z.string(),
  by: z.string(),
  at: Timestamp,
});
export type Imported = z.infer<typeof Imported>;

export const ConversationSummary = z.object({
  /** Row key in the cache; stable while the conversation is cached. */
  key: z.number().int(),
  /** The correlation ID. */
  id: z.string(),
  service: z.string(),
  environment: z.string(),
  /** The version of the last turn; `versions` has them all. */
  version: z.string(),
  versions: z.array(z.string()),
  /** Of the first turn that tells one. */
  channel: z.string().optional(),
  language: z.string().nullable(),
  startedAt: Timestamp,
  endedAt: Timestamp,
  turns: z.number().int(),
  /** The first thing the user said, cut at 200 characters. */
  title: z.string(),
  failures: z.array(Failure),
  /** Number of unsure answers. */
  unsure: z.number().int(),
  feedback: z.array(Feedback),
  slowestTurnMs: Milliseconds,
  /** Of the turns that tell theirs; null = none does. */
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  /** Some turns, or model calls in them, did not tell their cost: it is more. */
  costAtLeast: z.literal(true).optional(),
  pinned: z.boolean(),
  /** There when it came in a bundle: it counts for nothing of a live environment. */
  imported: Imported.optional(),
  /** The sources that it came from; missing where it was imported, or stored before this was noted. */
  sources: z.array(z.string()).optional(),
});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const Conversation = z.object({
  summary: ConversationSummary,
  turns: z.array(Turn),
  /** True when `turns` is a window on a longer conversation. */
  truncated: z.boolean(),
});
export type Conversation = z.infer<typeof Conversation>;

/** How many conversations of a cluster have a value, and how many of all in the same window. */
export const TraitShare = z.object({
  value: z.string(),
  conversations: z.number().int(),
  all: z.number().int(),
});
export type TraitShare = z.infer<typeof TraitShare>;
