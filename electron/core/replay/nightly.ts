/** The nightly sample: conversations of the last day, scored and answered again, so that production stands beside cold evaluation. */
import type { Cache } from '#core/cache/client.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { ParsedInput } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import type { Replay, ReplayBudget } from '#shared/model/replay.ts';
import { durationMs } from '#shared/util/duration.ts';
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
/** Looks further apart than this: the machine slept, the clock was set, or samples were taken. A night between them is left out. */
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

type Begin = Parameters<Replays['begin']>;

/** What a sample of the service asks, and by whom it is answered. @throws NightdeskError `bad_input`: why there is none. */
async function drawSample(
  { cache, clock, config: current, random }: NightlyDeps,
  service: ServiceConfig,
  environment: string,
  size: number,
): Promise<[Begin[0], Begin[1]]> {
  const config = current();
  const stable = config.endpoints.find(
    (one) =>
      one.id !== config.replay.judge &&
      one.service === service.id &&
      (one.environment ?? environment) === environment &&
      one.version === service.modelFlag?.stable,
  );
  if (!stable) throw nothing(`No endpoint answers as the stable version of ${service.id}.`);
  const { rows } = await cache.read('searchConversations', {
    text: '',
    filter: { services: [service.id], environment, from: clock.now() - DAY },
    sort: 'newest',
    limit: DRAWN_FROM,
    offset: 0,
  });
  if (rows.length === 0) {
    throw nothing(`${service.id} had no conversation in ${environment} within the last day.`);
  }
  const { prepareMany } = await import('./prepare.ts');
  const prepared = await prepareMany(
    { cache, config: current },
    stratify(rows, size, categoryOf, random),
    {
      service: service.id,
      environment,
      choiceFor: async () => ({
        firstTurn: 0,
        choose: (turns: readonly ScriptTurn[]) => draw(turns, 1, random),
      }),
    },
    `Nightly sample of ${service.id}`,
    categoryOf,
  );
  const how = {
    kind: 'nightly' as const,
    endpoints: [stable.id],
    samples: 1,
    history: 'recorded' as const,
    judge: config.replay.judge !== undefined,
  };
  return [prepared, { ...how, budget: nightlyBudget(config, prepared, how) }];
}

function nothing(why: string): NightdeskError {
  return new NightdeskError('bad_input', why);
}

/** Enough for all that was drawn, and never less than a run has where nobody says otherwise; but no more than the night is given. */
function nightlyBudget(
  config: Config,
  prepared: Prepared,
  how: Parameters<typeof phasesOf>[1],
): ReplayBudget {
  const { requests, tokens, usd, ms } = sumOf(phasesOf(prepared, how, config));
  const usual = usualBudget(config);
  const most = config.replay.nightly?.budget ?? {};
  const mostMs = most.time === undefined ? null : durationMs(most.time);
  const enough = (least: number, expected: number, bound = Number.POSITIVE_INFINITY) =>
    Math.min(bound, Math.max(least, expected * SLACK));
  return {
    requests: enough(usual.requests, requests, most.requests),
    tokens: enough(usual.tokens, tokens, most.tokens),
    usd: enough(usual.usd, usd, most.usd),
    minutes: enough(usual.minutes, ms / 60_000, mostMs === null ? undefined : mostMs / 60_000),
  };
}

export interface Nightly {
  /**
   * Takes the sample of one of the configured services at once; resolves when it is under way.
   * @throws NightdeskError `bad_input` when there is nothing to sample, `conflict` while another sample is being taken.
   */
  sample(what: ParsedInput<'replay.sample'>, by: string): Promise<Replay>;
  stop(): void;
}

/** Takes samples at the configured time of every night that the console is awake in, until stopped; and when a person asks. */
export function createNightly(deps: NightlyDeps): Nightly {
  const { clock, log, replays } = deps;
  const stop = new AbortController();
  let taking: { service: string; over: Promise<void> } | null = null;

  /** Others wait, or are told of it: together samples would leave no room for a person's re-runs, and not fit themselves. */
  function take(service: string, begin: () => Promise<Replay>): Promise<Replay> {
    const begun = begin();
    const over = begun
      .then(({ id }) => replays.ended(id))
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        taking = null;
      });
    taking = { service, over };
    return begun;
  }

  async function takeAll(nightly: NonNullable<Config['replay']['nightly']>): Promise<void> {
    const services = deps.config().services.filter((one) => nightly.services.includes(one.id));
    for (const service of services) {
      for (const environment of Object.keys(service.environments)) {
        while (taking) await taking.over;
        if (stop.signal.aborted) return;
        try {
          await take(service.id, () => beginWithRoom(service, environment, nightly.sample));
        } catch (error) {
          if (stop.signal.aborted) return;
          const none = error instanceof NightdeskError && error.code === 'bad_input';
          const said = { err: error, service: service.id, environment };
          log[none ? 'warn' : 'error'](said, 'the nightly sample was not taken');
        }
      }
    }
    await taking?.over;
  }

  /** As soon as there is room among the re-runs. */
  async function beginWithRoom(
    service: ServiceConfig,
    environment: string,
    size: number,
  ): Promise<Replay> {
    const drawn = await drawSample(deps, service, environment, size);
    for (;;) {
      try {
        return await replays.begin(...drawn, 'nightly');
      } catch (error) {
        if (!(error instanceof NightdeskError) || error.code !== 'conflict') throw error;
        await replays.room();
      }
    }
  }

  const keep = async () => {
    for (let last = clock.now(); ; ) {
      await clock.sleep(LOOKS_EVERY, stop.signal);
      const { nightly } = deps.config().replay;
      const now = clock.now();
      // A console that slept through the hour, or a clock that was set, does not catch up on old nights.
      const due = nightly && now - last < LONGEST_GAP ? nextNight(nightly.at, last) : null;
      last = now;
      if (nightly && due !== null && due <= now) await takeAll(nightly);
    }
  };
  keep().catch((error: unknown) => {
    if (!stop.signal.aborted) log.error({ err: error }, 'the nightly sample stopped');
  });

  return {
    async sample({ environment, service: id }, by) {
      const { replay, services } = deps.config();
      const { nightly } = replay;
      const service = services.find((one) => one.id === id);
      if (!nightly) throw nothing('No nightly sample is configured (replay.nightly).');
      if (!service || !nightly.services.includes(id)) {
        throw nothing(`The nightly sample is not configured for ${id} (replay.nightly.services).`);
      }
      if (service.environments[environment] === undefined) {
        throw nothing(`${id} has no environment ${environment}.`);
      }
      if (taking) {
        throw new NightdeskError(
          'conflict',
          `The sample of ${taking.service} is being taken: wait for it, or cancel it.`,
        );
      }
      return take(id, async () =>
        replays.begin(...(await drawSample(deps, service, environment, nightly.sample)), by),
      );
    },
    stop: () => stop.abort(),
  };
}

/** What a sample keeps the shares of: the version that answered, and the language of the user. */
export function categoryOf({ language, version }: ConversationSummary): string {
  return [version, language].filter(Boolean).join(' · ') || 'not told';
}
