/** What a conversation amounts to, from its turns. Pure; the order in which turns are given does not matter. */
import type {
  ConversationSummary,
  Failure,
  Feedback,
  Turn,
  TurnOdd,
} from '#shared/model/conversation.ts';
import { type Failings, failingsOf, failuresOf } from '#shared/util/failures.ts';
import { cutText } from '#shared/util/visible-text.ts';
import { NO_TOOLS, type ToolUse } from './tool-use.ts';

const TITLE_LENGTH = 200;

/** Everything of a summary that the turns tell; the rest is the cache's own knowledge. */
export type TurnsSummary = Omit<
  ConversationSummary,
  'key' | 'id' | 'service' | 'environment' | 'pinned'
>;

/**
 * What a summary needs of one turn, without its texts: a few hundred bytes of JSON, so that a
 * conversation of 10,000 turns is summed up again without reading its messages.
 */
export interface TurnFacts extends Failings {
  traceId: string;
  startedAt: number;
  /** The first thing the user said in this turn, cut at 200 characters; '' = nothing known. */
  said: string;
  /** Name of the root span; '' = not known. */
  name: string;
  version: string;
  channel?: string;
  language: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  costAtLeast?: true;
  odd?: TurnOdd;
  /** What the spans tell beside the turn: whoever has them sets it. */
  tools: ToolUse;
  /** Flag → variant as it was evaluated in this turn. */
  flags: Record<string, string>;
}

/** The part of a turn that its conversation's summary is made of. */
export function turnFacts(turn: Turn): TurnFacts {
  return {
    traceId: turn.traceId,
    startedAt: turn.startedAt,
    ...failingsOf(turn),
    said: firstWords(turn),
    name: turn.name ?? '',
    version: turn.live.version,
    ...(turn.channel === undefined ? {} : { channel: turn.channel }),
    language: turn.language,
    inputTokens: turn.inputTokens,
    outputTokens: turn.outputTokens,
    costUsd: turn.costUsd,
    ...(turn.costAtLeast ? { costAtLeast: true } : {}),
    ...(turn.odd === undefined ? {} : { odd: turn.odd }),
    tools: NO_TOOLS,
    flags: turn.live.flags,
  };
}

/** `slowTurnMs`: a turn that took longer counts as a failure. No turns give an empty summary at time 0. */
export function summariseFacts(facts: readonly TurnFacts[], slowTurnMs: number): TurnsSummary {
  const turns = [...facts].sort(
    (a, b) => a.startedAt - b.startedAt || (a.traceId < b.traceId ? -1 : 1),
  );
  const versions = new Set<string>();
  const failures = new Set<Failure>();
  const feedback = new Set<Feedback>();
  let version = '';
  let channel: string | undefined;
  let language: string | null = null;
  let said = '';
  let endedAt = turns[0]?.startedAt ?? 0;
  let unsure = 0;
  let slowestTurnMs = 0;
  for (const turn of turns) {
    if (turn.version !== '') {
      version = turn.version;
      versions.add(turn.version);
    }
    channel ??= turn.channel;
    language ??= turn.language;
    if (said === '') said = turn.said;
    endedAt = Math.max(endedAt, turn.startedAt + turn.durationMs);
    slowestTurnMs = Math.max(slowestTurnMs, turn.durationMs);
    if (turn.unsure) unsure++;
    for (const kind of turn.feedback) feedback.add(kind);
    for (const failure of failuresOf(turn, slowTurnMs)) failures.add(failure);
  }
  const costUsd = told(turns.map((turn) => turn.costUsd));
  const costAtLeast =
    costUsd !== null && turns.some((turn) => turn.costUsd === null || turn.costAtLeast);
  return {
    version,
    versions: [...versions],
    ...(channel === undefined ? {} : { channel }),
    language,
    startedAt: turns[0]?.startedAt ?? 0,
    endedAt,
    turns: turns.length,
    title: said || (turns.find((turn) => turn.name !== '')?.name ?? ''),
    failures: [...failures],
    unsure,
    feedback: [...feedback],
    slowestTurnMs,
    inputTokens: told(turns.map((turn) => turn.inputTokens)),
    outputTokens: told(turns.map((turn) => turn.outputTokens)),
    costUsd,
    ...(costAtLeast ? { costAtLeast } : {}),
  };
}

/** The sum of what was told; null where nothing was, which is not the same as 0. */
function told(figures: readonly (number | null)[]): number | null {
  return figures.reduce((sum, one) => (one === null ? sum : (sum ?? 0) + one), null);
}

function firstWords(turn: Turn): string {
  for (const message of turn.messages) {
    if (message.role !== 'user') continue;
    for (const part of message.parts) {
      if (part.type !== 'text') continue;
      const words = shorten(part.content, TITLE_LENGTH);
      if (words !== '') return words;
    }
  }
  return '';
}

/** One line of at most `length` characters; never cuts a character in two. */
function shorten(text: string, length: number): string {
  const line = text
    .slice(0, length * 4)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line.length <= length) return line;
  return `${cutText(line, length - 1)}…`;
}
