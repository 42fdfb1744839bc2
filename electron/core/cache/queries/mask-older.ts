/** What was stored before it was masked, or by other settings, is masked in pieces while the console runs. */
import type { WriteDb } from '#core/cache/db.ts';
import type { ReplaySample } from '#shared/model/replay.ts';
import { maskStored } from './commit-turns.ts';
import { decode } from './json.ts';
import { OFF, settleMasking } from './masked-by.ts';
import { saveReplaySamples } from './save-replays.ts';

/** Conversations in one transaction. */
const AT_ONCE = 10;

/** One piece. Call again while `more`. */
export function maskOlder(
  db: WriteDb,
  _args: Record<string, never>,
): { conversations: number; more: boolean } {
  const { settings, older, rewrite } = settleMasking(db);
  if (older === 0 || settings === OFF) return { conversations: 0, more: false };
  const keys = db.column<number>(
    'SELECT key FROM conversations WHERE key <= ? ORDER BY key DESC LIMIT ?',
    older,
    AT_ONCE,
  );
  maskStored(db, keys);
  for (const key of keys) maskSamples(db, key);
  const next = keys.length < AT_ONCE ? 0 : Math.max(0, Math.min(...keys) - 1);
  db.run('UPDATE masked_by SET older = ?', next);
  if (next === 0 && rewrite === 1) {
    db.run('UPDATE masked_by SET rewrite = 0');
    db.holdsOld = 'in the file';
  }
  return { conversations: keys.length, more: next > 0 };
}

function maskSamples(db: WriteDb, conversation: number): void {
  const cases = db.all<{ id: string; number: number }>(
    'SELECT replay AS id, number FROM replay_cases WHERE conversation = ?',
    conversation,
  );
  for (const { id, number } of cases) {
    const bodies = db.column<string>(
      'SELECT body FROM replay_samples WHERE replay = ? AND number = ?',
      id,
      number,
    );
    const samples = bodies.map((body) => decode<ReplaySample>(body));
    saveReplaySamples(db, { id, number, samples });
  }
}
