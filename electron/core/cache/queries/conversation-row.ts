/** How a conversation lies in its row, and comes back out of it. */
import { type ConversationSummary, Failure, Feedback } from '#shared/model/conversation.ts';
import { decode } from './json.ts';

/** A turn's id is the key of its conversation × 2^20 + the number of its arrival: 2^53 holds both exactly. */
export const TURNS_PER_CONVERSATION = 2 ** 20;

export function conversationOfTurn(turn: number): number {
  return Math.floor(turn / TURNS_PER_CONVERSATION);
}

/** The ids that the turns of a conversation can have: `from` ≤ id < `to`. */
export function turnRange(key: number): { from: number; to: number } {
  return { from: key * TURNS_PER_CONVERSATION, to: (key + 1) * TURNS_PER_CONVERSATION };
}

/** One bit per word, in the order the model lists them: new words may only be added at its end. */
function bits(all: readonly string[], some: readonly string[]): number {
  return some.reduce((sum, word) => sum | (1 << all.indexOf(word)), 0);
}

export const failureBits = (failures: readonly Failure[]): number =>
  bits(Failure.options, failures);
export const feedbackBits = (feedback: readonly Feedback[]): number =>
  bits(Feedback.options, feedback);

export interface ConversationRow {
  key: number;
  pinned: number;
  /** All of the summary but the two above. */
  summary: string;
}

export const SUMMARY_COLUMNS = 'key, pinned, summary';

export function toSummary(row: ConversationRow): ConversationSummary {
  const summary = decode<Omit<ConversationSummary, 'key' | 'pinned'>>(row.summary);
  return { ...summary, key: row.key, pinned: row.pinned === 1 };
}
