import type { ReadDb } from '#core/cache/db.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { type ConversationRow, SUMMARY_COLUMNS, toSummary, turnRange } from './conversation-row.ts';
import { decode } from './json.ts';

export interface StoredConversation {
  summary: ConversationSummary;
  /** Who is known in it: hashes of words → kind. */
  people: Record<string, string>;
  /** Of each turn, in the order of their start, the records of its spans as JSON, by their start. */
  turns: string[][];
  /** False: there are more turns, which would not fit. */
  whole: boolean;
}

const RECORDS = 'SELECT record FROM spans WHERE turn = ? ORDER BY started_at, span_id';

/** What a conversation was made of, up to so many characters; whole turns only. Null when it is not cached. */
export function readShared(
  db: ReadDb,
  args: { key: number; chars: number },
): StoredConversation | null {
  const row = db.get<ConversationRow & { people: string }>(
    `SELECT ${SUMMARY_COLUMNS}, people FROM conversations WHERE key = ?`,
    args.key,
  );
  if (!row) return null;
  const { from, to } = turnRange(args.key);
  const turns: string[][] = [];
  let chars = 0;
  let whole = true;
  const ids = db.column<number>(
    'SELECT id FROM turns WHERE id >= ? AND id < ? ORDER BY started_at, trace_id',
    from,
    to,
  );
  for (const id of ids) {
    const records: string[] = [];
    for (const record of db.walk<string>(RECORDS, id)) {
      chars += record.length;
      if (chars > args.chars) break;
      records.push(record);
    }
    if (chars > args.chars) {
      whole = false;
      break;
    }
    turns.push(records);
  }
  return { summary: toSummary(row), people: decode(row.people), turns, whole };
}
