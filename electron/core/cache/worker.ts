/** Runs on each of the cache's threads; the role it is started with says which file and which queries. */
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { NightdeskError, toWire } from '#shared/errors/index.ts';
import { ReadDb, type SlowQuery, WriteDb } from './db.ts';
import { storageError, storageProblem } from './errors.ts';
import { anchorPath, type JournalFile } from './journal/file.ts';
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
import type { AuditCalls, JournalCalls, Reads, Writes } from './queries/index.ts';
import type { JournalReader } from './queries/journal-audit.ts';

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
  const ofCache = options.role === 'writer' || options.role === 'reader';
  if (storageProblem(error) === 'damaged' && ofCache) markDamaged(options.path);
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

/** Answers requests by the functions of one table. `afterwards` is done once an answer is out. */
function serve<A, Db>(
  table: Table<A, Db>,
  run: (now: number, call: (db: Db) => unknown) => unknown,
  close: () => void,
  afterwards: (now: number) => void = () => undefined,
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
    afterwards(now);
  });
}

/** An action must not fail because the head could not be written a second time; the next entry tries again. */
function settle(journal: JournalFile, now: number): void {
  try {
    journal.settle(now);
  } catch (error) {
    send({
      kind: 'log',
      level: 'error',
      fields: { error: String(error) },
      message: 'journal.head could not be written: entries are stored, but not anchored',
    });
  }
}

/** Between two times that the log is emptied of what was masked late: it costs a flush to disk. */
const FORGET_EVERY_MS = 10_000;
let forgotAt = Number.NEGATIVE_INFINITY;

function forget(db: WriteDb, now: number): void {
  const lately = Math.abs(now - forgotAt) < FORGET_EVERY_MS;
  if (db.holdsOld === 'nowhere' || (db.holdsOld === 'in the log' && lately)) return;
  forgotAt = now;
  try {
    db.forget();
  } catch (error) {
    // A disk without room for a second copy of the file must not be asked for it at every write.
    db.holdsOld = 'in the log';
    send({
      kind: 'log',
      level: 'warn',
      fields: { error: String(error) },
      message: 'What was masked late may still lie in unused space of cache.db',
    });
  }
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
          const value = handle.transaction(() => call(handle));
          forget(handle, now);
          return value;
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
      const journal = openJournalFile(options.path, options.now);
      settle(journal, options.now);
      const table: Table<ArgsOf<JournalCalls>, JournalFile> = journalCalls;
      // Its calls open their own transactions.
      serve(
        table,
        (_now, call) => call(journal),
        () => journal.db.close(),
        (now) => settle(journal, now),
      );
      return { setAside: null };
    }
    case 'auditor': {
      const { auditCalls } = await import('./queries/journal-audit.ts');
      const reader: JournalReader = {
        db: openReadOnly(options.path),
        anchorFile: anchorPath(options.path),
      };
      const table: Table<ArgsOf<AuditCalls>, JournalReader> = auditCalls;
      serve(
        table,
        (_now, call) => call(reader),
        () => reader.db.close(),
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
