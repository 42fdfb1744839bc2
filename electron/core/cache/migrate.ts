import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { NightdeskError } from '#shared/errors/index.ts';
import { isPassing } from './errors.ts';
import type { Migration } from './migrations/migration.ts';

interface AppliedRow {
  number: number;
  name: string;
  hash: string;
}

function hashOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * Brings a file to the newest schema: each migration in a transaction of its own, remembered with its hash.
 * Throws `storage_failed`, and leaves the file as it was, when a migration fails on it, when one that was applied
 * reads otherwise now, or when the file comes from a newer version. What has nothing to do with the file (no room, in
 * use, an error of the disk) is thrown as it is, and leaves it as it was too.
 * @returns how many migrations were applied
 */
export function migrate(
  db: Database.Database,
  file: string,
  migrations: readonly Migration[],
): number {
  db.exec(`CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT`);
  const applied = new Map(
    db
      .prepare<[], AppliedRow>('SELECT number, name, hash FROM migrations')
      .all()
      .map((row) => [row.number, row]),
  );
  const newest = migrations.at(-1)?.number ?? 0;
  for (const row of applied.values()) {
    if (row.number > newest) {
      throw failed(
        file,
        `it was written by a newer version of Nightdesk (step ${row.number}, ${row.name})`,
      );
    }
  }
  let count = 0;
  for (const migration of migrations) {
    const { number, name, sql } = migration;
    const hash = hashOf(sql);
    const known = applied.get(number);
    if (known) {
      if (known.hash === hash) continue;
      throw failed(file, `step ${number} (${name}) is not the one this file was made with`);
    }
    try {
      db.transaction(() => {
        db.exec(sql);
        migration.fill?.(db);
        db.prepare('INSERT INTO migrations (number, name, hash) VALUES (?, ?, ?)').run(
          number,
          name,
          hash,
        );
      }).immediate();
    } catch (error) {
      if (isPassing(error)) throw error;
      throw failed(file, `step ${number} (${name}) failed: ${String(error)}`, error);
    }
    count++;
  }
  return count;
}

function failed(file: string, why: string, cause?: unknown): NightdeskError {
  return new NightdeskError('storage_failed', `${file} cannot be used: ${why}.`, {
    detail: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}
