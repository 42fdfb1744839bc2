import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLocks } from '#core/actions/locks.ts';
import type { Confirmation } from '#core/actions/permission.ts';
import { type OpenedCache, openCache } from '#core/cache/open.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action, ActionRequest, Plan } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { FlagChange } from '#shared/model/planned-change.ts';
import type { Cell } from '#shared/model/signal.ts';
import { flagStateText } from '#shared/util/flag-state.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  cell,
  facts,
  fastClock,
} from '../fixtures/actions-world.ts';
import { silentLog } from '../fixtures/deps.ts';
import type { Asked } from '../fixtures/faulty-server.ts';
import {
  FEATURES,
  type FlagService,
  makeModelFlag,
  makeSwitch,
  OTHER_TOKEN,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { testCache, WORKER } from './cache-kit.ts';

const ROLLBACK: ActionRequest = {
  kind: 'rollback',
  service: 'support-bot',
  environment: 'production',
};
/** Types the word as well, which only some plans ask for. */
const as = (by: string, reason = ''): Confirmation => ({
  by,
  role: 'responder',
  reason,
  typed: 'support-bot',
});
const isWrite = ({ method }: Asked) => method !== 'GET';
const signal = () => AbortSignal.timeout(10_000);

let service: FlagService;
/** One for all tests, so that what one test sees as new is new. */
const clock = fastClock(20);
/** One for all tests, because opening it costs most of their time; those that restart have their own. */
let shared: OpenedCache;
let sharedDir: string;
let cache: OpenedCache;
let world: ActionsWorld;

beforeAll(async () => {
  sharedDir = await mkdtemp(join(tmpdir(), 'nightdesk-actions-'));
  shared = await openCache({ worker: WORKER, log: silentLog, dataDir: sharedDir });
});
afterAll(async () => {
  await shared.close();
  await rm(sharedDir, { recursive: true, force: true });
});

beforeEach(async () => {
  service = await startFlagService();
  await makeModelFlag(service.admin, 'model');
  await makeSwitch(service.admin, 'switch');
  cache = shared;
  world = actionsWorld(cache, actionsConfig(service.server.url), SECRETS, clock);
});
afterEach(async () => {
  await world.actions.close();
  await service.close();
});

const plan = (request: ActionRequest = ROLLBACK) => world.actions.plan(request, signal());
async function carryOut(request: ActionRequest = ROLLBACK): Promise<Action> {
  const made = await plan(request);
  return world.actions.execute(made.id, as('mika', 'p95 above 4 s'));
}
async function present(flag = 'model'): Promise<FlagState> {
  if (!world.connector.control) throw new Error('no control');
  return world.connector.control.read(flag, 'production', signal());
}
const writes = () => service.server.asked.filter(isWrite);
const states = (action: Action) =>
  Object.fromEntries(action.steps.map((step) => [step.name, step.state]));
const flagOf = ({ changes }: Plan): FlagChange => {
  const [change] = changes;
  if (change?.kind !== 'flag') throw new Error('no change of a flag');
  return change;
};
const diffOf = (made: Plan) => made.changes.flatMap(({ diff }) => diff);
const step = (action: Action, name: string) => {
  const found = action.steps.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};
async function kinds(id: string): Promise<string[]> {
  const { entries } = await cache.journal('list', { action: id, limit: 100 });
  return entries.map((entry) => entry.kind).reverse();
}

describe('a plan', () => {
  it('shows what changes, for whom, and the way back', async () => {
    world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2.1)], { trafficShare: 0.69 }),
      facts('v42', [cell('latency_p95', 'bad', 4.9)], { trafficShare: 0.31, requestsPerSecond: 3 }),
    ];
    const made = await plan();
    expect(made.title).toBe('Roll back support-bot v42 → v41');
    expect(diffOf(made).map(({ sign, text }) => `${sign} ${text}`)).toEqual([
      '  production · flexibleRollout · variants',
      '- v42  weight 250',
      '+ v42  weight 0',
      '- v41  weight 750',
      '+ v41  weight 1000',
    ]);
    expect(made).toMatchObject({
      noop: false,
      fromVersions: ['v42'],
      toVersion: 'v41',
      affected: {
        rollout: 0.25,
        trafficShare: 0.31,
        conversationsLastHour: 412,
        requestsPerSecond: 3,
      },
      targetHealth: { version: 'v41' },
      outOfBand: [{ signal: 'latency_p95', version: 'v42', state: 'bad' }],
      blockers: [],
      unlocks: true,
      undo: 'Undo restores the weights above exactly.',
    });
    expect(writes()).toEqual([]);
  });

  it('says that it is already so', async () => {
    await plan({ ...ROLLBACK, to: 'v41' }).then(({ noop }) => expect(noop).toBe(false));
    const action = await carryOut();
    await world.until(action.id, (one) => step(one, 'stored').state === 'done');
    const again = await plan();
    expect(again).toMatchObject({
      noop: true,
      changes: [{ diff: [] }],
      warnings: [{ code: 'already_so' }],
    });
  });

  it('is blocked when the flag does not offer the version', async () => {
    const made = await plan({ ...ROLLBACK, to: 'v39' });
    expect(made.blockers.map(({ message }) => message).join()).toContain('none of them is v39');
    expect(made.warnings.map(({ code }) => code)).not.toContain('already_so');
    const error = await failure(world.actions.execute(made.id, as('mika', '')));
    expect(error.code).toBe('bad_input');
    expect(writes()).toEqual([]);
  });

  it.each<[string, ActionRequest, string]>([
    ['an unknown service', { ...ROLLBACK, service: 'nope' }, 'not_found'],
    ['an environment it does not run in', { ...ROLLBACK, environment: 'staging' }, 'not_found'],
    ['a service without a flag', { ...ROLLBACK, service: 'docs' }, 'bad_input'],
    ['an unknown action', { kind: 'undo', action: 'a-99' }, 'not_found'],
    [
      'an unknown entry of the history',
      { kind: 'restore', source: 'flags', flag: 'model', environment: 'production', event: 'x' },
      'not_found',
    ],
  ])('is refused for %s', async (_what, request, code) => {
    expect((await failure(plan(request))).code).toBe(code);
  });

  it('is refused while the flag cannot be read', async () => {
    await service.server.vanish();
    expect((await failure(plan())).code).toBe('unreachable');
  });
});

describe('an action', () => {
  it('is journaled, sent, and proven step by step until the signals are back in band', async () => {
    world.scene.whole = facts('', [cell('latency_p95', 'bad', 4.2)]);
    world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2.1)], { trafficShare: 0.69 }),
      facts('v42', [cell('latency_p95', 'bad', 4.9)], { trafficShare: 0.31 }),
    ];
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'served').state === 'done');
    await world.traffic({ v42: 4, v41: 16 });
    const moving = await world.until(id, (one) => step(one, 'live').text.includes('4 of 20'));
    expect(states(moving)).toMatchObject({ live: 'running', recovered: 'waiting' });
    // The old conversations end; twenty seconds later only v41 is left.
    for (let i = 0; i < 40 && step(await world.actions.read(id), 'live').state !== 'done'; i++) {
      await world.traffic({ v41: 20 });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const live = await world.until(id, (one) => step(one, 'recovered').state === 'running');
    expect(step(live, 'live').text).toMatch(
      /^0 of \d+ requests on v42 in the last \d+ s \(was 25 %\)$/,
    );
    await world.until(id, (one) => step(one, 'recovered').text.includes('p95 4.2 s still out'));
    world.scene.whole = facts('', [cell('latency_p95', 'ok', 2.2)]);
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('recovered');
    expect(states(ended)).toEqual({
      sent: 'done',
      stored: 'done',
      served: 'done',
      live: 'done',
      recovered: 'done',
    });
    expect(step(ended, 'served').text).toBe('200 of 200 evaluations answer v41');
    expect(ended.summary).toMatch(/^Rolled back to v41\. Live traffic confirms: 0 of /);
    expect(await kinds(id)).toEqual(['intent', ...Array(8).fill('step'), 'outcome']);
    expect(await cache.audit('verify', {})).toMatchObject({ ok: true });
    expect(new Set(world.topics)).toEqual(new Set(['session', 'actions', 'journal']));
  });

  it('loses no variant, payload or stickiness, and the weights sum to 1000', async () => {
    const before = await present();
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'stored').state === 'done');
    const after = await present();
    const shape = (state: FlagState) =>
      state.strategies.flatMap(({ variants }) =>
        variants.map(({ weight: _weight, ...rest }) => rest),
      );
    expect(shape(after)).toEqual(shape(before));
    expect(after.strategies[0]?.variants.map(({ weight }) => weight)).toEqual([1000, 0]);
  });

  it('sends nothing that could not be journaled before', async () => {
    const broken = actionsWorld(
      {
        ...cache,
        journal: (name, args) =>
          name === 'append'
            ? Promise.reject(new NightdeskError('storage_full', 'The disk is full.'))
            : cache.journal(name, args),
      },
      actionsConfig(service.server.url),
      SECRETS,
      clock,
    );
    const made = await broken.actions.plan(ROLLBACK, signal());
    expect((await failure(broken.actions.execute(made.id, as('mika', '')))).code).toBe(
      'storage_full',
    );
    expect(writes()).toEqual([]);
  });

  it('is one action however often it is confirmed', async () => {
    const made = await plan();
    const [one, two] = await Promise.all([
      world.actions.execute(made.id, as('mika', '')),
      world.actions.execute(made.id, as('mika', '')),
    ]);
    const three = await world.actions.execute(made.id, as('mika', ''));
    expect(new Set([one?.id, two?.id, three.id]).size).toBe(1);
    expect(writes()).toHaveLength(1);
  });

  it('unlocks the environment with the confirmation, and says so in the journal', async () => {
    expect(world.locks.isUnlocked('production')).toBe(false);
    await carryOut();
    expect(world.locks.isUnlocked('production')).toBe(true);
    const { entries } = await cache.journal('list', { limit: 100 });
    const newest = entries.find((entry) => entry.kind !== 'step');
    expect(newest?.kind).toBe('intent');
    expect(entries.find((entry) => entry.seq === (newest?.seq ?? 0) - 1)).toMatchObject({
      kind: 'unlock',
      actor: 'mika',
    });
    expect((await plan()).unlocks).toBe(false);
  });

  it('is refused, with both states, when the flag moved since the plan', async () => {
    const made = await plan();
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(world.actions.execute(made.id, as('mika', '')));
    expect(error.code).toBe('conflict');
    expect(error.detail).toMatchObject({
      expected: { enabled: true },
      present: { enabled: false },
      diff: [{ sign: ' ' }, { sign: '-', text: 'on' }, { sign: '+', text: 'off' }],
    });
    expect(writes()).toEqual([]);
    const [action] = await world.actions.list({ limit: 1 });
    expect(action).toMatchObject({ outcome: 'refused', endedAt: expect.any(Number) });
  });

  it('of a second console finds it already so, and changes nothing', async () => {
    const other = actionsWorld(
      await testCache(),
      actionsConfig(service.server.url),
      SECRETS,
      clock,
    );
    const [mine, theirs] = [await plan(), await other.actions.plan(ROLLBACK, signal())];
    const first = await world.actions.execute(mine.id, as('mika', ''));
    const second = await other.actions.execute(theirs.id, as('noor', ''));
    expect(step(first, 'sent').state).toBe('done');
    const proven = await other.until(second.id, (one) => step(one, 'served').state === 'done');
    expect(step(proven, 'sent')).toMatchObject({
      state: 'skipped',
      text: expect.stringMatching(/^already done by admin .* ago; nothing was sent$/),
    });
    expect(writes()).toHaveLength(1);
    await other.actions.close();
  });

  describe('of two consoles at once', () => {
    /** How each was sent, once both are proven served. */
    async function atOnce(secrets: Record<string, string>): Promise<string[]> {
      const config = actionsConfig(service.server.url);
      const other = actionsWorld(await testCache(), config, secrets, clock);
      const [mine, theirs] = [await plan(), await other.actions.plan(ROLLBACK, signal())];
      const [first, second] = await Promise.all([
        world.actions.execute(mine.id, as('mika', '')),
        other.actions.execute(theirs.id, as('noor', '')),
      ]);
      expect(writes()).toHaveLength(2);
      const proven = (one: Action) => step(one, 'live').state === 'running';
      const ends = [await world.until(first.id, proven), await other.until(second.id, proven)];
      await other.actions.close();
      return ends.map((one) => `${step(one, 'sent').state}: ${step(one, 'sent').text}`).sort();
    }

    it('one did it, and the other says by whom it was done', async () => {
      expect(await atOnce({ ...SECRETS, UNLEASH_ADMIN: OTHER_TOKEN })).toEqual([
        'done: 1 change, journaled before it left',
        expect.stringMatching(
          /^skipped: already done by (admin|noor) at the same moment; what was sent changed nothing$/,
        ),
      ]);
    });

    it('under one name neither claims to have done it alone', async () => {
      const both =
        'done: 1 change, journaled before it left; at the same moment the same was sent from elsewhere, also as admin: one change in effect';
      expect(await atOnce(SECRETS)).toEqual([both, both]);
    });
  });

  it('is proven on signals alone where no transcripts arrive', async () => {
    const { id } = await carryOut();
    const after = world.clock.now() + 10 * 60_000;
    world.scene.versions = [
      facts('v41', [{ ...cell('request_rate', 'ok', 3), at: after }]),
      facts('v42', [{ ...cell('request_rate', 'ok', 0), at: after }]),
    ];
    const ended = await world.ended(id);
    expect(step(ended, 'live')).toMatchObject({
      state: 'done',
      text: '0 of 180 requests on v42 in the last 60 s (was 25 %)',
    });
    expect(ended.outcome).toBe('effective');
  });

  it('says when there were too few requests to tell', async () => {
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'served').state === 'done');
    await world.traffic({ v41: 2 });
    const ended = await world.ended(id);
    expect(step(ended, 'live').state).toBe('unknown');
    expect(step(ended, 'live').text).toContain('0 of 2 requests on v42');
    expect(step(ended, 'live').text).toContain('too few requests to tell');
    expect(ended.outcome).toBe('unknown');
  });

  it('fails when traffic does not follow', async () => {
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'served').state === 'done');
    const feed = (async () => {
      while ((await world.actions.read(id)).endedAt === null) {
        await world.traffic({ v41: 3, v42: 3 });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const ended = await world.ended(id);
    await feed;
    expect(ended.outcome).toBe('failed');
    expect(step(ended, 'live').next).toContain('does not follow');
    expect(states(ended).recovered).toBe('skipped');
  });

  it('says not recovered, and what is still out of band', async () => {
    world.scene.whole = facts('', [cell('error_rate', 'bad', 0.04), cell('latency_p95', 'bad', 5)]);
    const { id } = await carryOut({
      kind: 'kill_switch',
      service: 'support-bot',
      environment: 'production',
      on: false,
    });
    await world.until(id, (one) => step(one, 'served').state === 'done');
    world.scene.whole = facts('', [
      { ...cell('fallback_rate', 'bad', 1), at: world.clock.now() + 5000 },
      cell('error_rate', 'bad', 0.03),
      cell('latency_p95', 'ok', 1),
    ]);
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('not_recovered');
    expect(ended.summary).toContain('errors 3 % still out of band');
    expect(ended.summary).toContain('answered without the AI path');
    expect((await present('switch')).enabled).toBe(false);
  });
});

describe('with the AI path off', () => {
  const OFF: ActionRequest = { ...ROLLBACK, kind: 'kill_switch', on: false };
  /** The kill switch is pressed with `before` out of band; afterwards the signals are as in `after`. */
  async function turnedOff(before: Cell[], after: Cell[]): Promise<Action> {
    world.scene.whole = facts('', before);
    const { id } = await carryOut(OFF);
    await world.until(id, (one) => step(one, 'served').state === 'done');
    const fallbacks = { ...cell('fallback_rate', 'bad', 1), at: world.clock.now() + 5000 };
    world.scene.whole = facts('', [fallbacks, ...after]);
    return world.ended(id);
  }

  it('does not wait for what measures the model: its cost cannot come back into the forecast', async () => {
    const ended = await turnedOff(
      [cell('cost_per_day', 'bad', 900), cell('latency_p95', 'bad', 5)],
      [cell('cost_per_day', 'bad', 0), cell('latency_p95', 'ok', 0.1)],
    );
    expect(ended.outcome).toBe('recovered');
    expect(step(ended, 'recovered').text).not.toContain('cost');
  });

  it('says after how long it recovered, though the clock is set back meanwhile', async () => {
    await world.actions.close();
    let back = 0;
    const jumping = { ...clock, now: () => clock.now() - back };
    world = actionsWorld(cache, actionsConfig(service.server.url), SECRETS, jumping);
    world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
    const { id } = await carryOut(OFF);
    await world.until(id, (one) => step(one, 'served').state === 'done');
    back = 3_600_000;
    // Measured after the change, by the clock as it goes now.
    const fallbacks = { ...cell('fallback_rate', 'bad', 1), at: jumping.now() + 5000 };
    world.scene.whole = facts('', [fallbacks, cell('latency_p95', 'ok', 0.1)]);
    const ended = await world.ended(id);
    expect(step(ended, 'live').state).toBe('done');
    expect(ended.summary).toMatch(/ Recovered after \d/);
  });

  it('claims no recovery where only what measures the model was out of band', async () => {
    const bad = [cell('cost_per_day', 'bad', 900), cell('eval_score', 'bad', 0.4)];
    const ended = await turnedOff(bad, bad);
    expect(ended.outcome).toBe('effective');
    expect(step(ended, 'recovered')).toMatchObject({
      state: 'skipped',
      text: 'what was out of band measures the model, which is off',
    });
    expect(ended.summary).toMatch(/Recovery is not judged: .* measures the model, which is off\.$/);
  });

  it('claims no recovery where nothing that was out of band is measured any more', async () => {
    const ended = await turnedOff([cell('latency_p95', 'bad', 5)], []);
    expect(ended.outcome).toBe('effective');
    expect(step(ended, 'recovered')).toMatchObject({
      state: 'skipped',
      text: 'nothing is left to judge it by: p95 no longer measured',
    });
  });
});

describe('when the network fails', () => {
  it('nothing was sent if the service was not there to be read', async () => {
    const made = await plan();
    await service.server.vanish();
    const action = await world.actions.execute(made.id, as('mika', ''));
    expect(action).toMatchObject({ outcome: 'failed', endedAt: expect.any(Number) });
    // The page has nothing to press again.
    expect(step(action, 'sent').next).toBe(
      'Nothing was changed by it. Plan again when the source answers.',
    );
  });

  it('an answer that got lost is found to have arrived, and is not sent again', async () => {
    const made = await plan();
    service.server.fault({ kind: 'cut-off' }, isWrite);
    const { id } = await world.actions.execute(made.id, as('mika', ''));
    const proven = await world.until(id, (one) => step(one, 'served').state === 'done');
    expect(step(proven, 'sent').text).toContain('read back equal to the plan');
    expect(writes()).toHaveLength(1);
  });

  it.each(['hang', 'reset', 'stall'] as const)(
    'a request that did not arrive (%s) ends as not carried out',
    async (kind) => {
      const made = await plan();
      service.server.fault({ kind }, isWrite);
      const { id } = await world.actions.execute(made.id, as('mika', ''));
      const ended = await world.ended(id);
      expect(ended.outcome).toBe('failed');
      expect(ended.summary).toContain('nothing was changed');
      expect(flagStateText(await present())).toBe(flagStateText(flagOf(made).before));
      expect(writes()).toHaveLength(1);
    },
  );

  it('it is unknown while the service is gone, and proven when it is back', async () => {
    const made = await plan();
    const cut = cutAndVanish();
    const { id } = await world.actions.execute(made.id, as('mika', ''));
    await cut;
    const unknown = await world.until(id, (one) => one.outcome === 'unknown');
    expect(unknown.endedAt).toBeNull();
    expect(step(unknown, 'sent')).toMatchObject({ state: 'unknown' });
    await service.server.comeBack();
    const proven = await world.until(id, (one) => step(one, 'served').state === 'done');
    expect(proven.outcome).toBeNull();
    expect(writes()).toHaveLength(1);
  });

  it('between stored and served it is unknown too, until clients can be asked again', async () => {
    service.server.fault({ kind: 'reset' }, ({ path }) => path.startsWith('/api/client'));
    const { id } = await carryOut();
    const unknown = await world.until(id, (one) => one.outcome === 'unknown');
    expect(states(unknown)).toMatchObject({ sent: 'done', stored: 'done', served: 'unknown' });
    service.server.fault(null);
    const proven = await world.until(id, (one) => step(one, 'served').state === 'done');
    expect(proven.outcome).toBeNull();
  });

  it('a refusal is told with its reason, and nothing was changed', async () => {
    const made = await plan();
    service.server.fault({ kind: 'status', status: 403 }, isWrite);
    const refused = await world.actions.execute(made.id, as('mika', ''));
    expect(refused).toMatchObject({ outcome: 'failed' });
    expect(step(refused, 'sent').text).toContain('does not allow this');
    expect(flagStateText(await present())).toBe(flagStateText(flagOf(made).before));
  });

  it('a call that is taken and changes nothing is told so, and teaches nothing of approvals', async () => {
    // A cache of its own: in the shared one earlier writes have taught already.
    world = actionsWorld(await testCache(), actionsConfig(service.server.url), SECRETS, clock);
    const made = await plan();
    service.server.fault({ kind: 'html' }, isWrite);
    const { id } = await world.actions.execute(made.id, as('mika', ''));
    const ended = await world.ended(id);
    const text = 'read back as before: the source took the call, and nothing is changed';
    expect(step(ended, 'stored')).toMatchObject({ state: 'failed', text });
    expect(step(ended, 'stored').next).toContain('a login page or a proxy');
    expect(ended).toMatchObject({ outcome: 'failed', summary: expect.stringContaining(text) });
    const { approvals } = await plan();
    expect(approvals).toEqual([expect.objectContaining({ needed: null, at: null })]);
  });

  it('a workflow that asks for approval is shown as that, with where to ask', async () => {
    const made = await plan();
    const body = {
      message: 'To perform this action, you need the "SKIP_CHANGE_REQUEST" permission.',
    };
    service.server.fault({ kind: 'status', status: 403, headers: {}, body }, isWrite);
    const waits = await world.actions.execute(made.id, as('mika', ''));
    expect(waits).toMatchObject({ outcome: 'pending_approval', endedAt: expect.any(Number) });
    expect(step(waits, 'sent').link).toBe(
      new URL('/projects/default/change-requests', service.server.url).href,
    );
    expect(flagStateText(await present())).toBe(flagStateText(flagOf(made).before));
  });

  /** The write goes through, its answer is lost, and the server is gone at once. */
  async function cutAndVanish(): Promise<void> {
    service.server.fault({ kind: 'cut-off' }, isWrite);
    while (writes().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    while ((await asOther('model')).strategies[0]?.variants[0]?.weight !== 1000) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await service.server.vanish();
    service.server.fault(null);
  }
  async function asOther(flag: string): Promise<FlagState> {
    const environment = service.store.environment(flag, 'production');
    return { ...environment };
  }
});

describe('after a crash', () => {
  beforeEach(async () => {
    cache = await testCache();
    world = actionsWorld(cache, actionsConfig(service.server.url), SECRETS, clock);
  });
  /** As the next start of the console finds it. */
  async function restart(): Promise<void> {
    await world.actions.close();
    world = actionsWorld(cache, actionsConfig(service.server.url), SECRETS, clock);
    await world.actions.reconcile();
  }
  /** What is on the disk when the console dies right after the intent was journaled. */
  async function dieAfterIntent(made: Plan): Promise<string> {
    const names = ['sent', 'stored', 'served', 'live', 'recovered'] as const;
    const ofChange = ['sent', 'stored', 'served'];
    const action: Action = {
      id: 'a-7',
      kind: 'rollback',
      title: made.title,
      service: made.service,
      environment: made.environment,
      by: 'mika',
      reason: '',
      override: '',
      made: [null],
      startedAt: world.clock.now(),
      endedAt: null,
      outcome: null,
      summary: made.title,
      steps: names.map((name) => ({
        name,
        change: ofChange.includes(name) ? 0 : null,
        state: 'waiting',
        startedAt: null,
        endedAt: null,
        text: '',
        next: '',
      })),
      plan: made,
      undoes: null,
      undoneBy: null,
    };
    const entry = {
      at: action.startedAt,
      kind: 'intent',
      actor: 'mika',
      action: action.id,
      environment: 'production',
      summary: '',
      data: null,
    };
    await cache.journal('append', { entry, action });
    return action.id;
  }

  it('between intent and sending, the action is ended as not carried out, and never sent', async () => {
    const id = await dieAfterIntent(await plan());
    await restart();
    const ended = await world.ended(id);
    expect(ended).toMatchObject({ outcome: 'failed' });
    expect(ended.summary).toContain('nothing was changed');
    expect(writes()).toEqual([]);
  });

  it('between sending and its answer, it is proven from what the outside says', async () => {
    const made = await plan();
    const id = await dieAfterIntent(made);
    if (!world.connector.control) throw new Error('no control');
    const { before: from, after: to } = flagOf(made);
    await world.connector.control.write(
      { flag: 'model', environment: 'production', from, to, comment: '', ready: async () => {} },
      signal(),
    );
    await restart();
    const proven = await world.until(id, (one) => step(one, 'served').state === 'done');
    expect(step(proven, 'sent').text).toContain('it arrived');
  });

  it('during the proof, it goes on where it was', async () => {
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'live').state === 'running');
    await restart();
    const open = await world.actions.read(id);
    expect(states(open)).toMatchObject({ sent: 'done', stored: 'done', served: 'done' });
    await world.traffic({ v41: 30 });
    expect((await world.ended(id)).outcome).toBe('effective');
    expect(writes()).toHaveLength(1);
  });

  it('with the flag changed by somebody else meanwhile, it says that it is neither', async () => {
    const id = await dieAfterIntent(await plan());
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    await restart();
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('failed');
    expect(step(ended, 'sent').text).toContain('neither as before nor as planned');
  });

  it('with the flag service gone, it stays unknown until it is back', async () => {
    const id = await dieAfterIntent(await plan());
    await service.server.vanish();
    await restart();
    await world.until(id, (one) => one.outcome === 'unknown' && one.endedAt === null);
    await restart();
    await service.server.comeBack();
    expect((await world.ended(id)).outcome).toBe('failed');
  });
});

describe('undo', () => {
  it('restores exactly the state that was recorded, and both actions say so', async () => {
    const before = await present();
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'stored').state === 'done');
    const undo = await world.actions.undo(id, as('noor', 'wrong bot'), signal());
    await world.until(undo.id, (one) => step(one, 'stored').state === 'done');
    expect(await present()).toEqual(before);
    expect(undo).toMatchObject({ kind: 'undo', undoes: id });
    const first = await world.ended(id);
    expect(first).toMatchObject({ undoneBy: undo.id, outcome: 'undone' });
    expect(first.summary).toContain('Undone by noor');
    expect((await failure(plan({ kind: 'undo', action: id }))).code).toBe('conflict');
  });

  it('proves that traffic is divided again as before', async () => {
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'stored').state === 'done');
    const undo = await world.actions.undo(id, as('mika', ''), signal());
    await world.until(undo.id, (one) => step(one, 'served').state === 'done');
    await world.traffic({ v41: 75, v42: 25 });
    const ended = await world.ended(undo.id);
    expect(step(ended, 'live').text).toMatch(
      /^v41 75 % \(planned 75 %\), v42 25 % \(planned 25 %\)/,
    );
    expect(ended.outcome).toBe('effective');
  });

  it('that gives the candidate its users back mends nothing, and claims no recovery', async () => {
    const v42 = (state: Cell['state']) => [
      facts('v41', [cell('latency_p95', 'ok', 2)]),
      facts('v42', [cell('latency_p95', state, 7.4)]),
    ];
    world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
    world.scene.versions = v42('bad');
    const { id, plan: rolledBack } = await carryOut();
    expect(rolledBack).toMatchObject({ mends: true });
    expect(rolledBack.outOfBand).not.toEqual([]);
    await world.until(id, (one) => step(one, 'stored').state === 'done');
    expect(await plan({ kind: 'undo', action: id })).toMatchObject({ mends: false, outOfBand: [] });
    const undo = await world.actions.undo(id, as('mika', ''), signal());
    // The rollback had mended it: what is seen now is none of the undo's doing.
    world.scene.whole = facts('', [cell('latency_p95', 'ok', 2)]);
    world.scene.versions = v42('ok');
    const ended = await world.ended(undo.id);
    expect(step(ended, 'recovered')).toMatchObject({
      state: 'skipped',
      text: 'it was not meant to mend anything',
    });
    expect(ended.outcome).not.toBe('recovered');
    expect((await plan({ kind: 'undo', action: undo.id })).mends).toBe(true);
  });

  it('of the undo repeats the action', async () => {
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'stored').state === 'done');
    const after = await present();
    const undo = await world.actions.undo(id, as('mika', ''), signal());
    await world.until(undo.id, (one) => step(one, 'stored').state === 'done');
    const redo = await world.actions.undo(undo.id, as('mika', ''), signal());
    await world.until(redo.id, (one) => step(one, 'stored').state === 'done');
    expect(await present()).toEqual(after);
  });

  it('is refused with both states when somebody changed the flag since', async () => {
    const { id } = await carryOut();
    await world.until(id, (one) => step(one, 'stored').state === 'done');
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(world.actions.undo(id, as('mika', ''), signal()));
    expect(error.code).toBe('conflict');
    expect(error.detail).toMatchObject({
      expected: { enabled: true },
      present: { enabled: false },
    });
  });

  it('is refused for what changed nothing', async () => {
    service.server.fault({ kind: 'status', status: 403 }, isWrite);
    const { id } = await carryOut();
    service.server.fault(null);
    await world.ended(id);
    expect((await failure(plan({ kind: 'undo', action: id }))).code).toBe('bad_input');
  });
});

describe('restore', () => {
  it('brings a flag back to the state after an entry of its history', async () => {
    const wanted = await present();
    const pull = world.connector.pull(null, signal());
    for await (const batch of pull) await cache.write('commitBatch', { source: 'flags', batch });
    const events = await cache.read('listFlagEvents', {
      source: 'flags',
      key: 'model',
      environment: 'production',
      limit: 10,
    });
    await service.admin('POST', `${FEATURES}/model/environments/production/off`);
    const id = wanted.strategies[0]?.id;
    await service.admin('DELETE', `${FEATURES}/model/environments/production/strategies/${id}`);
    const event = events.find(({ type }) => type === 'enabled')?.id ?? '';
    const made = await plan({
      kind: 'restore',
      source: 'flags',
      flag: 'model',
      environment: 'production',
      event,
    });
    // From nobody on the candidate to 25 %: as for a ramp, an admin says why.
    const role = 'admin' as const;
    const override = 'it was off by mistake';
    const action = await world.actions.execute(made.id, { ...as('mika', ''), role, override });
    await world.until(action.id, (one) => step(one, 'stored').state === 'done');
    expect(flagStateText(await present())).toBe(flagStateText(wanted));
  });
});

describe('locks', () => {
  it('open for a limited time, and not longer when the clock is set back', async () => {
    let now = 1_000_000;
    let timer = Promise.withResolvers<void>();
    const ranOut: number[] = [];
    const locks = createLocks({
      cache,
      clock: { now: () => now, steady: () => now, sleep: () => timer.promise },
      protectedEnvironments: () => ['production'],
      ranOut: () => ranOut.push(now),
    });
    expect(() => locks.require('production')).toThrow(NightdeskError);
    expect(locks.isUnlocked('development')).toBe(true);
    await locks.unlock('production', now + 60_000, 'mika');
    expect(locks.unlockedUntil('production')).toBe(1_060_000);
    now += 60_000;
    expect(locks.isUnlocked('production')).toBe(false);
    await locks.unlock('production', now + 60_000, 'mika');
    now -= 30_000;
    expect(locks.isUnlocked('production')).toBe(false);
    await locks.unlock('production', now + 60_000, 'mika');
    await locks.lock('production', 'noor');
    expect(locks.isUnlocked('production')).toBe(false);
    // A minute has passed, and the clock says that it was ten seconds.
    timer = Promise.withResolvers();
    await locks.unlock('production', now + 60_000, 'mika');
    now += 10_000;
    expect(locks.isUnlocked('production')).toBe(true);
    timer.resolve();
    await expect.poll(() => locks.isUnlocked('production')).toBe(false);
    // Its time was over, the clock was set back, the timer rang; the one time that a person locked it is not told.
    expect(ranOut).toHaveLength(3);
    const { entries } = await cache.journal('list', { limit: 5 });
    expect(entries.map((entry) => `${entry.kind} by ${entry.actor}`)).toEqual([
      'unlock by mika',
      'lock by noor',
      'unlock by mika',
      'unlock by mika',
      'unlock by mika',
    ]);
  });
});
