import type { ReadDb } from '#core/cache/db.ts';
import type { Flag, FlagEvent } from '#shared/model/flag.ts';
import { decode } from './json.ts';
import type { FlagEventArgs } from './types.ts';

export function listFlags(db: ReadDb, args: { environment: string }): Flag[] {
  return db
    .column<string>('SELECT body FROM flags WHERE environment = ? ORDER BY key', args.environment)
    .map(decode<Flag>);
}

export function readFlag(
  db: ReadDb,
  args: { source: string; key: string; environment: string },
): Flag | null {
  const body = db.value<string>(
    'SELECT body FROM flags WHERE environment = ? AND key = ? AND source = ?',
    args.environment,
    args.key,
    args.source,
  );
  return body === undefined ? null : decode<Flag>(body);
}

/** Newest first. */
export function listFlagEvents(db: ReadDb, args: FlagEventArgs): FlagEvent[] {
  const byFlag = args.key === null ? '' : 'AND key = ?4';
  const rows = db.column<string>(
    `SELECT body FROM flag_events
     WHERE environment = ?1 AND (?2 IS NULL OR source = ?2) ${byFlag}
     ORDER BY at DESC LIMIT ?3`,
    args.environment,
    args.source,
    args.limit,
    ...(args.key === null ? [] : [args.key]),
  );
  return rows.map(decode<FlagEvent>);
}

export function readFlagEvent(db: ReadDb, args: { id: string }): FlagEvent | null {
  const body = db.value<string>('SELECT body FROM flag_events WHERE id = ? LIMIT 1', args.id);
  return body === undefined ? null : decode<FlagEvent>(body);
}
