/** One worker as seen from outside: requests out, answers in, by number. */
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Log } from '#core/deps.ts';
import { fromWire, NightdeskError } from '#shared/errors/index.ts';
import type { SetAside } from './open-file.ts';
import { columnBuffers, type Reply, type WorkerOptions } from './protocol.ts';

/**
 * Keeps the library in the process. Where only workers have loaded it, its code is unloaded with the last of them while V8
 * may still call into it for what is left to collect: the process then ends by SIGSEGV, now and then.
 */
new Database(':memory:').close();

interface Pending {
  resolve(value: never): void;
  reject(error: unknown): void;
}

export class Thread {
  private readonly worker: Worker;
  private readonly options: WorkerOptions;
  private readonly log: Log;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private gone = false;
  private readonly exited: Promise<void>;
  /** Rejects when the file cannot be opened. */
  readonly opened: Promise<SetAside | null>;

  constructor(module: URL, options: WorkerOptions, log: Log) {
    this.options = options;
    this.log = log;
    this.worker = new Worker(module, {
      workerData: options,
      name: `cache ${options.role}`,
      // The writer takes in thousands of spans a second and pays for a small nursery; the others only hold memory by it.
      ...(options.role === 'writer' ? {} : { resourceLimits: { maxYoungGenerationSizeMb: 12 } }),
    });
    const { promise, resolve, reject } = Promise.withResolvers<SetAside | null>();
    this.opened = promise;
    this.worker.on('message', (reply: Reply) => {
      if (reply.kind === 'opened') resolve(reply.setAside);
      else if (reply.kind === 'unopened') reject(fromWire(reply.error));
      else this.take(reply);
    });
    this.worker.on('error', (error) => {
      log.error({ thread: options.role, error: String(error) }, 'A cache thread stopped');
    });
    this.exited = new Promise((done) => {
      this.worker.once('exit', () => {
        this.gone = true;
        const lost = this.lost();
        reject(lost);
        for (const one of this.pending.values()) one.reject(lost);
        this.pending.clear();
        done();
      });
    });
  }

  /** The caller names the type of the answer: it is what the query of that name returns. */
  ask<T>(name: string, args: unknown, now: number): Promise<T> {
    if (this.gone) return Promise.reject(this.lost());
    return new Promise<T>((resolve, reject) => {
      const id = ++this.lastId;
      this.pending.set(id, { resolve, reject });
      try {
        this.worker.postMessage({ id, now, name, args }, columnBuffers(args));
      } catch (error) {
        this.pending.delete(id);
        reject(error);
      }
    });
  }

  /** What was asked before is answered first. */
  async close(): Promise<void> {
    if (!this.gone) this.worker.postMessage({ close: true });
    await this.exited;
  }

  private take(reply: Exclude<Reply, { kind: 'opened' | 'unopened' }>): void {
    if (reply.kind === 'log') {
      this.log[reply.level](reply.fields, reply.message);
      return;
    }
    const asked = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.kind === 'answer') asked?.resolve(reply.value);
    else asked?.reject(fromWire(reply.error));
  }

  private lost(): NightdeskError {
    return new NightdeskError(
      'storage_failed',
      `The ${this.options.role} thread of the cache has stopped. Restart the console; what was stored is still there.`,
    );
  }
}
