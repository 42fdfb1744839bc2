/** How a conversation lies in its row, and comes back out of it. */
import type { ReadDb } from '#core/cache/db.ts';
import type {
  ConversationSummary,
  Failure,
  Feedback,
  Imported,
} from '#shared/model/conversation.ts';
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

/** The place of a turn in its conversation, from 0 on, in the order in which it is read. All turns before it are looked at. */
export function turnNumber(db: ReadDb, turn: number): number {
  const { from, to } = turnRange(conversationOfTurn(turn));
  const before = db.value<number>(
    `SELECT count(*) FROM turns WHERE id >= ? AND id < ?
       AND (started_at, id) < (SELECT started_at, id FROM turns WHERE id = ?)`,
    from,
    to,
    turn,
  );
  return before ?? 0;
}

/**
 * Of the turns with `from` ≤ id < `to`: changes whenever anything of them does, because a span that is written, again too, gets
 * the highest key. Read from the index alone.
 */
export function revisionOf(
  db: ReadDb,
  from: number,
  to: number,
): { revision: string; spans: number } {
  const held = db.get<{ spans: number; last: number | null }>(
    'SELECT count(*) AS spans, max(key) AS last FROM spans WHERE turn >= ? AND turn < ?',
    from,
    to,
  );
  return { revision: `${held?.spans}-${held?.last}`, spans: held?.spans ?? 0 };
}

/** One bit a word. They are stored: a bit is never given to another word. */
const FAILURE_BITS: Readonly<Record<Failure, number>> = {
  error: 1,
  unsure: 2,
  thumbs_down: 4,
  handoff: 8,
  slow: 16,
  guardrail: 32,
  language_switched: 64,
};
const FEEDBACK_BITS: Readonly<Record<Feedback, number>> = {
  thumbs_up: 1,
  thumbs_down: 2,
  regenerate: 4,
  ticket: 8,
};

export function failureBits(failures: readonly Failure[]): number {
  return failures.reduce((sum, one) => sum | FAILURE_BITS[one], 0);
}

export function feedbackBits(feedback: readonly Feedback[]): number {
  return feedback.reduce((sum, one) => sum | FEEDBACK_BITS[one], 0);
}

export interface ConversationRow {
  key: number;
  pinned: number;
  /** `Imported` as JSON; null = from a source of this console. */
  imported: string | null;
  /** All of the summary but the three above. */
  summary: string;
}

export const SUMMARY_COLUMNS = 'key, pinned, imported, summary';

export function toSummary(row: ConversationRow): ConversationSummary {
  const summary = decode<Omit<ConversationSummary, 'key' | 'pinned' | 'imported'>>(row.summary);
  return {
    ...summary,
    key: row.key,
    pinned: row.pinned === 1,
    ...(row.imported === null ? {} : { imported: decode<Imported>(row.imported) }),
  };
}
