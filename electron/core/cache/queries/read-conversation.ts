import type { ReadDb, WriteDb } from '#core/cache/db.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Conversation, ConversationSummary } from '#shared/model/conversation.ts';
import {
  type ConversationRow,
  revisionOf,
  SUMMARY_COLUMNS,
  toSummary,
  turnRange,
} from './conversation-row.ts';
import { FacetWriter } from './facet-writer.ts';
import { storable } from './json.ts';
import { decodeTurn, type TurnRow } from './turn-row.ts';
import type { ReadConversationArgs, ReadConversationResult } from './types.ts';

function withTurns(
  db: ReadDb,
  summary: ConversationSummary,
  firstTurn: number,
  maxTurns: number,
): Conversation {
  const { from, to } = turnRange(summary.key);
  const rows = db.all<TurnRow>(
    `SELECT t.facts, t.messages, c.live
     FROM (SELECT id, started_at FROM turns WHERE id >= ?1 AND id < ?2
           ORDER BY started_at, id LIMIT ?3 OFFSET ?4) w
     JOIN turns t ON t.id = w.id JOIN combinations c ON c.id = t.combination
     ORDER BY w.started_at, w.id`,
    from,
    to,
    maxTurns,
    firstTurn,
  );
  return {
    summary,
    turns: rows.map(decodeTurn),
    truncated: firstTurn > 0 || firstTurn + rows.length < summary.turns,
  };
}

/**
 * A window on the turns of a conversation, by their start. When several services share the id and none is
 * told, the one that spoke last, of those from sources before those that were imported; the rest are `others`.
 */
export function readConversation(
  db: ReadDb,
  args: ReadConversationArgs,
): ReadConversationResult | null {
  const all = db
    .all<ConversationRow>(
      `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE id = ? ORDER BY imported IS NOT NULL, ended_at DESC`,
      storable(args.id),
    )
    .map(toSummary);
  const chosen = all.find(
    (one) =>
      (args.service === null || one.service === args.service) &&
      (args.environment === null || one.environment === args.environment),
  );
  if (!chosen) return null;
  const { from, to } = turnRange(chosen.key);
  return {
    conversation: withTurns(db, chosen, args.firstTurn, args.maxTurns),
    revision: revisionOf(db, from, to).revision,
    others: all.filter((one) => one !== chosen),
  };
}

/** All of a conversation, or a window on its turns. */
export function readConversationByKey(
  db: ReadDb,
  args: { key: number; firstTurn?: number; maxTurns?: number },
): Conversation | null {
  const row = db.get<ConversationRow>(
    `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE key = ?`,
    args.key,
  );
  return row
    ? withTurns(db, toSummary(row), args.firstTurn ?? 0, args.maxTurns ?? 1_000_000)
    : null;
}

/** A pinned conversation is never pruned. */
export function pinConversation(
  db: WriteDb,
  args: { key: number; pinned: boolean },
): { pinned: boolean } {
  const { changes } = db.run(
    'UPDATE conversations SET pinned = ? WHERE key = ?',
    args.pinned ? 1 : 0,
    args.key,
  );
  if (changes === 0)
    throw new NightdeskError('not_found', 'This conversation is not in the cache.');
  const facets = new FacetWriter(db);
  facets.pin(args.key, args.pinned);
  facets.flush();
  return { pinned: args.pinned };
}
