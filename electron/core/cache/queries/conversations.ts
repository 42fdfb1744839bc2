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
const BY_TRACE = 'SELECT id FROM turns WHERE trace_id = ? LIMIT ?';
const BY_TRACE_PREFIX =
  'SELECT id FROM turns WHERE trace_id >= ? AND trace_id < ? ORDER BY trace_id LIMIT ?';
const TRACE = /^[0-9a-f]{32}$/;
/** What is shown of a trace ID where there is no room for all of it; shorter, a word may be one. */
const TRACE_PREFIX = /^[0-9a-f]{8,31}$/;
/** As the contract says. */
const SHORTEST_PREFIX = 4;

/**
 * Exact matches first, then the turns whose trace has one of the ids, then what begins with one of them: conversations, then traces. Only the indexes on the
 * ids of conversations and of traces are walked.
 */
export function findConversations(
  db: ReadDb,
  args: { ids: string[]; limit: number },
): FoundConversation[] {
  const found = new Map<number, FoundConversation>();
  const take = (rows: ConversationRow[], exact: boolean, turn: number | null = null) => {
    for (const row of rows) {
      if (found.size >= args.limit || found.has(row.key)) continue;
      const hitTurn = turn === null ? null : turnNumber(db, turn);
      found.set(row.key, { ...toSummary(row), hitTurn, exact });
    }
  };
  const takeTurns = (sql: string, exact: boolean, ...params: string[]) => {
    for (const { id } of db.all<{ id: number }>(sql, ...params, args.limit)) {
      take(db.all<ConversationRow>(BY_KEY, conversationOfTurn(id)), exact, id);
    }
  };
  const ids = args.ids.map(storable).filter((id) => id !== '');
  for (const id of ids) take(db.all<ConversationRow>(EXACT, id, args.limit), true);
  for (const id of ids) if (TRACE.test(id)) takeTurns(BY_TRACE, true, id);
  for (const id of ids) {
    if (found.size >= args.limit) break;
    // Of words of running text some IDs begin with one: "no", "a".
    if (id.length < SHORTEST_PREFIX) continue;
    // U+10FFFF sorts after all that can follow the prefix.
    const end = `${id}\u{10FFFF}`;
    take(db.all<ConversationRow>(BY_PREFIX, id, end, args.limit), false);
    if (TRACE_PREFIX.test(id)) takeTurns(BY_TRACE_PREFIX, false, id, end);
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
