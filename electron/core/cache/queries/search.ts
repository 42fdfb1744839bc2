import type { Bindable, ReadDb } from '#core/cache/db.ts';
import type { ConversationFilter } from '#shared/contract/conversations.ts';
import {
  type ConversationRow,
  conversationOfTurn,
  failureBits,
  feedbackBits,
  SUMMARY_COLUMNS,
  toSummary,
} from './conversation-row.ts';
import { matchExpression } from './match-expression.ts';
import type { ConversationSort, SearchArgs, SearchResult } from './types.ts';

/** Counting stops here where the count can be read from an index alone, and here where it cannot. */
const COUNT_BY_INDEX = 100_000;
const COUNT_BY_ROW = 10_000;
/** How many matching conversations a text search collects before it sorts them. */
const CANDIDATES = 500;
/** How many hits it looks at, at most, when a filter lets few of them through. */
const HITS = 400_000;
const CHUNK = 1000;

const ORDER: Record<ConversationSort, string> = {
  newest: 'ended_at DESC, key DESC',
  oldest: 'ended_at, key',
  slowest: 'slowest_ms DESC, key DESC',
  costliest: 'cost_usd DESC, key DESC',
};

interface Where {
  sql: string;
  params: Bindable[];
  /** The index on (environment, ended_at) holds all it asks for. */
  byIndex: boolean;
}

function conditions(filter: ConversationFilter): Where {
  const parts: string[] = [];
  const params: Bindable[] = [];
  const add = (sql: string, ...values: Bindable[]) => {
    parts.push(sql);
    params.push(...values);
  };
  if (filter.environment !== undefined) add('environment = ?', filter.environment);
  if (filter.from !== undefined) add('ended_at >= ?', filter.from);
  if (filter.to !== undefined) add('ended_at < ?', filter.to);
  const byIndex = filter.environment !== undefined;
  const indexed = parts.length;
  const among = (column: string, list: readonly string[] | undefined) => {
    if (list && list.length > 0) {
      add(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(list));
    }
  };
  among('service', filter.services);
  among('language', filter.languages);
  if (filter.versions && filter.versions.length > 0) {
    add(
      `EXISTS (SELECT 1 FROM json_each(summary, '$.versions') v
               WHERE v.value IN (SELECT value FROM json_each(?)))`,
      JSON.stringify(filter.versions),
    );
  }
  if (filter.failing !== undefined) add(filter.failing ? 'failures <> 0' : 'failures = 0');
  if (filter.failures && filter.failures.length > 0) {
    // The first part names the partial index.
    add('failures <> 0 AND failures & ? <> 0', failureBits(filter.failures));
  }
  if (filter.feedback && filter.feedback.length > 0) {
    add('feedback & ? <> 0', feedbackBits(filter.feedback));
  }
  if (filter.minDurationMs !== undefined) add('slowest_ms >= ?', filter.minDurationMs);
  if (filter.minCostUsd !== undefined) add('cost_usd >= ?', filter.minCostUsd);
  if (filter.pinned !== undefined) add(`pinned = ${filter.pinned ? 1 : 0}`);
  return {
    sql: parts.length === 0 ? '1' : parts.join(' AND '),
    params,
    byIndex: byIndex && parts.length === indexed,
  };
}

/**
 * Conversations by words and filter. `minDurationMs` and `slowest` look at the slowest turn.
 *
 * With words, the hits are walked from the newest arrival back (`oldest`: from the first on) until enough
 * conversations pass the filter; only these are sorted. So a common word costs no more than a rare one, and
 * `totalIs` is `atLeast` when there was more to walk: the order is then that of the ones looked at.
 */
export function searchConversations(db: ReadDb, args: SearchArgs): SearchResult {
  const match = matchExpression(args.text);
  return match === null ? byFilter(db, args) : byText(db, args, match);
}

function byFilter(db: ReadDb, args: SearchArgs): SearchResult {
  const where = conditions(args.filter);
  const rows = db.all<ConversationRow>(
    `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE key IN (
       SELECT key FROM conversations WHERE ${where.sql} ORDER BY ${ORDER[args.sort]} LIMIT ? OFFSET ?
     ) ORDER BY ${ORDER[args.sort]}`,
    ...where.params,
    args.limit,
    args.offset,
  );
  const seen = args.offset + rows.length;
  if (rows.length > 0 && rows.length < args.limit) {
    return { rows: rows.map(withoutSnippet), total: seen, totalIs: 'exact' };
  }
  const cap = Math.max(where.byIndex ? COUNT_BY_INDEX : COUNT_BY_ROW, seen + args.limit);
  const total =
    db.value<number>(
      `SELECT count(*) FROM (SELECT 1 FROM conversations WHERE ${where.sql} LIMIT ?)`,
      ...where.params,
      cap,
    ) ?? 0;
  return {
    rows: rows.map(withoutSnippet),
    total,
    totalIs: total < cap ? 'exact' : 'atLeast',
  };
}

const withoutSnippet = (row: ConversationRow) => ({ ...toSummary(row), snippet: null });

interface Candidate {
  key: number;
  ended_at: number;
  slowest_ms: number;
  cost_usd: number;
}

const COMPARE: Record<ConversationSort, (a: Candidate, b: Candidate) => number> = {
  newest: (a, b) => b.ended_at - a.ended_at || b.key - a.key,
  oldest: (a, b) => a.ended_at - b.ended_at || a.key - b.key,
  slowest: (a, b) => b.slowest_ms - a.slowest_ms || b.key - a.key,
  costliest: (a, b) => b.cost_usd - a.cost_usd || b.key - a.key,
};

function byText(db: ReadDb, args: SearchArgs, match: string): SearchResult {
  const wanted = Math.max(CANDIDATES, args.offset + args.limit);
  const { candidates, hits, exhausted } = collect(db, args, match, wanted);
  candidates.sort(COMPARE[args.sort]);
  const page = candidates.slice(args.offset, args.offset + args.limit);
  const rows = page.flatMap(({ key }) => {
    const row = db.get<ConversationRow>(
      `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE key = ?`,
      key,
    );
    const hit = hits.get(key);
    const snippet =
      hit === undefined
        ? undefined
        : db.value<string>(
            `SELECT snippet(turns_fts, 0, '', '', '…', 24) FROM turns_fts
             WHERE turns_fts MATCH ? AND rowid = CAST(? AS INTEGER)`,
            match,
            hit,
          );
    return row ? [{ ...toSummary(row), snippet: snippet ?? null }] : [];
  });
  return { rows, total: candidates.length, totalIs: exhausted ? 'exact' : 'atLeast' };
}

/** Walks the hits until `wanted` conversations passed the filter. `hits`: conversation → its first hit. */
function collect(db: ReadDb, args: SearchArgs, match: string, wanted: number) {
  const where = conditions(args.filter);
  // CROSS JOIN: few keys at a time, each looked up; the planner would rather walk an index of the filter.
  const passing = `SELECT key, ended_at, slowest_ms, cost_usd
     FROM (SELECT value AS hit FROM json_each(?)) CROSS JOIN conversations ON key = hit
     WHERE ${where.sql}`;
  const direction = args.sort === 'oldest' ? 'ASC' : 'DESC';
  // The next chunk goes on behind the last hit of this one. Numbers beyond 32 bits are bound as REAL, and FTS5
  // leaves a comparison of rowid with a REAL out without a word: hence the casts.
  const after = `rowid ${direction === 'ASC' ? '>' : '<'} CAST(? AS INTEGER)`;
  const walk = `SELECT rowid FROM turns_fts WHERE turns_fts MATCH ? AND ${after}
     ORDER BY rowid ${direction} LIMIT ${CHUNK}`;
  const candidates: Candidate[] = [];
  const hits = new Map<number, number>();
  let last = direction === 'ASC' ? -1 : Number.MAX_SAFE_INTEGER;
  let looked = 0;
  while (candidates.length < wanted && looked < HITS) {
    const turns = db.column<number>(walk, match, last);
    looked += turns.length;
    const fresh: number[] = [];
    for (const turn of turns) {
      const key = conversationOfTurn(turn);
      if (!hits.has(key)) {
        hits.set(key, turn);
        fresh.push(key);
      }
    }
    if (fresh.length > 0) {
      candidates.push(...db.all<Candidate>(passing, JSON.stringify(fresh), ...where.params));
    }
    if (turns.length < CHUNK) return { candidates, hits, exhausted: true };
    last = turns.at(-1) ?? last;
  }
  return { candidates, hits, exhausted: false };
}
