import type { ReadDb } from '#core/cache/db.ts';
import type { Alert, Silence } from '#shared/model/alert.ts';
import { decode } from './json.ts';
import type { AlertArgs } from './types.ts';

/** Newest first. */
export function listAlerts(db: ReadDb, args: AlertArgs): Alert[] {
  const rows = db.column<string>(
    `SELECT body FROM alerts
     WHERE state IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR environment = ?2)
     ORDER BY started_at DESC LIMIT 1000`,
    JSON.stringify(args.states),
    args.environment,
  );
  return rows.map(decode<Alert>);
}

export function listSilences(db: ReadDb, _args: Record<string, never>): Silence[] {
  return db.column<string>('SELECT body FROM silences ORDER BY source, id').map(decode<Silence>);
}
