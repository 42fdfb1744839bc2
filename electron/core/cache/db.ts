import type Database from 'better-sqlite3';
import type { MaskingSettings } from '#core/masking/settings.ts';

/** What SQLite can store. Booleans are 0 and 1; `undefined` is a mistake. */
export type Bindable = string | number | bigint | null | Uint8Array;

/** What a worker knows beside its file: set when the cache is opened. */
export interface CacheSettings {
  /** Service → milliseconds above which a turn counts as slow. */
  slowTurnMs: Readonly<Record<string, number>>;
  /** Flag → the services it steers, so that a flip shows on their timeline. */
  flagServices: Readonly<Record<string, readonly { service: string }[]>>;
  /** How personal data is masked before spans are stored; null = not at all. */
  masking: MaskingSettings | null;
}

export interface SlowQuery {
  sql: string;
  ms: number;
  plan: string[];
}

const SLOW_MS = 40;
const STATEMENTS_KEPT = 300;

type Shape = 'object' | 'pluck' | 'raw';
type Statement<R> = Database.Statement<Parameter[], R>;
/** better-sqlite3 takes `?1, ?2` as names: these come as an object. */
type Parameter = Bindable | Bindable[] | Record<number, Bindable>;

interface Prepared {
  // `never`, because only the caller of a statement knows what its rows are.
  statement: Statement<never>;
  /** Its parameters are numbered. */
  numbered: boolean;
}

function bound(numbered: boolean, params: Bindable[]): Parameter[] {
  if (!numbered) return params;
  return [Object.fromEntries(params.map((value, index) => [index + 1, value]))];
}

const isNumbered = (sql: string) => /\?\d/.test(sql);

/**
 * A connection that can only be read from. A query that is given one cannot write, which the compiler
 * checks: the reader's thread has no other handle.
 */
export class ReadDb {
  protected readonly raw: Database.Database;
  settings: CacheSettings;
  private readonly onSlow: (query: SlowQuery) => void;
  private readonly statements = {
    object: new Map<string, Prepared>(),
    pluck: new Map<string, Prepared>(),
    raw: new Map<string, Prepared>(),
  };

  constructor(
    raw: Database.Database,
    settings: CacheSettings,
    onSlow: (query: SlowQuery) => void = () => {},
  ) {
    this.raw = raw;
    this.settings = settings;
    this.onSlow = onSlow;
  }

  /** All rows, as objects. `R` is the row that the SQL text names; the file is trusted inside. */
  all<R>(sql: string, ...params: Bindable[]): R[] {
    return this.ask(sql, params, 'object', (statement: Statement<R>, given) =>
      statement.all(...given),
    );
  }

  get<R>(sql: string, ...params: Bindable[]): R | undefined {
    return this.ask(sql, params, 'object', (statement: Statement<R>, given) =>
      statement.get(...given),
    );
  }

  /** The first column of the first row. */
  value<R extends Bindable>(sql: string, ...params: Bindable[]): R | undefined {
    return this.ask(sql, params, 'pluck', (statement: Statement<R>, given) =>
      statement.get(...given),
    );
  }

  /** The first column of every row. */
  column<R extends Bindable>(sql: string, ...params: Bindable[]): R[] {
    return this.ask(sql, params, 'pluck', (statement: Statement<R>, given) =>
      statement.all(...given),
    );
  }

  /** The first column of one row after the other, for who stops when there is enough. */
  *walk<R extends Bindable>(sql: string, ...params: Bindable[]): Generator<R, void> {
    const { statement, numbered } = this.prepare(sql, 'pluck');
    const rows: Statement<R> = statement;
    yield* rows.iterate(...bound(numbered, params));
  }

  /** All rows as arrays of numbers, in the order of the columns: for thousands of points. */
  rows(sql: string, ...params: Bindable[]): number[][] {
    return this.ask(sql, params, 'raw', (statement: Statement<number[]>, given) =>
      statement.all(...given),
    );
  }

  pragma(name: string): number {
    return Number(this.raw.pragma(name, { simple: true }));
  }

  /** How SQLite would run it: one line per step. */
  explain(sql: string, ...params: Bindable[]): string[] {
    const rows = this.raw
      .prepare<Parameter[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...bound(isNumbered(sql), params));
    return rows.map((row) => row.detail);
  }

  /** Prepared once and kept. */
  protected prepare(sql: string, shape: Shape): Prepared {
    const kept = this.statements[shape];
    const known = kept.get(sql);
    if (known) return known;
    if (kept.size >= STATEMENTS_KEPT) kept.clear();
    const statement = this.raw.prepare<Parameter[], never>(sql);
    if (shape === 'pluck') statement.pluck();
    if (shape === 'raw') statement.raw();
    const prepared = { statement, numbered: isNumbered(sql) };
    kept.set(sql, prepared);
    return prepared;
  }

  /** Runs a statement and says when it was slow. Parameters are not told: they hold what users said. */
  protected ask<R, T>(
    sql: string,
    params: Bindable[],
    shape: Shape,
    run: (statement: Statement<R>, given: Parameter[]) => T,
  ): T {
    const { statement, numbered } = this.prepare(sql, shape);
    const start = performance.now();
    const result = run(statement, bound(numbered, params));
    const ms = performance.now() - start;
    if (ms > SLOW_MS) this.onSlow({ sql, ms, plan: this.explain(sql, ...params) });
    return result;
  }
}

/** How long others are waited for: usually, and when the log is emptied. */
const BUSY_MS = 5000;
const FORGET_WAITS_MS = 50;

/** The one connection of a file that writes. */
export class WriteDb extends ReadDb {
  /** Milliseconds since the epoch, as the caller's clock told for the request that runs. */
  now = 0;
  /** What was masked since may still lie in the log, or anywhere in the file; see `forget`. */
  holdsOld: 'nowhere' | 'in the log' | 'in the file' = 'nowhere';

  run(sql: string, ...params: Bindable[]): Database.RunResult {
    return this.ask(sql, params, 'object', (statement, given) => statement.run(...given));
  }

  /** For loops over thousands of rows, where looking up the statement each time would be felt. */
  statement(sql: string): Database.Statement<Parameter[]> {
    return this.prepare(sql, 'object').statement;
  }

  /** Gives at most so many free pages back to the file system. */
  vacuum(pages: number): void {
    this.raw.pragma(`incremental_vacuum(${pages})`);
  }

  /** Outside a transaction: nothing that was masked since is left in the log or in unused space. Waits briefly for readers. */
  forget(): void {
    if (this.holdsOld === 'in the file') this.raw.exec('VACUUM');
    this.raw.pragma(`busy_timeout = ${FORGET_WAITS_MS}`);
    try {
      if (this.pragma('wal_checkpoint(TRUNCATE)') === 0) this.holdsOld = 'nowhere';
      else this.holdsOld = 'in the log';
    } finally {
      this.raw.pragma(`busy_timeout = ${BUSY_MS}`);
    }
  }

  /** All of it or none of it. Inside another transaction it is a savepoint. */
  transaction<T>(run: () => T): T {
    return this.raw.transaction(run).immediate();
  }
}
