/** A real journal.db with its anchor in a folder of its own, and somebody who tampers with the files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { NewEntry } from '#core/cache/journal/entry.ts';
import { anchorPath, type JournalFile } from '#core/cache/journal/file.ts';
import { verifyJournal } from '#core/cache/journal/verify.ts';
import { openJournalFile, openReadOnly } from '#core/cache/open-file.ts';
import { auditCalls } from '#core/cache/queries/journal-audit.ts';
import type { JournalVerification } from '#shared/model/journal.ts';

export const NOW = 1_700_000_000_000;

export interface TestJournal {
  dir: string;
  path: string;
  anchorFile: string;
  file: JournalFile;
  /** Appends as the journal's thread does: the entry, then its anchor. */
  add(over?: Partial<NewEntry>): void;
  fill(count: number): void;
  /** Ends and starts again on the same files. `between`: what happens to them meanwhile. */
  restart(between?: () => void): void;
  /** As somebody with the file in hand would: on a connection of their own, past the triggers. */
  tamper(sql: string): void;
  verify(): JournalVerification;
  exportText(): string;
  close(): void;
}

export function entry(over: Partial<NewEntry> = {}): NewEntry {
  return {
    at: NOW,
    kind: 'intent',
    actor: 'mika',
    action: 'a-1',
    environment: 'production',
    summary: 'Roll back support-bot v42 → v41',
    data: { b: [1, null, 'x'], a: { z: 1, y: 2 } },
    ...over,
  };
}

export function testJournal(): TestJournal {
  const dir = mkdtempSync(join(tmpdir(), 'nightdesk-journal-'));
  const path = join(dir, 'journal.db');
  const anchorFile = anchorPath(path);
  const open = () => {
    const file = openJournalFile(path, NOW);
    file.settle(NOW);
    return file;
  };
  const journal: TestJournal = {
    dir,
    path,
    anchorFile,
    file: open(),
    add(over) {
      journal.file.append(entry(over));
      journal.file.settle(NOW);
    },
    fill(count) {
      for (let i = 0; i < count; i++) journal.add({ at: NOW + i, action: i % 2 ? 'a-1' : null });
    },
    restart(between = () => undefined) {
      journal.file.db.close();
      between();
      journal.file = open();
    },
    tamper(sql) {
      const db = new Database(path);
      db.exec('DROP TRIGGER IF EXISTS entries_stay; DROP TRIGGER IF EXISTS entries_remain');
      db.exec(sql);
      db.close();
    },
    verify: () => reading((db) => verifyJournal(db, anchorFile)),
    exportText: () =>
      reading((db) => auditCalls.exportPiece({ db, anchorFile }, { after: 0 }).text),
    close() {
      journal.file.db.close();
      rmSync(dir, { recursive: true });
    },
  };
  function reading<T>(run: (db: Database.Database) => T): T {
    const db = openReadOnly(path);
    try {
      return run(db);
    } finally {
      db.close();
    }
  }
  return journal;
}
