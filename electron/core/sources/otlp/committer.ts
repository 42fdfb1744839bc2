/**
 * Brings decoded requests to the cache. Requests that wait while batches are being committed go together in
 * the next one: many small exports cost one transaction. Each is told only of its own fate. When a batch fails, the one
 * behind it may be committed first: the cache does not ask in which order spans come.
 */
import type { Batch, SpanRecord } from '#core/sources/connector.ts';

/** Spans not yet committed, from which on senders are asked to come later. */
const MAX_UNCOMMITTED = 50_000;
/** Spans that go into one transaction. */
const BATCH_SPANS = 5_000;
/** Batches on their way at once: while the writer works at one, the next lies ready for it, so that it never waits. */
const UNDER_WAY = 2;

export interface Part {
  spans: SpanRecord[];
  rejected: { reason: string; count: number }[];
}

interface Waiting {
  part: Part;
  done: () => void;
  failed: (error: unknown) => void;
}

export class Committer {
  readonly #emit: (batch: Batch) => Promise<void>;
  #waiting: Waiting[] = [];
  #uncommitted = 0;
  readonly #running = new Set<Promise<void>>();

  constructor(emit: (batch: Batch) => Promise<void>) {
    this.#emit = emit;
  }

  /** True when no more can wait: ask the sender to come later. */
  get full(): boolean {
    return this.#uncommitted >= MAX_UNCOMMITTED;
  }

  /** Resolves when the part is committed; rejects with what the cache said. */
  commit(part: Part): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ part, done, failed });
      this.#uncommitted += part.spans.length;
      this.#start();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #start(): void {
    if (this.#running.size >= UNDER_WAY || this.#waiting.length === 0) return;
    const run = this.#run().finally(() => {
      this.#running.delete(run);
      // What came when this run had just found nothing more.
      this.#start();
    });
    this.#running.add(run);
  }

  async #run(): Promise<void> {
    // Lets requests that are decoded in the same turn of the loop join the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#take();
      try {
        await this.#emit(together(taken));
        for (const { done } of taken) done();
      } catch (error) {
        await this.#oneByOne(taken, error);
      }
      for (const { part } of taken) this.#uncommitted -= part.spans.length;
    }
  }

  /** One part may be what the cache cannot take: the others must not fail with it. */
  async #oneByOne(taken: Waiting[], cause: unknown): Promise<void> {
    const [only] = taken;
    if (taken.length === 1 && only !== undefined) {
      only.failed(cause);
      return;
    }
    for (const { part, done, failed } of taken) await this.#emit(batchOf(part)).then(done, failed);
  }

  #take(): Waiting[] {
    let spans = 0;
    let count = 0;
    for (const { part } of this.#waiting) {
      if (count > 0 && spans + part.spans.length > BATCH_SPANS) break;
      spans += part.spans.length;
      count++;
    }
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return taken;
  }
}

function together(taken: readonly Waiting[]): Batch {
  const [only] = taken;
  if (taken.length === 1 && only !== undefined) return batchOf(only.part);
  const counts = new Map<string, number>();
  for (const { part } of taken) {
    for (const { reason, count } of part.rejected)
      counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return batchOf({
    spans: taken.flatMap(({ part }) => part.spans),
    rejected: [...counts].map(([reason, count]) => ({ reason, count })),
  });
}

function batchOf({ spans, rejected }: Part): Batch {
  return rejected.length > 0 ? { spans, rejected } : { spans };
}
