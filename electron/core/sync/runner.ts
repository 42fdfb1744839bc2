/**
 * Carries one source: pulls it at its cadence, commits what it yields, backs off when it fails, and knows how
 * fresh it is. Each source has a runner of its own and at most one pull at a time, so a slow or dead source
 * delays nobody else.
 */
import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { Batch, Connector } from '#core/sources/connector.ts';
import type { Topic } from '#shared/contract/index.ts';
import { NightdeskError, toWire } from '#shared/errors/index.ts';
import type { SourceStatus } from '#shared/model/source.ts';
import { nextDelay } from './backoff.ts';

/** A pull that yields nothing for this long is given up on. */
const STALLED_MS = 120_000;
const REJECTED_KEPT = 10;

export interface RunnerDeps {
  cache: Cache;
  clock: Clock;
  random: () => number;
  log: Log;
  publish: (topics: Topic[]) => void;
}

/** What the cache remembers of a source from an earlier run. */
export interface SavedSyncState {
  cursor: string | null;
  lastSuccessAt: number | null;
}

export class SourceRunner {
  readonly connector: Connector;
  readonly #deps: RunnerDeps;
  readonly #stop = new AbortController();
  #cursor: string | null;
  #lastSuccessAt: number | null;
  #lastAttemptAt: number | null = null;
  #nextAttemptAt: number | null = null;
  #failures = 0;
  /** How long the source asked to be left alone; null when it did not, or answered since. */
  #retryAfterMs: number | null = null;
  #error: SourceStatus['error'] = null;
  #rejected: SourceStatus['rejected'] = [];
  #progress: SourceStatus['progress'] = null;
  #records = 0;
  #pulling: Promise<void> | null = null;
  #loops: Promise<unknown>[] = [];
  #wake: AbortController | null = null;

  constructor(connector: Connector, saved: SavedSyncState | undefined, deps: RunnerDeps) {
    this.connector = connector;
    this.#deps = deps;
    this.#cursor = saved?.cursor ?? null;
    this.#lastSuccessAt = saved?.lastSuccessAt ?? null;
  }

  start(): void {
    this.#loops.push(this.#pullLoop());
    if (this.connector.listen) this.#loops.push(this.#listenLoop());
  }

  async stop(): Promise<void> {
    this.#stop.abort(new NightdeskError('cancelled', 'The console is closing.'));
    await Promise.allSettled([...this.#loops, this.#pulling]);
  }

  /** Pulls at once (or joins the pull under way) and resolves when it has ended, well or not. */
  async syncNow(): Promise<void> {
    await this.#pull();
    this.#wake?.abort();
  }

  status(): SourceStatus {
    const { connector } = this;
    return {
      id: connector.id,
      kind: connector.kind,
      capabilities: [...connector.capabilities],
      address: connector.address,
      state: this.#state(),
      everyMs: connector.everyMs,
      lastSuccessAt: this.#lastSuccessAt,
      lastAttemptAt: this.#lastAttemptAt,
      nextAttemptAt: this.#nextAttemptAt,
      failures: this.#failures,
      error: this.#error,
      rejected: this.#rejected,
      progress: this.#progress,
      records: this.#records,
    };
  }

  #state(): SourceStatus['state'] {
    if (this.#error) return 'error';
    if (this.#progress && this.#pulling) return 'syncing';
    if (this.#lastSuccessAt === null) return this.#pulling ? 'syncing' : 'never';
    const age = this.#deps.clock.now() - this.#lastSuccessAt;
    return age > this.connector.everyMs * 3 + 10_000 ? 'stale' : 'ok';
  }

  async #pullLoop(): Promise<void> {
    let due = true;
    while (!this.#stop.signal.aborted) {
      if (due) await this.#pull();
      const delay = nextDelay(
        this.connector.everyMs,
        this.#failures,
        this.#retryAfterMs,
        this.#deps.random,
      );
      this.#nextAttemptAt = this.#deps.clock.now() + delay;
      this.#wake = new AbortController();
      const wake = AbortSignal.any([this.#wake.signal, this.#stop.signal]);
      // Woken by a pull that somebody asked for: not due again until the delay has passed anew.
      due = await this.#deps.clock.sleep(delay, wake).then(
        () => true,
        () => false,
      );
    }
  }

  #pull(): Promise<void> {
    this.#pulling ??= this.#pullOnce()
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#fail(error);
      })
      .finally(() => {
        this.#pulling = null;
        this.#progress = null;
        this.#deps.publish(['sources']);
      });
    return this.#pulling;
  }

  async #pullOnce(): Promise<void> {
    this.#lastAttemptAt = this.#deps.clock.now();
    const stalled = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, stalled.signal]);
    const watch = () =>
      setTimeout(
        () =>
          stalled.abort(
            new NightdeskError('timeout', `No answer for ${STALLED_MS / 1000} s; given up.`),
          ),
        STALLED_MS,
      );
    let timer = watch();
    try {
      for await (const batch of this.connector.pull(this.#cursor, signal)) {
        clearTimeout(timer);
        await this.#commit(batch);
        timer = watch();
      }
      signal.throwIfAborted();
    } finally {
      clearTimeout(timer);
    }
    this.#succeed();
    await this.#remember();
  }

  async #listenLoop(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.connector.listen?.(async (batch) => {
          await this.#commit(batch);
          this.#succeed();
          failures = 0;
        }, this.#stop.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#fail(error);
      }
      failures++;
      const delay = nextDelay(1000, failures, null, this.#deps.random);
      await this.#deps.clock.sleep(delay, this.#stop.signal).catch(() => undefined);
    }
  }

  async #commit(batch: Batch): Promise<void> {
    const { topics, records } = await this.#deps.cache.write('commitBatch', {
      source: this.connector.id,
      batch,
    });
    // Only now: a batch that failed comes again, and must not be counted twice.
    this.#note(batch);
    if (batch.cursor !== undefined) this.#cursor = batch.cursor;
    this.#records += records;
    if (batch.progress) this.#progress = batch.progress;
    if (topics.length > 0 || batch.progress) this.#deps.publish([...topics, 'sources']);
  }

  #note(batch: Batch): void {
    const at = this.#deps.clock.now();
    for (const { reason, count } of batch.rejected ?? []) {
      const known = this.#rejected.find((entry) => entry.reason === reason);
      const total = (known?.count ?? 0) + count;
      this.#rejected = [
        { reason, count: total, at },
        ...this.#rejected.filter((entry) => entry !== known),
      ].slice(0, REJECTED_KEPT);
    }
  }

  #succeed(): void {
    this.#lastSuccessAt = this.#deps.clock.now();
    this.#failures = 0;
    this.#retryAfterMs = null;
    this.#error = null;
  }

  #fail(error: unknown): void {
    const wire = toWire(error);
    this.#failures++;
    this.#error = { code: wire.code, message: wire.message };
    this.#deps.log.warn(
      {
        source: this.connector.id,
        err: wire.code === 'internal' ? error : wire,
        failures: this.#failures,
      },
      'source failed',
    );
    void this.#remember().catch((cause: unknown) =>
      this.#deps.log.error({ source: this.connector.id, err: cause }, 'sync state not saved'),
    );
    const asked = wire.detail?.retryAfterMs;
    this.#retryAfterMs = typeof asked === 'number' ? asked : null;
  }

  async #remember(): Promise<void> {
    await this.#deps.cache.write('saveSyncState', {
      source: this.connector.id,
      cursor: this.#cursor,
      lastSuccessAt: this.#lastSuccessAt,
      lastAttemptAt: this.#lastAttemptAt,
      failures: this.#failures,
      error: this.#error,
    });
  }
}
