/** Calls on journal.db: the append-only, hash-chained entries, where each action stands, and what people keep. */
import type Database from 'better-sqlite3';
import { COLUMNS, type EntryRow, type NewEntry, toEntry } from '#core/cache/journal/entry.ts';
import type { JournalFile } from '#core/cache/journal/file.ts';
import { findingsOf } from '#core/cache/journal/verify.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { Action, type ActionKind, type JournalEntry } from '#shared/model/action.ts';
import {
  CONFIGURATION,
  JournaledConfig,
  type JournalFinding,
  type JournalHead,
} from '#shared/model/journal.ts';
import { savedSearchCalls } from './saved-searches.ts';

type Db = Database.Database;

/** An action whose end is not yet known: it runs, or the outside could not be read. */
function isOpen(action: Action): boolean {
  return action.endedAt === null;
}

function putAction(db: Db, action: Action): void {
  db.prepare(
    `INSERT INTO actions (id, started_at, environment, open, json) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET open = excluded.open, json = excluded.json`,
  ).run(
    action.id,
    action.startedAt,
    action.environment,
    isOpen(action) ? 1 : 0,
    JSON.stringify(action),
  );
}

/** For what is acted on: parsed, because the file may be older than the program. */
function toAction(json: string): Action {
  const parsed = Action.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  throw new NightdeskError('storage_failed', 'An action in journal.db cannot be read.', {
    cause: parsed.error,
  });
}

export const journalCalls = {
  ...savedSearchCalls,

  /**
   * Adds one entry to the chain and, in the same transaction, what it means for the action it is about.
   * On the disk when it returns (`synchronous = FULL`).
   */
  append(journal: JournalFile, args: { entry: NewEntry; action?: Action }): JournalEntry {
    const { entry, action } = args;
    return journal.append(entry, () => {
      if (action !== undefined) putAction(journal.db, action);
    });
  },

  /** Newest first. `before` is a `seq` that is not included. */
  list(
    { db }: JournalFile,
    args: { before?: number | undefined; action?: string | undefined; limit: number },
  ): { entries: JournalEntry[]; total: number } {
    const before = args.before ?? Number.MAX_SAFE_INTEGER;
    const rows =
      args.action === undefined
        ? db
            .prepare<[number, number], EntryRow>(
              `SELECT ${COLUMNS} FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
            )
            .all(before, args.limit)
        : db
            .prepare<[string, number, number], EntryRow>(
              `SELECT ${COLUMNS} FROM entries WHERE action = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
            )
            .all(args.action, before, args.limit);
    const total = db.prepare<[], number>('SELECT count(*) FROM entries').pluck().get() ?? 0;
    return { entries: rows.map(toEntry), total };
  },

  /** The end of the chain: the number of the next entry is one more. */
  head(journal: JournalFile, _args: Record<string, never>): JournalHead {
    return journal.head;
  },

  /** The configuration as it was journaled last; null where it never was, or that entry cannot be read. */
  lastConfiguration({ db }: JournalFile, _args: Record<string, never>): JournaledConfig | null {
    const row = db
      .prepare<[], EntryRow>(
        `SELECT ${COLUMNS} FROM entries WHERE kind = '${CONFIGURATION}' ORDER BY seq DESC LIMIT 1`,
      )
      .get();
    return row === undefined ? null : (JournaledConfig.safeParse(toEntry(row).data).data ?? null);
  },

  /** What was found to be wrong with the journal, ever; oldest first. */
  findings({ db }: JournalFile, _args: Record<string, never>): JournalFinding[] {
    return findingsOf(db);
  },

  /** Where an action stands, without an entry: for what is not worth one, such as a count that moved. */
  saveAction({ db }: JournalFile, args: { action: Action }): void {
    putAction(db, args.action);
  },

  readAction({ db }: JournalFile, args: { id: string }): Action | null {
    const json = db
      .prepare<[string], string>('SELECT json FROM actions WHERE id = ?')
      .pluck()
      .get(args.id);
    return json === undefined ? null : toAction(json);
  },

  /** Newest first. */
  listActions(
    { db }: JournalFile,
    args: {
      environment?: string | undefined;
      kind?: ActionKind | undefined;
      limit: number;
    },
  ): Action[] {
    return db
      .prepare<{ environment: string | null; kind: string | null; limit: number }, string>(
        `SELECT json FROM actions WHERE (@environment IS NULL OR environment = @environment)
           AND (@kind IS NULL OR json_extract(json, '$.kind') = @kind)
         ORDER BY started_at DESC, rowid DESC LIMIT @limit`,
      )
      .pluck()
      .all({
        environment: args.environment ?? null,
        kind: args.kind ?? null,
        limit: args.limit,
      })
      .map((json): Action => JSON.parse(json));
  },

  /** Those whose end is not known, oldest first: what a start must reconcile. */
  openActions({ db }: JournalFile, _args: Record<string, never>): Action[] {
    return db
      .prepare<[], string>('SELECT json FROM actions WHERE open = 1 ORDER BY started_at')
      .pluck()
      .all()
      .map(toAction);
  },
};

export type JournalCalls = typeof journalCalls;
