/** What is claimed at the end of an action, and what a confirmation opens: never more than was seen, or said. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Confirmation } from '#core/actions/permission.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Action, ActionRequest, SingleRequest } from '#shared/model/action.ts';
import type { Config } from '#shared/model/config.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  cell,
  facts,
  fastClock,
} from '../fixtures/actions-world.ts';
import { FIRING, startAlertService } from '../fixtures/alert-service.ts';
import type { Asked } from '../fixtures/faulty-server.ts';
import {
  FEATURES,
  type FlagService,
  makeModelFlag,
  makeSwitch,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { testCache } from './cache-kit.ts';

const on = { service: 'support-bot', environment: 'production' };
const ROLLBACK: SingleRequest = { kind: 'rollback', ...on };
const as = (by = 'mika'): Confirmation => ({ by, role: 'responder', reason: 'p95 above 4 s' });
const signal = () => AbortSignal.timeout(10_000);
const asClient = ({ path }: Asked) => path.startsWith('/api/client');
const stepOf = (action: Action, name: string, change: number | null = 0) =>
  action.steps.find((step) => step.name === name && step.change === change);

let flags: FlagService;
let cache: Cache;
let world: ActionsWorld;
const worlds: ActionsWorld[] = [];

beforeEach(async () => {
  flags = await startFlagService();
  await makeModelFlag(flags.admin, 'model');
  await makeSwitch(flags.admin, 'switch');
  cache = await testCache();
  world = open(cache, actionsConfig(flags.server.url));
});
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.actions.close();
  await flags.close();
});

function open(at: Cache, config: Config, clock = fastClock(20)): ActionsWorld {
  const opened = actionsWorld(at, config, SECRETS, clock);
  worlds.push(opened);
  return opened;
}
async function carryOut(request: ActionRequest): Promise<Action> {
  const made = await world.actions.plan(request, signal());
  // With the word that some plans ask to be typed.
  return world.actions.execute(made.id, { ...as(), typed: made.typed ?? undefined });
}

describe('a change that no traffic shows', () => {
  /** `beta` is a flag of no service: it is restored to being on. */
  async function restore(): Promise<Action> {
    await makeSwitch(flags.admin, 'beta');
    for (const now of ['off', 'on', 'off']) {
      await flags.admin('POST', `${FEATURES}/beta/environments/production/${now}`);
    }
    const pull = world.connector.pull(null, signal());
    for await (const batch of pull) await cache.write('commitBatch', { source: 'flags', batch });
    const of = { key: 'beta', environment: 'production' };
    const events = await cache.read('listFlagEvents', { source: 'flags', ...of, limit: 20 });
    const event = events.find(({ after }) => after?.enabled)?.id ?? '';
    const request = { source: 'flags', flag: 'beta', environment: 'production', event };
    return world.ended((await carryOut({ kind: 'restore', ...request })).id);
  }

  it('is in effect once clients are served it', async () => {
    const ended = await restore();
    expect(ended).toMatchObject({ outcome: 'effective' });
    expect(ended.summary).not.toContain('not proven');
  });

  it.each([401, 403])(
    'is unknown where clients could not be asked (%s), however well it is stored, and says what to mend',
    async (status) => {
      flags.server.fault({ kind: 'status', status }, asClient);
      const ended = await restore();
      expect(stepOf(ended, 'served')?.next).toBe(
        'Mend the secret UNLEASH_CLIENT of the source flags: it must be a client token of its environment production. For this action, watch the traffic instead.',
      );
      expect(JSON.stringify(ended)).not.toContain(SECRETS.UNLEASH_CLIENT);
      expect(stepOf(ended, 'stored')?.state).toBe('done');
      expect(ended).toMatchObject({ outcome: 'unknown', endedAt: expect.any(Number) });
      expect(ended.summary).toMatch(/stored, but not proven in effect\. Not known: /);
    },
  );

  it('says so where there is nobody to ask', async () => {
    const config = actionsConfig(flags.server.url);
    const sources = config.sources.map((source) =>
      source.kind === 'unleash'
        ? { ...source, environments: { production: { name: 'production' } } }
        : source,
    );
    world = open(cache, { ...config, sources });
    const ended = await restore();
    expect(stepOf(ended, 'served')?.state).toBe('skipped');
    expect(ended.outcome).toBe('effective');
    expect(ended.summary).toMatch(/Stored; not proven served: No client token is configured .*\.$/);
  });
});

it('a silence that nobody saw hold is not proven by the traffic that follows the rollback', async () => {
  const alerts = await startAlertService();
  try {
    // The alert service goes by the real clock.
    world = open(cache, actionsConfig(flags.server.url, '1500ms', alerts.server.url), fastClock(1));
    for await (const batch of world.alerts?.pull(null, signal()) ?? []) {
      await cache.write('commitBatch', { source: 'alerts', batch });
    }
    const until = world.clock.now() + 3_600_000;
    const quiet = { source: 'alerts', alert: FIRING.fingerprint, environment: 'production' };
    const made = await world.actions.plan(
      { kind: 'several', requests: [{ kind: 'silence', ...quiet, until }, ROLLBACK] },
      signal(),
    );
    alerts.server.fault({ kind: 'status', status: 401 }, ({ path }) => /\/alerts\b/.test(path));
    const { id } = await world.actions.execute(made.id, as());
    await world.until(id, (one) => stepOf(one, 'served', 1)?.state === 'done');
    await world.traffic({ v41: 50 });
    const ended = await world.ended(id);
    expect(stepOf(ended, 'live', null)?.state).toBe('done');
    expect(ended.outcome).toBe('unknown');
    expect(ended.summary).toMatch(/not proven in effect\. .*SupportBotLatencyHigh.*: Not known: /);
  } finally {
    await alerts.close();
  }
});

it('the second of two consoles is told who had done it, not that it did it', async () => {
  const other = open(await testCache(), actionsConfig(flags.server.url));
  const mine = await world.actions.plan(ROLLBACK, signal());
  const theirs = await other.actions.plan(ROLLBACK, signal());
  await world.actions.execute(mine.id, as());
  const { id } = await other.actions.execute(theirs.id, as('noor'));
  await other.until(id, (one) => stepOf(one, 'served')?.state === 'done');
  await other.traffic({ v41: 50 });
  const ended = await other.ended(id);
  expect(stepOf(ended, 'sent')?.state).toBe('skipped');
  expect(ended.summary).toMatch(
    /^Already done by admin .* ago; nothing was sent \(Roll back support-bot v42 → v41\)\. Live traffic confirms: /,
  );
});

describe('what traffic does not show', () => {
  it('is no proof: a ramp that nothing follows ends as unknown, with so few requests', async () => {
    const cells = [cell('latency_p95', 'ok', 2)];
    world.scene.versions = [facts('v41', cells), facts('v42', cells)];
    const { id } = await carryOut({ kind: 'ramp', ...on, to: 50 });
    await world.until(id, (one) => stepOf(one, 'served')?.state === 'done');
    await world.traffic({ v41: 30, v42: 10 });
    const ended = await world.ended(id);
    expect(stepOf(ended, 'live', null)).toMatchObject({ state: 'unknown' });
    expect(ended.outcome).toBe('unknown');
    expect(ended.summary).toMatch(/Not seen in traffic: .* too few requests to tell\.$/);
  });

  it('of a rollback is not covered by the kill switch beside it', async () => {
    await flags.admin('POST', `${FEATURES}/switch/environments/production/off`);
    const requests: SingleRequest[] = [ROLLBACK, { kind: 'kill_switch', ...on, on: true }];
    const { id } = await carryOut({ kind: 'several', requests });
    await world.until(id, (one) => stepOf(one, 'served', 1)?.state === 'done');
    const none = { ...cell('fallback_rate', 'ok', 0), at: world.clock.now() + 60_000 };
    world.scene.whole = facts('', [none], { requestsPerSecond: 20 });
    const feed = (async () => {
      while ((await world.actions.read(id)).endedAt === null) {
        await world.traffic({ v41: 10, v42: 10 });
        await sleep(50);
      }
    })();
    const ended = await world.ended(id);
    await feed;
    expect(stepOf(ended, 'live', null)).toMatchObject({
      state: 'failed',
      text: expect.stringMatching(/0 % of about .* without the AI path; .* requests on v42/),
    });
    expect(ended.outcome).toBe('failed');
  });
});

it('a recovery is judged on what has broken by the press, not only on what the plan had seen', async () => {
  world.scene.whole = facts('', [cell('cost_per_day', 'watch', 900)]);
  const made = await world.actions.plan(ROLLBACK, signal());
  expect(made.outOfBand.map((one) => one.signal)).toEqual(['cost_per_day']);
  world.scene.whole = facts('', [cell('cost_per_day', 'bad', 990), cell('latency_p95', 'bad', 5)]);
  const { id } = await world.actions.execute(made.id, as());
  const { plan } = await world.until(id, (one) => stepOf(one, 'live', null)?.state === 'running');
  expect(plan.outOfBand.map((one) => one.signal)).toEqual(['cost_per_day', 'latency_p95']);
  world.scene.whole = facts('', [cell('cost_per_day', 'ok', 500), cell('latency_p95', 'bad', 5)]);
  await world.traffic({ v41: 50 });
  expect((await world.ended(id)).outcome).toBe('not_recovered');
  const { entries } = await cache.journal('list', { action: id, limit: 50 });
  const intent = entries.find(({ kind }) => kind === 'intent');
  expect(intent?.data).toMatchObject({ plan: { outOfBand: [{ signal: 'cost_per_day' }] } });
});

it('what stayed out of band is not told as live where traffic did not show it', async () => {
  world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
  const { id } = await carryOut(ROLLBACK);
  const ended = await world.ended(id);
  expect(stepOf(ended, 'live', null)?.state).toBe('unknown');
  expect(ended).toMatchObject({
    outcome: 'not_recovered',
    summary: expect.stringMatching(/Not seen in traffic: .*\. Not recovered: p95 5 s still out of/),
  });
});

describe('a recovery that cannot be seen', () => {
  it.each([
    ['few', 2, 'p95 2 s: too few requests to tell'],
    ['stale', null, 'p95: no fresh value yet'],
  ] as const)('(%s) is neither claimed nor denied', async (state, value, words) => {
    world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
    const { id } = await carryOut(ROLLBACK);
    await world.until(id, (one) => stepOf(one, 'served')?.state === 'done');
    world.scene.whole = facts('', [cell('latency_p95', state, value)]);
    await world.traffic({ v41: 50 });
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('unknown');
    expect(stepOf(ended, 'recovered', null)).toMatchObject({ state: 'unknown', text: words });
    expect(stepOf(ended, 'recovered', null)?.next).toContain('wait for traffic');
    expect(ended.summary).toContain('Live traffic confirms');
    expect(ended.summary).toContain(`Whether it recovered is not known: ${words}.`);
  });
});

describe('the lock of an environment', () => {
  const unlock = () => world.locks.unlock('production', world.clock.now() + 3_600_000, 'mika');
  const kinds = async () =>
    (await cache.journal('list', { limit: 20 })).entries.map((entry) => entry.kind);

  it('is not opened by a confirmation that did not say so', async () => {
    await unlock();
    const made = await world.actions.plan(ROLLBACK, signal());
    expect(made.unlocks).toBe(false);
    await world.locks.lock('production', 'noor');
    await expect(world.actions.execute(made.id, as())).rejects.toMatchObject({ code: 'locked' });
    expect(world.locks.isUnlocked('production')).toBe(false);
    expect(await kinds()).toEqual(['lock', 'unlock']);
    expect(flags.server.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is opened by the plan that is made anew, and by one whose lock was opened meanwhile', async () => {
    const early = await world.actions.plan(ROLLBACK, signal());
    await unlock();
    const late = await world.actions.plan(ROLLBACK, signal());
    await world.locks.lock('production', 'noor');
    await expect(world.actions.execute(late.id, as())).rejects.toMatchObject({ code: 'locked' });
    expect((await world.actions.plan(ROLLBACK, signal())).unlocks).toBe(true);
    await unlock();
    const action = await world.actions.execute(early.id, as());
    expect(stepOf(action, 'sent')?.state).toBe('done');
  });

  it('holds an undo in one call, which nobody has read to unlock', async () => {
    const { id } = await carryOut(ROLLBACK);
    await world.until(id, (one) => stepOf(one, 'stored')?.state === 'done');
    await world.locks.lock('production', 'noor');
    await expect(world.actions.undo(id, as(), signal())).rejects.toMatchObject({ code: 'locked' });
    const made = await world.actions.plan({ kind: 'undo', action: id }, signal());
    const undo = await world.actions.execute(made.id, as());
    expect(stepOf(undo, 'sent')?.state).toBe('done');
  });
});
