/**
 * What reads the whole journal: on a thread and a read-only connection of its own, so that neither an action that
 * waits for its entry nor a view waits behind it.
 */
import type Database from 'better-sqlite3';
import { COLUMNS, type EntryRow, lineOf } from '#core/cache/journal/entry.ts';
import { headOf } from '#core/cache/journal/file.ts';
import { verifyJournal } from '#core/cache/journal/verify.ts';
import type { JournalVerification } from '#shared/model/journal.ts';

/** The file, and where its head is kept. */
export interface JournalReader {
  db: Database.Database;
  anchorFile: string;
}

export interface ExportPiece {
  /** JSON Lines: one entry a line, canonical, oldest first. */
  text: string;
  /** The last entry in it: ask for what comes after; null = this was the end. */
  next: number | null;
  /** The last entry of the whole export, as it was when the first piece was asked for. */
  upTo: number;
}

/** A piece ends after the entry that reaches this; an entry is never split. */
const PIECE_CHARACTERS = 1_000_000;

export const auditCalls = {
  verify({ db, anchorFile }: JournalReader, _args: Record<string, never>): JournalVerification {
    return verifyJournal(db, anchorFile);
  },

  /** The entries after `after`, as many as make one piece. */
  exportPiece(
    { db }: JournalReader,
    args: { after: number; upTo?: number | undefined },
  ): ExportPiece {
    const upTo = args.upTo ?? headOf(db).seq;
    const rows = db
      .prepare<[number, number], EntryRow>(
        `SELECT ${COLUMNS} FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq`,
      )
      .iterate(args.after, upTo);
    const lines: string[] = [];
    let characters = 0;
    for (const row of rows) {
      const line = `${lineOf(row)}\n`;
      lines.push(line);
      characters += line.length;
      if (characters >= PIECE_CHARACTERS) return { text: lines.join(''), next: row.seq, upTo };
    }
    return { text: lines.join(''), next: null, upTo };
  },
};

export type AuditCalls = typeof auditCalls;
