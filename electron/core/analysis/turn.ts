/** Puts the spans of one trace together to the turn they tell of. */
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Turn } from '#shared/model/conversation.ts';
import { IN_STEP_MS } from '#shared/util/began.ts';
import { languageTold } from '#shared/util/failures.ts';
import {
  COST_USD,
  FIRST_TOKEN_MS,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
} from '#shared/util/span-figures.ts';
import { type ToolUse, toolUse } from './tool-use.ts';
import { turnMessages } from './turn-messages.ts';
import { oddOf } from './turn-odd.ts';
import {
  anyTrue,
  conversationOf,
  errorOf,
  feedbackOf,
  finishReasonOf,
  firstFigure,
  firstText,
  inOrder,
  liveOf,
  sumOf,
} from './turn-read.ts';
import { isFeedback, orderSteps, type Step } from './turn-steps.ts';
import { searchText } from './turn-text.ts';

export interface AssembledTurn {
  /** The correlation ID: the first that any span names, else the trace id. */
  conversation: string;
  service: string;
  environment: string;
  turn: Turn;
  tools: ToolUse;
  /** What full-text search indexes: the words of the messages, bounded. */
  text: string;
}

/**
 * `records`: all spans of one trace known so far, at least one, in any order; duplicates do not matter.
 * The same spans give the same turn, whatever else was known when: assemble it anew when a late one comes.
 */
export function assembleTurn(records: readonly SpanRecord[]): AssembledTurn {
  const known = orderSteps(records);
  const { steps, root, entry, spanCount } = known;
  const ordered = inOrder(steps, entry, root);
  const chats = modelCalls(steps);
  const { messages, cameAt, before } = turnMessages(steps, entry);
  const { startedAt, durationMs } = timing(steps, root);
  const lastChat = messages.some(isAnswer) ? null : (chats.at(-1) ?? null);
  const error = errorOf(entry, root, lastChat);
  const name = (root ?? entry).arrived ? (root ?? entry).record.span.name : '';
  const traceId = entry.record.span.traceId;
  const channel = firstText(ordered, ['ai.channel']);
  const cost = sumOf(chats, ordered, COST_USD);
  const handoff =
    anyTrue(steps, 'ai.handoff') || steps.some((step) => step.operation === 'handoff');
  const guardrailBlocked = anyTrue(steps, 'ai.guardrail.blocked');
  const odd = oddOf(known, before, { messages, error, handoff, guardrailBlocked });
  const feedback = feedbackOf(steps);
  const speaker = speaks(steps, entry, chats);

  const turn: Turn = {
    traceId,
    ...(name === '' ? {} : { name }),
    startedAt,
    durationMs,
    messages,
    ...(messages.length === 0 ? {} : { messageTimes: timesIn(cameAt, startedAt, durationMs) }),
    live: liveOf(ordered, chats, root),
    ...(channel === null ? {} : { channel }),
    language: languageTold(firstText(ordered, ['ai.language'])),
    answerLanguage: languageTold(firstText(ordered, ['ai.answer.language'])),
    unsure: anyTrue(steps, 'ai.unsure'),
    handoff,
    error,
    guardrailBlocked,
    feedback: [...feedback.keys()],
    ...(feedback.size === 0
      ? {}
      : { feedbackTimes: [...feedback.values()].map((at) => Math.max(0, at - startedAt)) }),
    finishReason: finishReasonOf(chats, ordered, messages),
    inputTokens: sumOf(chats, ordered, INPUT_TOKENS).value,
    outputTokens: sumOf(chats, ordered, OUTPUT_TOKENS).value,
    costUsd: cost.value,
    ...(cost.part ? { costAtLeast: true } : {}),
    timeToFirstTokenMs: firstFigure([entry, ...[...chats].reverse()], FIRST_TOKEN_MS),
    spanCount,
    ...(odd === undefined ? {} : { odd }),
  };
  const names = messages.length > 0 ? [] : steps.map((step) => step.record.span.name);
  return {
    conversation: conversationOf(known) ?? traceId,
    service: speaker.record.service,
    environment: speaker.record.environment,
    turn,
    tools: toolUse(messages, steps),
    text: searchText(messages, [error ?? '', ...new Set(names)]),
  };
}

/** Model calls by time. A call that wraps another one (two libraries report the same) is left to the inner one. */
function modelCalls(steps: readonly Step[]): Step[] {
  const chats = steps.filter((step) => step.operation === 'chat');
  const parents = new Set(chats.map((step) => step.parentId));
  return chats.filter((step) => !parents.has(step.id));
}

/** The root's time; while it is missing, from the first beginning to the last end of what is here. */
function timing(steps: readonly Step[], root: Step | null) {
  if (root !== null) return { startedAt: root.startedAt, durationMs: root.record.span.durationMs };
  const answering = steps.filter((step) => !isFeedback(step));
  const counted = answering.length > 0 ? answering : steps;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const step of counted) {
    from = Math.min(from, step.startedAt);
    to = Math.max(to, step.endedAt);
  }
  return { startedAt: from, durationMs: Math.max(0, to - from) };
}

/** Whole milliseconds. Clocks that disagree put a step outside of its turn: when its message came is not known. */
function timesIn(cameAt: readonly (number | null)[], startedAt: number, durationMs: number) {
  return cameAt.map((at) => {
    const ms = at === null ? null : at - startedAt;
    if (ms === null || ms < -IN_STEP_MS || ms > durationMs + IN_STEP_MS) return null;
    return Math.round(Math.min(Math.max(0, ms), durationMs));
  });
}

/** Whose turn it is: a trace may begin in a gateway that has no part in the answer. */
function speaks(steps: readonly Step[], entry: Step, chats: readonly Step[]): Step {
  if (entry.operation === 'turn') return entry;
  return chats[0] ?? steps.find((step) => step.operation !== 'other') ?? entry;
}

function isAnswer(message: Turn['messages'][number]): boolean {
  return message.role === 'assistant' && message.parts.some((part) => part.type === 'text');
}
