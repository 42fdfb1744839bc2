/** Conversations by their keys: what they are sorted by, and their summaries. */
import type { ReadDb } from '#core/cache/db.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { ConversationSort } from '#shared/model/conversation-filter.ts';
import { type ConversationRow, SUMMARY_COLUMNS, toSummary } from './conversation-row.ts';
import type { Passing } from './filter-sets.ts';

/** What a conversation is sorted by. */
export interface Candidate {
  key: number;
  ended_at: number;
  slowest_ms: number;
  /** Null = not told. */
  cost_usd: number | null;
}

export const COMPARE: Record<ConversationSort, (a: Candidate, b: Candidate) => number> = {
  newest: (a, b) => b.ended_at - a.ended_at || b.key - a.key,
  oldest: (a, b) => a.ended_at - b.ended_at || a.key - b.key,
  slowest: (a, b) => b.slowest_ms - a.slowest_ms || b.key - a.key,
  // What was not told comes last, as SQLite has it too.
  costliest: (a, b) => (b.cost_usd ?? -1) - (a.cost_usd ?? -1) || b.key - a.key,
};

/** In the order of the keys; those that have gone meanwhile are left out. */
export function summaries(db: ReadDb, keys: readonly number[]): ConversationSummary[] {
  const rows = new Map(
    db
      .all<ConversationRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM (SELECT value AS hit FROM json_each(?))
         CROSS JOIN conversations ON key = hit`,
        JSON.stringify(keys),
      )
      .map((row) => [row.key, row]),
  );
  return keys.flatMap((key) => {
    const row = rows.get(key);
    return row ? [toSummary(row)] : [];
  });
}

/** Looks the keys up, and leaves out those that do not pass. */
export function candidates(
  db: ReadDb,
  keys: readonly number[],
  { sql, params }: Pick<Passing, 'sql' | 'params'>,
): Candidate[] {
  // CROSS JOIN: few keys at a time, each looked up; the planner would rather walk an index of the filter.
  return db.all<Candidate>(
    `SELECT key, ended_at, slowest_ms, cost_usd
     FROM (SELECT value AS hit FROM json_each(?)) CROSS JOIN conversations ON key = hit
     WHERE ${sql}`,
    JSON.stringify(keys),
    ...params,
  );
}
