/** Scrapes services directly and derives their signals here; imports their history once. */
import PQueue from 'p-queue';
import { SignalDeriver } from '#core/analysis/derive.ts';
import { STALE_AFTER_MS } from '#core/analysis/derive-rate.ts';
import { compileWhere, scopesOf, windowOf } from '#core/analysis/derive-selection.ts';
import { SeriesStore } from '#core/analysis/derive-store.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { SourceConfigOf } from '#shared/model/config.ts';
import type { CheckReport } from '#shared/model/source.ts';
import { durationMs } from '#shared/util/duration.ts';
import { Breather } from '../breather.ts';
import type { Batch, Connector, SeriesPoints } from '../connector.ts';
import type { SourceContext } from '../context.ts';
import { messageOf, Rejections } from '../rejections.ts';
import { isOnlyMetricsSource } from '../service-items.ts';
import { checkTargets } from './check.ts';
import { isImported, parseCursor, withImported } from './cursor.ts';
import { Place } from './document.ts';
import { deriveHistory, readHistory } from './history.ts';
import { type Scraped, Target } from './target.ts';

type OpenmetricsConfig = SourceConfigOf<'openmetrics'>;

const DEFAULT_EVERY = '15s';
const DEFAULT_TIMEOUT = '10s';
const CONCURRENCY = 50;
const HISTORY_TIMEOUT_MS = 600_000;
const MAX_HISTORY_BYTES = 512 * 1024 * 1024;
/** A history that could not be read is tried again after this long. */
const HISTORY_RETRY_MS = 60_000;
const PROGRESS_MS = 500;
/**
 * Rates, ratios and quantiles of the first moments after a start speak for a handful of requests, and would stand
 * beside what the cache already knows as a break or a recovery that never was.
 */
const SETTLED_AFTER_MS = 10_000;

/** Throws `config_invalid` for a `where` whose pattern is no regular expression. */
export function createOpenmetricsConnector(
  config: OpenmetricsConfig,
  context: SourceContext,
): Connector {
  const { clock, signals } = context;
  const everyMs = durationMs(config.every ?? DEFAULT_EVERY);
  const timeoutMs = durationMs(config.timeout ?? DEFAULT_TIMEOUT);
  const scopes = scopesOf(context.config);
  for (const scope of scopes) compileWhere(scope.where);
  const windowMs = windowOf(context.config);
  const keepMs = Math.max(windowMs, STALE_AFTER_MS);
  const store = new SeriesStore(signals, scopes);
  const deriver = new SignalDeriver(store, windowMs);
  const targets = config.targets.map((target) => new Target(target, timeoutMs));
  const queue = new PQueue({ concurrency: CONCURRENCY });
  /** Targets whose scrape has not ended yet. */
  const busy = new Set<Target>();
  /** Scrapes that ended after their pass had gone on without them. */
  let late: Scraped[] = [];
  let firstPassAt = Number.POSITIVE_INFINITY;
  let lastPassAt = Number.NEGATIVE_INFINITY;
  const historyRetryAt = new Map<string, number>();

  /** Every signal of every service, as it stands at `at`; until enough was counted, only gauges. */
  async function derive(at: number): Promise<SeriesPoints[]> {
    const settled = at - firstPassAt >= Math.min(SETTLED_AFTER_MS, windowMs / 3);
    const breather = new Breather();
    const points: SeriesPoints[] = [];
    for (const scope of scopes) {
      for (const signal of signals) {
        if (!settled && signal.expression.kind !== 'gauge') continue;
        for (const derivation of deriver.derivations(signal, scope)) {
          const value = derivation.at(at);
          if (!Number.isFinite(value)) continue;
          points.push({
            key: derivation.key,
            ts: Float64Array.of(at),
            value: Float64Array.of(value),
          });
        }
        await breather.rest();
      }
    }
    return points;
  }

  /**
   * Scrapes all targets at once. A target that answers slowly is waited for only while no other has
   * answered; its samples join the next pass. Throws when no target could be scraped.
   */
  async function pass(signal: AbortSignal): Promise<Batch> {
    const at = clock.now();
    const own = new Rejections();
    if (at < lastPassAt) {
      const dropped = store.forgetFrom(at);
      if (dropped > 0) own.add('samples of a clock that has gone back', null, dropped);
    }
    firstPassAt = Math.min(firstPassAt, at);
    lastPassAt = at;
    store.forget(at - keepMs);

    const ended: Scraped[] = late;
    late = [];
    const waiting = new Set<Promise<unknown>>();
    let passed = false;
    for (const target of targets) {
      if (busy.has(target)) continue;
      busy.add(target);
      const queued = queue.add(() => target.scrape(store, at, keepMs, signal));
      const scrape = queued.then((scraped) => {
        busy.delete(target);
        waiting.delete(scrape);
        if (!passed) ended.push(scraped);
        else if (!signal.aborted) late.push(scraped);
      });
      waiting.add(scrape);
    }
    const graceOver = new AbortController();
    let inGrace = true;
    const grace = clock
      .sleep(Math.max(250, everyMs / 2), AbortSignal.any([signal, graceOver.signal]))
      .catch(() => undefined)
      .finally(() => {
        inGrace = false;
      });
    while (waiting.size > 0 && !signal.aborted) {
      if (!inGrace && ended.some(({ error }) => error === null)) break;
      await Promise.race(inGrace ? [...waiting, grace] : waiting);
    }
    passed = true;
    graceOver.abort();
    if (signal.aborted) throw cancelled();

    const failed = ended.filter(({ error }) => error !== null);
    if (failed.length > 0 && failed.length === ended.length) throw failed[0]?.error;
    return {
      points: await derive(at),
      rejected: [
        ...own.take(),
        ...ended.flatMap(({ target, rejections }) => rejections.take(`${target.place.address}: `)),
        ...failed.map(({ error }) => ({ reason: messageOf(error), count: 1 })),
        ...[...busy].map(({ place }) => ({
          reason: `${place.address}: no answer yet, the other targets go on`,
          count: 1,
        })),
      ],
    };
  }

  /** Reads one history and yields its signals; scrapes go on meanwhile. */
  async function* importHistory(
    address: string,
    labels: Record<string, string>,
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    const place = new Place(address, HISTORY_TIMEOUT_MS, MAX_HISTORY_BYTES);
    const what = `history of ${place.address}`;
    const rejections = new Rejections();
    let progress = { what, done: 0, total: 100 };
    let nextPass = clock.now() + everyMs;
    const scrapeWhenDue = async function* (): AsyncGenerator<Batch> {
      if (clock.now() < nextPass) return;
      nextPass = clock.now() + everyMs;
      try {
        yield await pass(signal);
      } catch (error) {
        if (signal.aborted) throw error;
        yield { rejected: [{ reason: messageOf(error), count: 1 }] };
      }
    };

    const stop = new AbortController();
    const reading = readHistory(
      place,
      { instance: place.host, ...labels },
      signals,
      scopes,
      rejections,
      clock.now(),
      AbortSignal.any([signal, stop.signal]),
      (done, total) => {
        // Reading is the first half of the way. Compressed or without a length it cannot be told how far it is.
        progress = { what, done: total > done ? (50 * done) / total : 25, total: 100 };
      },
    );
    try {
      let ended = false;
      const end = reading.then(
        () => (ended = true),
        () => (ended = true),
      );
      while (!ended) {
        const tick = new AbortController();
        await Promise.race([end, clock.sleep(PROGRESS_MS, tick.signal).catch(() => undefined)]);
        tick.abort();
        if (ended) break;
        yield { progress };
        yield* scrapeWhenDue();
      }
      const history = await reading;
      for await (const part of deriveHistory(history, signals, scopes, windowMs)) {
        if (signal.aborted) throw cancelled();
        yield {
          points: part.points,
          progress: { what, done: 50 + (50 * part.done) / part.total, total: 100 },
        };
        yield* scrapeWhenDue();
      }
    } finally {
      stop.abort();
    }
    yield { rejected: rejections.take(`${what}: `), progress: { what, done: 100, total: 100 } };
  }

  async function* pull(cursorText: string | null, signal: AbortSignal): AsyncGenerator<Batch> {
    if (signal.aborted) throw cancelled();
    let cursor = cursorText;
    yield await pass(signal);
    for (const { history, labels } of config.targets) {
      if (history === undefined || isImported(parseCursor(cursor), history)) continue;
      if (clock.now() < (historyRetryAt.get(history) ?? 0)) continue;
      try {
        yield* importHistory(history, labels, signal);
        cursor = withImported(parseCursor(cursor), history);
        yield { cursor };
      } catch (error) {
        if (signal.aborted) throw cancelled();
        // Signals of now are worth having without those of yesterday.
        historyRetryAt.set(history, clock.now() + HISTORY_RETRY_MS);
        yield { rejected: [{ reason: `history: ${messageOf(error)}`, count: 1 }] };
      }
    }
  }

  return {
    id: config.id,
    kind: 'openmetrics',
    capabilities: ['signals'],
    address:
      (targets[0]?.place.address ?? '') +
      (targets.length > 1 ? ` and ${targets.length - 1} more` : ''),
    everyMs,
    check: (signal): Promise<CheckReport> =>
      checkTargets(
        config.targets,
        signals,
        scopes,
        timeoutMs,
        isOnlyMetricsSource(context.config),
        signal,
      ),
    pull,
  };
}

function cancelled(): NightdeskError {
  return new NightdeskError('cancelled', 'The scrape was cancelled.');
}
