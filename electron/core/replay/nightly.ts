/** The nightly sample: conversations of the last day, scored and answered again, so that production stands beside cold evaluation. */
import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { Replays } from './engine.ts';
import type { ScriptTurn } from './script.ts';

const DAY = 86_400_000;
/** The sample is drawn from so many of the day's conversations, newest first. */
const DRAWN_FROM = 5000;
/** Sleeps no longer than this, so that a clock that is set is noticed. */
const LONGEST_SLEEP = 10 * 60_000;

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

/** Scores one service in one environment now; answers the run, or null when there is nothing to do. */
export async function runNightly(
  deps: NightlyDeps,
  service: ServiceConfig,
  environment: string,
  sample: number,
) {
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
  return replays.begin(
    prepared,
    {
      kind: 'nightly',
      endpoints,
      samples: 1,
      history: 'recorded',
      judge: config.replay.judge !== undefined,
      budget: {},
    },
    'nightly',
  );
}

/** Runs at the configured time of every night that the console is awake in, until stopped. */
export function keepNightly(deps: NightlyDeps): () => void {
  const { clock, log } = deps;
  const stop = new AbortController();
  const run = async () => {
    for (let last = clock.now(); ; ) {
      await clock.sleep(LONGEST_SLEEP / 10, stop.signal);
      const { nightly } = deps.config().replay;
      const now = clock.now();
      // A console that slept through the hour, or a clock that was set, does not catch up on old nights.
      const due = nightly && now - last < LONGEST_SLEEP ? nextNight(nightly.at, last) : null;
      last = now;
      if (!nightly || due === null || due > now) continue;
      for (const service of deps.config().services) {
        if (!nightly.services.includes(service.id)) continue;
        for (const environment of Object.keys(service.environments)) {
          await runNightly(deps, service, environment, nightly.sample).catch((error: unknown) => {
            log.error({ err: error, service: service.id }, 'the nightly sample could not be begun');
          });
        }
      }
    }
  };
  run().catch((error: unknown) => {
    if (!stop.signal.aborted) log.error({ err: error }, 'the nightly sample stopped');
  });
  return () => stop.abort();
}

/** What a sample keeps the shares of: the version that answered, and the language of the user. */
export function categoryOf({ language, version }: ConversationSummary): string {
  return [version, language].filter(Boolean).join(' · ') || 'not told';
}
