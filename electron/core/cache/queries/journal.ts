/**
 * Calls on journal.db: the append-only, hash-chained entries, and beside them where each action stands.
 *
 * `hash` = SHA-256, in hex, of the canonical JSON of the entry without `hash`; `prev` is the hash of the
 * entry before, 64 zeros for the first. So whoever has an export can check it without this program.
 */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { NightdeskError } from '#shared/errors/index.ts';
import { Action, type ActionKind, type JournalEntry } from '#shared/model/action.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';

type Db = Database.Database;

export const GENESIS = '0'.repeat(64);

export interface NewEntry {
  at: number;
  kind: string;
  actor: string;
  action: string | null;
  environment: string;
  summary: string;
  data: unknown;
}

/** An entry as the head of the chain, to be kept outside the database: truncation shows against it. */
export interface JournalHead {
  seq: number;
  hash: string;
}

export interface Verification {
  ok: boolean;
  entries: number;
  firstBad: number | null;
  why: string;
  head: string;
}

interface EntryRow {
  seq: number;
  at: number;
  kind: string;
  actor: string;
  action: string | null;
  environment: string;
  summary: string;
  data: string;
  prev: string;
  hash: string;
}

const COLUMNS = 'seq, at, kind, actor, action, environment, summary, data, prev, hash';

/** The text that is hashed. `data` is already canonical, so it is not parsed again. */
function hashedText(row: Omit<EntryRow, 'hash'>): string {
  const json = JSON.stringify;
  return (
    `{"action":${json(row.action)},"actor":${json(row.actor)},"at":${json(row.at)},"data":${row.data},` +
    `"environment":${json(row.environment)},"kind":${json(row.kind)},"prev":${json(row.prev)},` +
    `"seq":${row.seq},"summary":${json(row.summary)}}`
  );
}

function hashOf(row: Omit<EntryRow, 'hash'>): string {
  return createHash('sha256').update(hashedText(row), 'utf8').digest('hex');
}

function toEntry(row: EntryRow): JournalEntry {
  return { ...row, data: JSON.parse(row.data) };
}

/** SQLite stores text as UTF-8, which has no lone surrogates: what is hashed must be what is stored. */
function stored(text: string): string {
  return text.toWellFormed();
}

function appendEntry(db: Db, entry: NewEntry): JournalEntry {
  const last = db
    .prepare<[], JournalHead>('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1')
    .get();
  const row = {
    seq: (last?.seq ?? 0) + 1,
    at: entry.at,
    kind: stored(entry.kind),
    actor: stored(entry.actor),
    action: entry.action === null ? null : stored(entry.action),
    environment: stored(entry.environment),
    summary: stored(entry.summary),
    data: canonicalJson(entry.data ?? null),
    prev: last?.hash ?? GENESIS,
  };
  const full = { ...row, hash: hashOf(row) };
  db.prepare(
    `INSERT INTO entries (${COLUMNS})
     VALUES (@seq, @at, @kind, @actor, @action, @environment, @summary, @data, @prev, @hash)`,
  ).run(full);
  return toEntry(full);
}

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
  /**
   * Adds one entry to the chain and, in the same transaction, what it means for the action it is about.
   * On the disk when it returns (`synchronous = FULL`).
   */
  append(db: Db, args: { entry: NewEntry; action?: Action }): JournalEntry {
    const run = db.transaction(() => {
      const entry = appendEntry(db, args.entry);
      if (args.action !== undefined) putAction(db, args.action);
      return entry;
    });
    return run.immediate();
  },

  /** Newest first. `before` is a `seq` that is not included. */
  list(
    db: Db,
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

  head(db: Db, _args: Record<string, never>): JournalHead | null {
    return (
      db
        .prepare<[], JournalHead>('SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1')
        .get() ?? null
    );
  },

  /** Walks the whole chain. `anchor` is a head that was kept elsewhere: it must still be in the chain. */
  verify(db: Db, args: { anchor?: JournalHead | null }): Verification {
    let prev = GENESIS;
    let seq = 0;
    const bad = (firstBad: number, why: string): Verification => ({
      ok: false,
      entries: db.prepare<[], number>('SELECT count(*) FROM entries').pluck().get() ?? 0,
      firstBad,
      why,
      head: prev,
    });
    const rows = db.prepare<[], EntryRow>(`SELECT ${COLUMNS} FROM entries ORDER BY seq`).iterate();
    let failed: { seq: number; why: string } | null = null;
    for (const row of rows) {
      if (row.seq !== seq + 1) {
        failed = { seq: row.seq, why: `Entry ${seq + 1} is missing.` };
      } else if (row.prev !== prev) {
        failed = { seq: row.seq, why: `Entry ${row.seq} does not follow the entry before it.` };
      } else if (row.hash !== hashOf(row)) {
        failed = { seq: row.seq, why: `Entry ${row.seq} is not what was written.` };
      } else if (args.anchor?.seq === row.seq && args.anchor.hash !== row.hash) {
        failed = { seq: row.seq, why: `Entry ${row.seq} differs from the anchored head.` };
      }
      if (failed !== null) break;
      seq = row.seq;
      prev = row.hash;
    }
    if (failed !== null) return bad(failed.seq, failed.why);
    if (args.anchor != null && args.anchor.seq > seq) {
      return bad(seq + 1, `Entries ${seq + 1} to ${args.anchor.seq} were cut off.`);
    }
    const why = seq === 0 ? 'The journal is empty.' : `All ${seq} entries fit their chain.`;
    return { ok: true, entries: seq, firstBad: null, why, head: prev };
  },

  /** JSON Lines: one entry a line, canonical, oldest first. */
  exportLines(db: Db, _args: Record<string, never>): string {
    const lines: string[] = [];
    const rows = db.prepare<[], EntryRow>(`SELECT ${COLUMNS} FROM entries ORDER BY seq`).iterate();
    for (const row of rows) lines.push(`${canonicalJson(toEntry(row))}\n`);
    return lines.join('');
  },

  /** Where an action stands, without an entry: for what is not worth one, such as a count that moved. */
  saveAction(db: Db, args: { action: Action }): void {
    putAction(db, args.action);
  },

  readAction(db: Db, args: { id: string }): Action | null {
    const json = db
      .prepare<[string], string>('SELECT json FROM actions WHERE id = ?')
      .pluck()
      .get(args.id);
    return json === undefined ? null : toAction(json);
  },

  /** Newest first. */
  listActions(
    db: Db,
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
  openActions(db: Db, _args: Record<string, never>): Action[] {
    return db
      .prepare<[], string>('SELECT json FROM actions WHERE open = 1 ORDER BY started_at')
      .pluck()
      .all()
      .map(toAction);
  },
};

export type JournalCalls = typeof journalCalls;
