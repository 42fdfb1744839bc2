import type { ReadDb } from '#core/cache/db.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import { decode } from './json.ts';

export function listRunbooks(db: ReadDb, _args: Record<string, never>): Runbook[] {
  return db.column<string>('SELECT body FROM runbooks ORDER BY id').map(decode<Runbook>);
}

export function readRunbook(db: ReadDb, args: { id: string }): Runbook | null {
  const body = db.value<string>('SELECT body FROM runbooks WHERE id = ? LIMIT 1', args.id);
  return body === undefined ? null : decode<Runbook>(body);
}
