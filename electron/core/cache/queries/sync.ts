import type { CacheSettings, ReadDb, WriteDb } from '#core/cache/db.ts';
import { decode } from './json.ts';
import { settleMasking } from './masked-by.ts';
import type { SyncState } from './types.ts';

interface SyncRow extends Omit<SyncState, 'error'> {
  error: string | null;
}

export function readSyncStates(db: ReadDb, _args: Record<string, never>): SyncState[] {
  const rows = db.all<SyncRow>(
    `SELECT source, cursor, last_success_at AS lastSuccessAt, last_attempt_at AS lastAttemptAt,
            failures, error
     FROM sync_state ORDER BY source`,
  );
  return rows.map((row) => ({
    ...row,
    error: row.error === null ? null : decode<SyncState['error']>(row.error),
  }));
}

/** A cursor of null leaves the one that the last batch committed. */
export function saveSyncState(db: WriteDb, args: SyncState): void {
  db.run(
    `INSERT INTO sync_state (source, cursor, last_success_at, last_attempt_at, failures, error)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET cursor = coalesce(excluded.cursor, cursor),
       last_success_at = excluded.last_success_at, last_attempt_at = excluded.last_attempt_at,
       failures = excluded.failures, error = excluded.error`,
    args.source,
    args.cursor,
    args.lastSuccessAt,
    args.lastAttemptAt,
    args.failures,
    args.error === null ? null : JSON.stringify(args.error),
  );
}

/** From now on; what was derived before stays as it is, and what was masked by other settings is masked again (`maskOlder`). */
export function configure(db: WriteDb, args: CacheSettings): void {
  db.settings = args;
  settleMasking(db);
}

/** Bytes of the file that hold something. */
export function cacheSize(db: ReadDb, _args: Record<string, never>): { bytes: number } {
  const pages = db.pragma('page_count') - db.pragma('freelist_count');
  return { bytes: pages * db.pragma('page_size') };
}

/**
 * Forgets what a source says is now (flags, silences, runbooks, open alerts) and where it was read to.
 * What has been seen (samples, conversations, history) stays until its retention ends: it may be
 * the evidence of an incident.
 */
export function removeSource(db: WriteDb, args: { source: string }): void {
  for (const table of ['flags', 'silences', 'runbooks', 'sync_state']) {
    db.run(`DELETE FROM ${table} WHERE source = ?`, args.source);
  }
  db.run(
    `UPDATE alerts SET state = 'resolved', ended_at = ?2,
       body = json_set(body, '$.state', 'resolved', '$.endedAt', ?2)
     WHERE source = ?1 AND state <> 'resolved'`,
    args.source,
    db.now,
  );
}
