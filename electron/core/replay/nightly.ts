/** The nightly sample: conversations of the last day, scored and answered again, so that production stands beside cold evaluation. */
import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { Replay, ReplayBudget } from '#shared/model/replay.ts';
import { parseDuration } from '#shared/util/duration.ts';
import { usualBudget } from './endpoints.ts';
import type { Replays } from './engine.ts';
import { phasesOf, sumOf } from './estimate.ts';
import type { Prepared } from './prepare.ts';
import type { ScriptTurn } from './script.ts';

const DAY = 86_400_000;
/** The sample is drawn from so many of the day's conversations, newest first. */
const DRAWN_FROM = 5000;
/** Looks at the time so often. */
const LOOKS_EVERY = 60_000;
/** Looks further apart than this mean that the console slept or the clock was set: the night between them is left out. */
const LONGEST_GAP = 10 * 60_000;
/** Models call more tools than they did, and refuse for a while: a sample may use so many times what is expected. */
const SLACK = 2;

export interface NightlyDeps {
  cache: Cache;
  clock: Clock;
  log: Log;
  /** 0 ≤ x < 1. */
  random: () => number;
  config: () => Config;
  replays: Replays;
}

/**
 * `size` of the items in the proportion of their categories, at least one of each while there is room. Inside a category any
 * is as likely as another.
 */
export function stratify<T>(
  items: readonly T[],
  size: number,
  categoryOf: (item: T) => string,
  random: () => number,
): T[] {
  const strata = new Map<string, T[]>();
  for (const item of items) {
    const category = categoryOf(item);
    strata.set(category, [...(strata.get(category) ?? []), item]);
  }
  const largest = [...strata.values()].toSorted((a, b) => b.length - a.length);
  const wanted = Math.min(size, items.length);
  const shares = largest.slice(0, wanted).map((list) => {
    const exact = (list.length / Math.max(1, items.length)) * wanted;
    return { list, exact, count: Math.min(list.length, Math.max(1, Math.floor(exact))) };
  });
  const missing = () => wanted - shares.reduce((sum, { count }) => sum + count, 0);
  // Rounding up the rare ones took too many, or rounding down left some: the largest remainders decide.
  const byRemainder = shares.toSorted((a, b) => b.exact - b.count - (a.exact - a.count));
  for (let at = 0; missing() > 0; at++) {
    const share = byRemainder[at % byRemainder.length];
    if (share && share.count < share.list.length) share.count += 1;
  }
  for (let at = 0; missing() < 0; at++) {
    const share = shares[at % shares.length];
    if (share && share.count > 1) share.count -= 1;
  }
  return shares.flatMap(({ count, list }) => draw(list, count, random));
}

function draw<T>(items: readonly T[], count: number, random: () => number): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return drawn;
}

/** The next time of day `at` (local, "03:10") after `now`. */
export function nextNight(at: string, now: number): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const next = new Date(now);
  next.setHours(hours, minutes, 0, 0);
  if (next.getTime() <= now) next.setDate(next.getDate() + 1);
  return next.getTime();
}

/**
 * Scores one service in one environment, as soon as there is room among the re-runs; answers the run when it is under way, or
 * null when there is nothing to do.
 */
export async function runNightly(
  deps: NightlyDeps,
  service: ServiceConfig,
  environment: string,
  sample: number,
): Promise<Replay | null> {
  const { cache, clock, log, random, replays } = deps;
  const config = deps.config();
  const endpoints = config.endpoints
    .filter((one) => one.id !== config.replay.judge)
    .filter((one) => one.service === service.id && (one.environment ?? environment) === environment)
    .filter((one) => one.version === service.modelFlag?.stable)
    .map((one) => one.id)
    .slice(0, 1);
  if (endpoints.length === 0) {
    log.warn(
      { service: service.id },
      'no endpoint answers as the stable version: no nightly sample',
    );
    return null;
  }
  const { rows } = await cache.read('searchConversations', {
    text: '',
    filter: { services: [service.id], environment, from: clock.now() - DAY },
    sort: 'newest',
    limit: DRAWN_FROM,
    offset: 0,
  });
  const anyTurn = (turns: readonly ScriptTurn[]) => draw(turns, 1, random);
  const { prepareMany } = await import('./prepare.ts');
  const prepared = await prepareMany(
    { cache, config: deps.config },
    stratify(rows, sample, categoryOf, random),
    { service: service.id, environment, choose: anyTurn },
    `Nightly sample of ${service.id}`,
    categoryOf,
  );
  if (prepared.cases.length === 0) return null;
  const how = {
    kind: 'nightly' as const,
    endpoints,
    samples: 1,
    history: 'recorded' as const,
    judge: config.replay.judge !== undefined,
  };
  const budget = nightlyBudget(config, prepared, how);
  for (;;) {
    try {
      return await replays.begin(prepared, { ...how, budget }, 'nightly');
    } catch (error) {
      if (!(error instanceof NightdeskError) || error.code !== 'conflict') throw error;
      await replays.room();
    }
  }
}

/** Enough for all that was drawn, and never less than a run has where nobody says otherwise; but no more than the night is given. */
export function nightlyBudget(
  config: Config,
  prepared: Prepared,
  how: Parameters<typeof phasesOf>[1],
): ReplayBudget {
  const { requests, tokens, usd, ms } = sumOf(phasesOf(prepared, how, config));
  const usual = usualBudget(config);
  const most = config.replay.nightly?.budget ?? {};
  const mostMs = most.time === undefined ? null : parseDuration(most.time);
  const enough = (least: number, expected: number, bound = Number.POSITIVE_INFINITY) =>
    Math.min(bound, Math.max(least, expected * SLACK));
  return {
    requests: enough(usual.requests, requests, most.requests),
    tokens: enough(usual.tokens, tokens, most.tokens),
    usd: enough(usual.usd, usd, most.usd),
    minutes: enough(usual.minutes, ms / 60_000, mostMs === null ? undefined : mostMs / 60_000),
  };
}

/** Runs at the configured time of every night that the console is awake in, until stopped. */
export function keepNightly(deps: NightlyDeps): () => void {
  const { clock, log } = deps;
  const stop = new AbortController();
  const run = async () => {
    for (let last = clock.now(); ; ) {
      await clock.sleep(LOOKS_EVERY, stop.signal);
      const { nightly } = deps.config().replay;
      const now = clock.now();
      // A console that slept through the hour, or a clock that was set, does not catch up on old nights.
      const due = nightly && now - last < LONGEST_GAP ? nextNight(nightly.at, last) : null;
      last = now;
      if (!nightly || due === null || due > now) continue;
      await sampleAll(deps, nightly, stop.signal);
    }
  };
  run().catch((error: unknown) => {
    if (!stop.signal.aborted) log.error({ err: error }, 'the nightly sample stopped');
  });
  return () => stop.abort();
}

/** One after the other: together they would leave no room for a person's re-runs, and not fit themselves. */
async function sampleAll(
  deps: NightlyDeps,
  nightly: NonNullable<Config['replay']['nightly']>,
  signal: AbortSignal,
): Promise<void> {
  const services = deps.config().services.filter((one) => nightly.services.includes(one.id));
  for (const service of services) {
    for (const environment of Object.keys(service.environments)) {
      if (signal.aborted) return;
      try {
        const run = await runNightly(deps, service, environment, nightly.sample);
        if (run) await deps.replays.ended(run.id);
      } catch (error) {
        if (signal.aborted) return;
        deps.log.error({ err: error, service: service.id }, 'the nightly sample was not taken');
      }
    }
  }
}

/** What a sample keeps the shares of: the version that answered, and the language of the user. */
export function categoryOf({ language, version }: ConversationSummary): string {
  return [version, language].filter(Boolean).join(' · ') || 'not told';
}
