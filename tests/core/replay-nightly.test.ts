/** The nightly sample on a real cache against a real server. */
import { afterEach, expect, test, vi } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import { createReplays, type Replays } from '#core/replay/engine.ts';
import { createNightly, type Nightly } from '#core/replay/nightly.ts';
import { Config, type ConfigInput } from '#shared/model/config.ts';
import type { Replay } from '#shared/model/replay.ts';
import { realClock, secretsOf, silentLog } from '../fixtures/deps.ts';
import { type AskedCompletion, startModelServer, type Told } from '../fixtures/model-server.ts';
import { testCache, turn } from './cache-kit.ts';

const NIGHT = new Date(2026, 4, 5, 3, 9, 30).getTime();
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Answers, and grades as the judge. */
const grading = ({ body }: AskedCompletion): Told => {
  if (body.model !== 'judge') return { kind: 'text', text: 'Your order is on its way to you.' };
  const mark = /The mark is (\w+)\./.exec(String(body.messages[0]?.content))?.[1];
  const grades = { mark, addressed: 1, grounded: 1, tone: 1, injection: false, why: '' };
  return { kind: 'text', text: JSON.stringify(grades) };
};

interface World {
  cache: Cache;
  config: Config;
  replays: Replays;
  /** How many re-runs were under way at once, at most. */
  most: () => number;
}

async function world(
  services: readonly string[],
  conversations: number,
  nightly: object = {},
  /** Nothing is answered before it resolves. */
  released: Promise<unknown> = Promise.resolve(),
): Promise<World> {
  const server = await startModelServer((asked) => released.then(() => grading(asked)));
  const cache = await testCache();
  open.push(server);
  const endpoint = { baseUrl: server.baseUrl, concurrency: 16 };
  const config = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    sources: [{ id: 'otlp', kind: 'otlp' }],
    services: services.map((id) => ({
      id,
      environments: { production: { where: {} } },
      modelFlag: { source: 'unleash', flag: 'f', stable: 'v41' },
    })),
    endpoints: [
      ...services.map((id) => ({
        ...endpoint,
        id: `${id}-v41`,
        model: 'old',
        version: 'v41',
        service: id,
      })),
      { ...endpoint, id: 'judge', model: 'judge' },
    ],
    replay: { judge: 'judge', nightly: { at: '03:10', services: [...services], ...nightly } },
  } satisfies ConfigInput);
  const spans = services.flatMap((service) =>
    Array.from({ length: conversations }, (_, number) =>
      turn({
        service,
        conversation: `${service}-${number}`,
        trace: `${service}-${number}`,
        at: NIGHT - 3_600_000 + number * 1000,
        said: 'Where is my order please?',
        language: 'en',
      }),
    ).flat(),
  );
  await cache.write('commitBatch', { source: 's', batch: { spans } });
  const replays = createReplays({
    cache,
    clock: realClock,
    log: silentLog,
    secrets: secretsOf({}),
    config: () => config,
    publish: () => undefined,
  });
  open.push(replays);
  let most = 0;
  const counted: Replays = {
    ...replays,
    async begin(...args) {
      const run = await replays.begin(...args);
      const listed = await replays.list({ limit: 50 });
      most = Math.max(most, listed.filter(({ state }) => state === 'running').length);
      return run;
    },
  };
  return { cache, config, replays: counted, most: () => most };
}

function depsOf({ cache, config, replays }: World) {
  const clock = { ...realClock, now: () => NIGHT };
  return { cache, clock, log: silentLog, random: Math.random, config: () => config, replays };
}

function nightlyOf(one: World): Nightly {
  const nightly = createNightly(depsOf(one));
  open.push({ close: async () => nightly.stop() });
  return nightly;
}

const BOT = { service: 'bot', environment: 'production' };

async function sampled(one: World): Promise<Replay> {
  const run = await nightlyOf(one).sample(BOT, 'rosa');
  return one.replays.ended(run.id);
}

test('a sample of 200 is answered whole where no budget is configured', async () => {
  const done = await sampled(await world(['bot'], 200));
  expect(done).toMatchObject({ state: 'done', progress: { done: 200, total: 200 } });
  expect(done.totals.map(({ scored }) => scored)).toEqual([200, 200]);
  expect(done.spent.requests).toBe(600);
});

test('what was sampled tells its categories, and who asked for it', async () => {
  const one = await world(['bot'], 3);
  const done = await sampled(one);
  expect(done).toMatchObject({ kind: 'nightly', by: 'rosa', title: 'Nightly sample of bot' });
  const { cases } = await one.replays.read(done.id);
  expect(new Set(cases.map(({ category }) => category))).toEqual(new Set(['v41 · en']));
});

test('what cannot be sampled says why, and nothing is sent', async () => {
  const one = await world(['bot'], 1);
  const why = (what: Parameters<Nightly['sample']>[0], of = one) =>
    expect(nightlyOf(of).sample(what, 'rosa')).rejects;
  await why({ ...BOT, service: 'other' }).toThrow('is not configured for other');
  await why({ ...BOT, environment: 'staging' }).toThrow('bot has no environment staging');
  const { endpoints, replay } = one.config;
  const without = (change: object) => ({ ...one, config: { ...one.config, ...change } });
  await why(BOT, without({ replay: { ...replay, nightly: undefined } })).toThrow(
    'No nightly sample is configured (replay.nightly).',
  );
  await why(BOT, without({ endpoints: endpoints.filter(({ id }) => id !== 'bot-v41') })).toThrow(
    'No endpoint answers as the stable version of bot.',
  );
  await why(BOT, await world(['bot'], 0)).toThrow(
    'bot had no conversation in production within the last day.',
  );
  expect(await one.replays.list({ limit: 50 })).toEqual([]);
});

test('only one sample is taken at a time; the next when it is over', async () => {
  const one = await world(['bot', 'b2'], 3);
  const nightly = nightlyOf(one);
  const first = nightly.sample(BOT, 'rosa');
  await expect(nightly.sample({ ...BOT, service: 'b2' }, 'rosa')).rejects.toMatchObject({
    code: 'conflict',
    message: 'The sample of bot is being taken: wait for it, or cancel it.',
  });
  await one.replays.ended((await first).id);
  await vi.waitFor(async () => {
    const next = await nightly.sample({ ...BOT, service: 'b2' }, 'rosa');
    expect(await one.replays.ended(next.id)).toMatchObject({ state: 'done', service: 'b2' });
  });
});

test('the budget of the night holds the sample where one is configured', async () => {
  const done = await sampled(await world(['bot'], 30, { budget: { requests: 50 } }));
  expect(done).toMatchObject({ state: 'budget_spent', spent: { requests: 50 } });
  expect(done.budget).toMatchObject({ requests: 50, usd: 5 });
});

/** The console at 03:09:30, looking once at 03:10:30; resolves when so many runs have ended. */
async function night(
  one: World,
  runs: number,
  before: (nightly: Nightly) => Promise<unknown> = async () => undefined,
): Promise<Replay[]> {
  let now = NIGHT;
  const clock = {
    now: () => now,
    steady: () => now,
    sleep: async (_ms: number, signal?: AbortSignal) => {
      if (now === NIGHT) now += 60_000;
      else await realClock.sleep(1e9, signal);
    },
  };
  const failed: unknown[] = [];
  const log = { ...silentLog, error: (fields: object) => failed.push(fields) };
  const nightly = createNightly({ ...depsOf(one), clock, log });
  try {
    await before(nightly);
    for (;;) {
      const list = await one.replays.list({ limit: 50 });
      const ended = list.filter(({ kind, state }) => kind === 'nightly' && state !== 'running');
      if (ended.length >= runs || failed.length > 0) {
        expect(failed).toEqual([]);
        return ended;
      }
      await realClock.sleep(20);
    }
  } finally {
    nightly.stop();
  }
}

test('five services are sampled in one night, one after the other', async () => {
  const services = ['bot', 'b2', 'b3', 'b4', 'b5'];
  const one = await world(services, 5);
  // After the one that a person asked for.
  const runs = await night(one, 6, (nightly) => nightly.sample(BOT, 'rosa'));
  expect(runs.map(({ by, service, state }) => `${by}: ${service} ${state}`).toSorted()).toEqual([
    ...services.map((id) => `nightly: ${id} done`).toSorted(),
    'rosa: bot done',
  ]);
  expect(one.most()).toBe(1);
});

test('the night waits while re-runs of people take all the room', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const one = await world(['bot'], 5, {}, released);
  const [row] = await one.cache.read('findConversations', { ids: ['bot-0'], limit: 1 });
  const request = {
    target: { kind: 'conversation' as const, conversation: row?.key ?? -1 },
    endpoints: ['bot-v41'],
    samples: 20,
    history: 'own' as const,
    judge: true,
    budget: {},
  };
  for (let count = 0; count < 3; count++) await one.replays.run(request, 'rosa');
  const full = await one.replays.list({ limit: 50 });
  expect(full.filter(({ state }) => state === 'running')).toHaveLength(3);
  const [sample] = await night(one, 1, async () => release());
  expect(sample).toMatchObject({ service: 'bot', state: 'done' });
});
