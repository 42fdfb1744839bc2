import type Database from 'better-sqlite3';
import { setApart } from '#shared/util/unspaced.ts';

/**
 * Indexes what an older version stored in scripts without spaces once more. Upwards: FTS5 flushes its index whenever a row comes
 * before the last one.
 */
export function indexUnspaced(db: Database.Database): void {
  const after = db.prepare<[number], { id: number; text: string }>(
    'SELECT id, text FROM turns WHERE id > ? ORDER BY id LIMIT 1000',
  );
  const remove = db.prepare(
    "INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', ?, ?)",
  );
  const insert = db.prepare('INSERT INTO turns_fts (rowid, text) VALUES (?, ?)');
  const update = db.prepare('UPDATE turns SET text = ? WHERE id = ?');
  let last = -1;
  for (;;) {
    const rows = after.all(last);
    for (const { id, text } of rows) {
      last = id;
      const apart = setApart(text);
      if (apart === text) continue;
      remove.run(id, text);
      update.run(apart, id);
      insert.run(id, apart);
    }
    if (rows.length === 0) return;
  }
}
