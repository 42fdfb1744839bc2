import type { ReadDb } from '#core/cache/db.ts';
import type { Change } from '#shared/model/change.ts';
import { decode } from './json.ts';
import type { ChangeArgs } from './types.ts';

/** Newest first. A change without a service or an environment concerns all of them. */
export function listChanges(db: ReadDb, args: ChangeArgs): Change[] {
  const rows = db.column<string>(
    `SELECT body FROM changes
     WHERE environment IN (?1, '') AND at >= ?2 AND at < ?3 AND (?4 IS NULL OR service IN (?4, ''))
     ORDER BY at DESC LIMIT ?5`,
    args.environment,
    args.from,
    args.to,
    args.service,
    args.limit,
  );
  return rows.map(decode<Change>);
}
