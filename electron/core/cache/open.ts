import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Cache } from './client.ts';
import type { CacheSettings } from './db.ts';
import type { Role } from './protocol.ts';
import { Thread } from './thread.ts';

export interface CacheOptions extends Partial<CacheSettings> {
  /** The folder of cache.db and journal.db; made when it is missing. */
  dataDir: string;
  /** `worker.ts`, or what the bundler made of it. */
  worker: URL;
  log: Log;
  limits?: {
    /** cache.db may not grow beyond so many pages (4 kB each). */
    maxPages?: number;
  };
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/**
 * Opens both files, brings them to the newest schema and starts a thread for each kind of work (README.md says
 * why). Throws NightdeskError `storage_full` or `storage_failed`.
 */
export async function openCache(options: CacheOptions): Promise<Cache> {
  const { log, now = Date.now } = options;
  const settings: CacheSettings = {
    slowTurnMs: options.slowTurnMs ?? {},
    flagServices: options.flagServices ?? {},
    masking: options.masking ?? null,
  };
  try {
    mkdirSync(options.dataDir, { recursive: true });
  } catch (error) {
    throw new NightdeskError(
      'storage_failed',
      `The data folder ${options.dataDir} cannot be made. Choose another with --data.`,
      { cause: error },
    );
  }
  const maxPages = options.limits?.maxPages ?? null;
  const start = (role: Role, file: string) =>
    new Thread(
      options.worker,
      { role, path: join(options.dataDir, file), settings, maxPages, now: now() },
      log,
    );
  const writer = start('writer', 'cache.db');
  const journal = start('journal', 'journal.db');
  const threads = [writer, journal];
  try {
    const [setAside] = await Promise.all([writer.opened, journal.opened]);
    if (setAside) {
      log.warn({ ...setAside }, 'cache.db could not be used: it was set aside and a new one begun');
    }
    // The reader needs the file that the writer has made.
    const reader = start('reader', 'cache.db');
    threads.unshift(reader);
    await reader.opened;
    const auditor = passing(() => start('auditor', 'journal.db'));
    return {
      read: (name, args) => reader.ask(name, args, now()),
      write: (name, args) => writer.ask(name, packed(args), now()),
      journal: (name, args) => journal.ask(name, args, now()),
      audit: (name, args) => auditor.ask((thread) => thread.ask(name, args, now())),
      // Readers first, so that a writer is the last to leave and folds its log into the file.
      async close() {
        await auditor.close();
        await closeAll(threads);
      },
    };
  } catch (error) {
    await closeAll(threads);
    throw error;
  }
}

/** A batch with its spans as texts (see `CommitArgs`); anything else as it is. */
function packed(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || !('batch' in args)) return args;
  const { batch } = args;
  if (typeof batch !== 'object' || batch === null || !('spans' in batch)) return args;
  const { spans, ...rest } = batch;
  if (!Array.isArray(spans)) return args;
  return { ...args, batch: rest, spanTexts: spans.map((record) => JSON.stringify(record)) };
}

async function closeAll(threads: readonly Thread[]): Promise<void> {
  for (const thread of threads) await thread.close();
}

/** How long a thread that is seldom needed stays for the next question. */
const LINGER_MS = 10_000;

/** A thread that is started when it is asked something, and ended when nothing more comes. */
function passing(start: () => Thread) {
  let thread: Thread | null = null;
  let asked = 0;
  let timer: NodeJS.Timeout | undefined;
  const end = async () => {
    clearTimeout(timer);
    const last = thread;
    thread = null;
    await last?.close();
  };
  return {
    async ask<T>(question: (thread: Thread) => Promise<T>): Promise<T> {
      clearTimeout(timer);
      asked++;
      thread ??= start();
      const used = thread;
      try {
        await used.opened;
        return await question(used);
      } catch (error) {
        // A thread that could not open its file answers nothing any more.
        if (thread === used) await end();
        throw error;
      } finally {
        asked--;
        if (asked === 0) {
          timer = setTimeout(() => void end(), LINGER_MS).unref();
        }
      }
    },
    close: end,
  };
}
