import type { ReadDb } from '#core/cache/db.ts';
import {
  type ConversationRow,
  conversationOfTurn,
  SUMMARY_COLUMNS,
  toSummary,
  turnNumber,
} from './conversation-row.ts';
import { storable } from './json.ts';
import type { FailingResult, FoundConversation } from './types.ts';

const EXACT = `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE id = ? ORDER BY service, environment LIMIT ?`;
const BY_KEY = `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE key = ?`;
const BY_PREFIX = `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`;
const TRACE = /^[0-9a-f]{32}$/;
/** As the contract says. */
const SHORTEST_PREFIX = 4;

/**
 * Exact matches first, then the turns whose trace has one of the ids, then what begins with one of them. Only the indexes on the
 * ids of conversations and of traces are walked.
 */
export function findConversations(
  db: ReadDb,
  args: { ids: string[]; limit: number },
): FoundConversation[] {
  const found = new Map<number, FoundConversation>();
  const take = (rows: ConversationRow[], hitTurn: (row: ConversationRow) => number | null) => {
    for (const row of rows) {
      if (found.size >= args.limit || found.has(row.key)) continue;
      found.set(row.key, { ...toSummary(row), hitTurn: hitTurn(row) });
    }
  };
  const ids = args.ids.map(storable).filter((id) => id !== '');
  for (const id of ids) take(db.all<ConversationRow>(EXACT, id, args.limit), () => null);
  for (const id of ids) {
    if (!TRACE.test(id)) continue;
    const turn = db.value<number>('SELECT id FROM turns WHERE trace_id = ?', id);
    if (turn === undefined) continue;
    take(db.all<ConversationRow>(BY_KEY, conversationOfTurn(turn)), () => turnNumber(db, turn));
  }
  for (const id of ids) {
    if (found.size >= args.limit) break;
    // Of words of running text some IDs begin with one: "no", "a".
    if (id.length < SHORTEST_PREFIX) continue;
    // U+10FFFF sorts after all that can follow the prefix.
    take(db.all<ConversationRow>(BY_PREFIX, id, `${id}\u{10FFFF}`, args.limit), () => null);
  }
  return [...found.values()];
}

/** What failed since a moment, newest first; counted by the version of the last turn. */
export function failingConversations(
  db: ReadDb,
  args: { environment: string; service: string | null; since: number; limit: number },
): FailingResult {
  const where = `failures <> 0 AND environment = ?1 AND ended_at >= ?2
    ${args.service === null ? '' : 'AND service = ?3'}`;
  const params = [
    args.environment,
    args.since,
    ...(args.service === null ? [] : [args.service]),
  ] as const;
  const counts = db.all<{ version: string; count: number }>(
    `SELECT version, count(*) AS count FROM conversations WHERE ${where} GROUP BY version`,
    ...params,
  );
  const rows = db.all<ConversationRow>(
    `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE ${where}
     ORDER BY ended_at DESC LIMIT ${Math.trunc(args.limit)}`,
    ...params,
  );
  return {
    rows: rows.map(toSummary),
    total: counts.reduce((sum, one) => sum + one.count, 0),
    byVersion: Object.fromEntries(counts.map((one) => [one.version, one.count])),
  };
}
