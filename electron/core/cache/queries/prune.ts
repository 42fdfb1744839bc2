/** What is too old or too much goes, in pieces: a call takes a bounded time, so that batches get their turn. */
import type { WriteDb } from '#core/cache/db.ts';
import type { Topic } from '#shared/contract/index.ts';
import { bucketStart, HOUR, HOURS_3 } from './buckets.ts';
import { turnRange } from './conversation-row.ts';
import { FacetWriter, forgetFacets } from './facet-writer.ts';
import { removeOldReplays, removeReplayCases } from './save-replays.ts';
import type { PruneArgs, PruneResult } from './types.ts';

const CONVERSATIONS = 100;
const SAMPLES = 50_000;
/** Pages given back to the file system in one call. */
const PAGES = 2000;

type Piece = Pick<PruneResult, 'samples' | 'conversations' | 'records' | 'more'>;
const NOTHING: Piece = { samples: 0, conversations: 0, records: 0, more: false };

/**
 * One piece of what retention and the size cap ask for. Call again while `more`. Pinned conversations stay,
 * whatever their age and the cap; for the cap, what is oldest goes first.
 */
export function prune(db: WriteDb, args: PruneArgs): PruneResult {
  const pieces = [
    pruneConversations(db, args.now - args.conversations),
    pruneSamples(db, 'samples', args.now - args.raw),
    pruneSamples(db, 'samples_5m', args.now - args.fiveMinutes),
    pruneSamples(db, 'samples_1h', args.now - args.oneHour),
    pruneSamples(db, 'samples_3h', args.now - args.oneHour),
    pruneRecords(db, args.now - args.oneHour),
  ];
  if (usedBytes(db) > args.maxBytes) pieces.push(pruneOldest(db, args.now));
  if (db.pragma('freelist_count') > 0) db.vacuum(PAGES);
  const total = pieces.reduce((sum, piece) => ({
    samples: sum.samples + piece.samples,
    conversations: sum.conversations + piece.conversations,
    records: sum.records + piece.records,
    more: sum.more || piece.more,
  }));
  const topics: Topic[] = [];
  if (total.samples > 0) topics.push('signals');
  if (total.conversations > 0) topics.push('conversations');
  if (total.records > 0) topics.push('changes', 'flags', 'alerts');
  return { ...total, bytes: usedBytes(db), topics };
}

function usedBytes(db: WriteDb): number {
  return (db.pragma('page_count') - db.pragma('freelist_count')) * db.pragma('page_size');
}

function pruneConversations(db: WriteDb, before: number): Piece {
  const keys = db.column<number>(
    'SELECT key FROM conversations WHERE pinned = 0 AND ended_at < ? ORDER BY ended_at LIMIT ?',
    before,
    CONVERSATIONS,
  );
  const facets = new FacetWriter(db);
  for (const key of keys) {
    facets.remove(key);
    removeConversation(db, key);
  }
  facets.flush();
  if (keys.length > 0) forgetFacets(db);
  return { ...NOTHING, conversations: keys.length, more: keys.length === CONVERSATIONS };
}

function removeConversation(db: WriteDb, key: number): void {
  const { from, to } = turnRange(key);
  db.run(
    `INSERT INTO turns_fts (turns_fts, rowid, text)
     SELECT 'delete', id, text FROM turns WHERE id >= ? AND id < ?`,
    from,
    to,
  );
  db.run('DELETE FROM turns WHERE id >= ? AND id < ?', from, to);
  db.run('DELETE FROM spans WHERE turn >= ? AND turn < ?', from, to);
  removeReplayCases(db, key);
  db.run('DELETE FROM conversations WHERE key = ?', key);
}

const COMPLETE_FROM = {
  samples: 'raw_from',
  samples_5m: 'five_from',
  samples_1h: null,
  samples_3h: null,
} as const;

/** Ends where a bucket of every width ends, so that none is left with a part of its points. */
function pruneSamples(db: WriteDb, table: keyof typeof COMPLETE_FROM, before: number): Piece {
  const limit = bucketStart(before, HOURS_3);
  const complete = COMPLETE_FROM[table];
  let samples = 0;
  for (const series of db.column<number>('SELECT id FROM series')) {
    if (samples >= SAMPLES) return { ...NOTHING, samples, more: true };
    const oldest = db.value<number | null>(`SELECT min(ts) FROM ${table} WHERE series = ?`, series);
    if (typeof oldest !== 'number' || oldest >= limit) continue;
    const far = db.value<number>(
      `SELECT ts FROM ${table} WHERE series = ? ORDER BY ts LIMIT 1 OFFSET ?`,
      series,
      SAMPLES,
    );
    const piece = bucketStart(far ?? limit, HOURS_3);
    const end = Math.min(limit, Math.max(piece, bucketStart(oldest, HOURS_3) + HOURS_3));
    samples += db.run(`DELETE FROM ${table} WHERE series = ? AND ts < ?`, series, end).changes;
    if (complete) {
      db.run(`UPDATE series SET ${complete} = max(${complete}, ?) WHERE id = ?`, end, series);
    }
    if (end < limit) return { ...NOTHING, samples, more: true };
  }
  return { ...NOTHING, samples };
}

/** History as old as the oldest buckets. Few rows: all at once. */
function pruneRecords(db: WriteDb, before: number): Piece {
  const records =
    db.run('DELETE FROM changes WHERE at < ?', before).changes +
    db.run('DELETE FROM flag_events WHERE at < ?', before).changes +
    db.run("DELETE FROM alerts WHERE state = 'resolved' AND ended_at < ?", before).changes +
    removeOldReplays(db, before);
  return { ...NOTHING, records };
}

/** For the cap: the oldest conversations, or the oldest hours of raw points, whichever are older. */
function pruneOldest(db: WriteDb, now: number): Piece {
  const conversation = db.value<number | null>(
    'SELECT min(ended_at) FROM conversations WHERE pinned = 0',
  );
  const point = db.value<number | null>(
    'SELECT min((SELECT min(ts) FROM samples WHERE series = s.id)) FROM series s',
  );
  if (typeof point === 'number' && point < now - 4 * HOUR && point < (conversation ?? now)) {
    const piece = pruneSamples(db, 'samples', Math.min(now - HOUR, point + 9 * HOUR));
    return { ...piece, more: true };
  }
  if (typeof conversation !== 'number') return NOTHING;
  return { ...pruneConversations(db, Number.POSITIVE_INFINITY), more: true };
}
