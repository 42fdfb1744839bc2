/** Opens one database file, ready for use. Runs on a worker. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { NightdeskError } from '#shared/errors/index.ts';
import { isPassing, storageError, storageProblem } from './errors.ts';
import { headOf, JournalFile } from './journal/file.ts';
import { ANCHORED_SINCE } from './journal/schema.ts';
import { migrate } from './migrate.ts';
import { cacheMigrations, journalMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { setAsideSuffix } from './set-aside.ts';

/** A file that could not be used, kept under another name. */
export interface SetAside {
  path: string;
  why: string;
}

export interface OpenedFile {
  db: Database.Database;
  setAside: SetAside | null;
}

/** The writer's connection to cache.db. A file that cannot be used is set aside and a new one begun. */
export function openCacheFile(
  path: string,
  now: number,
  maxPages: number | null,
  migrations: readonly Migration[] = cacheMigrations,
): OpenedFile {
  const prepare = () => openWith(path, migrations, (db) => prepareCache(db, maxPages));
  try {
    if (!existsSync(damageMark(path))) return { db: prepare(), setAside: null };
    return { setAside: setAside(path, now, 'it was found damaged while in use'), db: prepare() };
  } catch (error) {
    if (!isUnusable(error)) throw storageError(error, basename(path), true);
    const why = error instanceof Error ? error.message : String(error);
    const aside = setAside(path, now, why);
    return { db: prepare(), setAside: aside };
  }
}

/** A connection that only reads, to a file that its writer must have opened. */
export function openReadOnly(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  db.pragma('cache_size = -16000');
  db.pragma('temp_store = MEMORY');
  return db;
}

/** journal.db cannot be rebuilt: when it cannot be used, a person must know, and nothing is touched. */
export function openJournalFile(path: string, now: number): JournalFile {
  try {
    let applied = 0;
    const db = openWith(path, journalMigrations, prepareJournal, (count) => {
      applied = count;
    });
    // Made by a version that did not keep the head outside the database: it is kept from now on.
    const before = journalMigrations.length - applied;
    const fromBeforeAnchors = before < ANCHORED_SINCE && headOf(db).seq > 0;
    return new JournalFile(db, path, { now, fromBeforeAnchors });
  } catch (error) {
    const known = storageError(error, basename(path), true);
    const why = known instanceof Error ? known.message : String(known);
    const restore = isPassing(error)
      ? ''
      : ' Restore journal.db from a copy, or move it away yourself to begin a new journal.';
    throw new NightdeskError(
      known instanceof NightdeskError ? known.code : 'storage_failed',
      `The journal cannot be opened, so no action could be recorded: ${why}${restore}`,
      { detail: { file: basename(path) }, cause: error },
    );
  }
}

function openWith(
  path: string,
  migrations: readonly Migration[],
  prepare: (db: Database.Database) => void,
  migrated: (count: number) => void = () => undefined,
): Database.Database {
  const db = new Database(path);
  try {
    prepare(db);
    migrated(migrate(db, basename(path), migrations));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareJournal(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  // Durable when a call has returned, even if the power goes.
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -2000');
}

function prepareCache(db: Database.Database, maxPages: number | null): void {
  // Before the first table: what pruning frees can then be given back to the disk.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -16000');
  // What is replaced or deleted is written over where that costs no further page: a name may become known late.
  db.pragma('secure_delete = FAST');
  // 16 MB between checkpoints: with the default of 4, they would take a third of a bulk import.
  db.pragma('wal_autocheckpoint = 4000');
  db.pragma('journal_size_limit = 67108864');
  db.pragma('temp_store = MEMORY');
  if (maxPages !== null) db.pragma(`max_page_count = ${maxPages}`);
}

function isUnusable(error: unknown): boolean {
  return (
    storageProblem(error) === 'damaged' ||
    (error instanceof NightdeskError && error.code === 'storage_failed')
  );
}

function damageMark(path: string): string {
  return `${path}.damaged`;
}

/** Remembers for the next start that the file was found damaged. Never throws: it may be the disk. */
export function markDamaged(path: string): void {
  try {
    writeFileSync(damageMark(path), '');
  } catch {
    // The next query will find it again.
  }
}

/** Renames the file and what belongs to it. Nothing is deleted. */
function setAside(path: string, now: number, why: string): SetAside {
  const suffix = setAsideSuffix(now);
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(path + part)) renameSync(path + part, path + suffix + part);
  }
  rmSync(damageMark(path), { force: true });
  return { path: path + suffix, why };
}
