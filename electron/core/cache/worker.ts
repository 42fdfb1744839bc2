/** Runs on each of the cache's three threads; the role it is started with says which file and which queries. */
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { NightdeskError, toWire } from '#shared/errors/index.ts';
import { ReadDb, type SlowQuery, WriteDb } from './db.ts';
import { storageError, storageProblem } from './errors.ts';
import {
  markDamaged,
  openCacheFile,
  openJournalFile,
  openReadOnly,
  type SetAside,
} from './open-file.ts';
import {
  type ArgsOf,
  columnBuffers,
  type Reply,
  type Request,
  type Table,
  type WorkerOptions,
} from './protocol.ts';
import type { JournalCalls, Reads, Writes } from './queries/index.ts';

if (!parentPort) throw new Error('The cache worker runs on a worker thread.');
const port = parentPort;
const options: WorkerOptions = workerData;
const file = basename(options.path);

function send(reply: Reply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(reply, transfer);
}

function logSlow(query: SlowQuery): void {
  send({
    kind: 'log',
    level: 'warn',
    fields: { ...query, ms: Math.round(query.ms), thread: options.role },
    message: 'Slow query',
  });
}

/** What goes out of a worker, and what is told only to the log. */
function explain(error: unknown, name: string) {
  if (storageProblem(error) === 'damaged' && options.role !== 'journal') markDamaged(options.path);
  const known = storageError(error, file);
  if (!(known instanceof NightdeskError) || known.code === 'storage_failed') {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    send({
      kind: 'log',
      level: 'error',
      fields: { query: name, error: text },
      message: 'A query failed',
    });
  }
  return toWire(known);
}

/** Answers requests by the functions of one table. */
function serve<A, Db>(
  table: Table<A, Db>,
  run: (now: number, call: (db: Db) => unknown) => unknown,
  close: () => void,
): void {
  port.on('message', (request: Request<A>) => {
    if ('close' in request) {
      close();
      port.close();
      return;
    }
    const { id, now, name, args } = request;
    try {
      if (!Object.hasOwn(table, name)) throw new Error(`no query is named ${String(name)}`);
      // What comes out is cloned, or handed over, as whatever it is.
      const value = run(now, (db) => table[name](db, args));
      const reply = { kind: 'answer', id, value } as const;
      port.postMessage(reply, columnBuffers(value));
    } catch (error) {
      send({ kind: 'error', id, error: explain(error, String(name)) });
    }
  });
}

/** Only what the role needs is loaded: three threads cost start-up time and memory three times. */
async function start(): Promise<{ setAside: SetAside | null }> {
  switch (options.role) {
    case 'writer': {
      const { writes } = await import('./queries/writes.ts');
      const { db, setAside } = openCacheFile(options.path, options.now, options.maxPages);
      const handle = new WriteDb(db, options.settings, logSlow);
      const table: Table<ArgsOf<Writes>, WriteDb> = writes;
      serve(
        table,
        (now, call) => {
          handle.now = now;
          return handle.transaction(() => call(handle));
        },
        () => db.close(),
      );
      return { setAside };
    }
    case 'reader': {
      const { reads } = await import('./queries/reads.ts');
      const db = openReadOnly(options.path);
      const handle = new ReadDb(db, options.settings, logSlow);
      const table: Table<ArgsOf<Reads>, ReadDb> = reads;
      serve(
        table,
        (_now, call) => call(handle),
        () => db.close(),
      );
      return { setAside: null };
    }
    case 'journal': {
      const { journalCalls } = await import('./queries/journal.ts');
      const db = openJournalFile(options.path);
      const table: Table<ArgsOf<JournalCalls>, Database.Database> = journalCalls;
      // Its calls open their own transactions.
      serve(
        table,
        (_now, call) => call(db),
        () => db.close(),
      );
      return { setAside: null };
    }
  }
}

try {
  const { setAside } = await start();
  send({ kind: 'opened', setAside });
} catch (error) {
  send({ kind: 'unopened', error: explain(error, 'open') });
  port.close();
}
