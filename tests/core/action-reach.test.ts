/** Whom a plan is about, and what it asks for that: on a real cache and journal, in front of a real flag service. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import type { ActionRequest } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { Cell } from '#shared/model/signal.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  cell,
  facts,
  fastClock,
} from '../fixtures/actions-world.ts';
import {
  type FlagService,
  makeModelFlag,
  makeSwitch,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { testCache } from './cache-kit.ts';

const on = { service: 'support-bot', environment: 'production' };
const KILL: ActionRequest = { kind: 'kill_switch', ...on, on: false };
const ROLLBACK: ActionRequest = { kind: 'rollback', ...on };
const ramp = (to: number): ActionRequest => ({ kind: 'ramp', ...on, to });
const signal = () => AbortSignal.timeout(10_000);

let flags: FlagService;
let cache: Cache;
let world: ActionsWorld;

beforeEach(async () => {
  flags = await startFlagService();
  await makeModelFlag(flags.admin, 'model');
  await makeSwitch(flags.admin, 'switch');
  await makeSwitch(flags.admin, 'banner');
  cache = await testCache();
  world = actionsWorld(cache, actionsConfig(flags.server.url), SECRETS, fastClock(20));
});
afterEach(async () => {
  await world.actions.close();
  await flags.close();
});

const plan = (request: ActionRequest) => world.actions.plan(request, signal());
function control() {
  if (!world.connector.control) throw new Error('no control');
  return world.connector.control;
}
const present = (flag: string) => control().read(flag, 'production', signal());
async function put(flag: string, to: FlagState): Promise<void> {
  const from = await present(flag);
  const ready = async () => undefined;
  await control().write(
    { flag, environment: 'production', from, to, comment: '', ready },
    signal(),
  );
}
function divided(state: FlagState, v42: number): FlagState {
  const to = structuredClone(state);
  for (const one of to.strategies[0]?.variants ?? []) {
    one.weight = one.name === 'v42' ? v42 * 10 : 1000 - v42 * 10;
  }
  return to;
}
function reaching(state: FlagState, rollout: number): FlagState {
  const strategies = state.strategies.map((one) => ({
    ...one,
    parameters: { ...one.parameters, rollout: String(rollout) },
  }));
  return { ...state, strategies };
}
/** v42 has that many percent of all users, and of the traffic. */
async function standAt(v42: number): Promise<void> {
  await put('model', divided(await present('model'), v42));
  world.scene.whole = facts('', [], { requestsPerSecond: 20 });
  world.scene.versions = [
    facts('v41', [], { trafficShare: 1 - v42 / 100, requestsPerSecond: 20 - v42 / 5 }),
    facts('v42', [], { trafficShare: v42 / 100, requestsPerSecond: v42 / 5 }),
  ];
}
/** A request to bring a flag back to a state, which its history has an entry of. */
async function restoreOf(flag: string, after: FlagState): Promise<ActionRequest> {
  const event = {
    id: `e-${flag}`,
    source: 'flags',
    key: flag,
    environment: 'production',
    at: world.clock.now() - 3_600_000,
    by: 'noor',
    type: 'changed',
    summary: '',
    before: null,
    after,
  };
  await cache.write('commitBatch', { source: 'flags', batch: { flagEvents: [event] } });
  return { kind: 'restore', source: 'flags', flag, environment: 'production', event: event.id };
}

describe('who is affected', () => {
  /** Of the 412 conversations and 20 requests per second of the world; `losing` had `had` of them. */
  const part = (moved: number, had: number) => ({
    rollout: expect.closeTo(moved, 6),
    trafficShare: expect.closeTo(moved, 6),
    conversationsLastHour: Math.round((412 * moved) / had),
    requestsPerSecond: expect.closeTo(20 * moved, 6),
    estimated: moved < had,
  });

  it.each([
    [0, 1, 0.01, 1, ['v41']],
    [25, 50, 0.25, 0.75, ['v41']],
    [50, 10, 0.4, 0.5, ['v42']],
  ])('by a ramp from %i to %i percent are those who move', async (from, to, moved, had, losing) => {
    await standAt(from);
    const made = await plan(ramp(to));
    expect(made.fromVersions).toEqual(losing);
    expect(made.affected).toEqual(part(moved, had));
  });

  it('by a rollback are all that the candidate had', async () => {
    await standAt(25);
    expect((await plan(ROLLBACK)).affected).toEqual(part(0.25, 0.25));
  });

  it('by the undo of a rollback are those who go back', async () => {
    await standAt(25);
    const made = await plan(ROLLBACK);
    const { id } = await world.actions.execute(made.id, {
      by: 'mika',
      role: 'responder',
      reason: '',
    });
    await world.until(id, ({ steps }) => steps[1]?.state === 'done');
    world.scene.versions = [facts('v41', [], { trafficShare: 1, requestsPerSecond: 20 })];
    expect((await plan({ kind: 'undo', action: id })).affected).toEqual(part(0.25, 1));
  });

  it('by a restore from 25 to 10 % are the difference', async () => {
    await standAt(25);
    const request = await restoreOf('model', divided(await present('model'), 10));
    const made = await plan(request);
    expect(made.affected).toEqual(part(0.15, 0.25));
    expect(made.title).toMatch(/^Restore model to \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  });

  it('by a restore of a flag that decides on no version are those whom it reaches or leaves', async () => {
    const now = await present('banner');
    await put('banner', reaching(now, 25));
    const made = await plan(await restoreOf('banner', reaching(now, 10)));
    expect(made.affected.rollout).toBeCloseTo(0.15, 6);
    // It is a flag of no service: nobody has counted its conversations.
    expect(made.affected.conversationsLastHour).toBeNull();
  });

  it('by a kill switch is everybody, whatever goes with it', async () => {
    await standAt(25);
    const both: ActionRequest = {
      kind: 'several',
      requests: [
        { kind: 'rollback', ...on },
        { kind: 'kill_switch', ...on, on: false },
      ],
    };
    for (const request of [KILL, both]) {
      expect(await plan(request)).toMatchObject({
        fromVersions: [],
        affected: { rollout: 1, trafficShare: 1, conversationsLastHour: 412, estimated: false },
      });
    }
  });

  it('by what is so already is nobody', async () => {
    await standAt(0);
    expect(await plan(ROLLBACK)).toMatchObject({
      noop: true,
      affected: { rollout: 0, conversationsLastHour: 0 },
    });
  });
});

describe('the gate of a ramp', () => {
  const codes = async (to: number) => (await plan(ramp(to))).blockers.map(({ code }) => code);
  const breach = (ago: number) => ({
    signal: 'latency_p95',
    at: world.clock.now() - ago,
    value: 5,
    limit: 2.4,
  });
  async function carryOut(request: ActionRequest): Promise<void> {
    const made = await plan(request);
    const { id } = await world.actions.execute(made.id, {
      by: 'mika',
      role: 'responder',
      reason: '',
    });
    await world.until(id, ({ steps }) => steps[1]?.state === 'done');
  }
  /** Enough requests, and in band. */
  function healthy(): void {
    const cells = [cell('latency_p95', 'ok', 2)];
    world.scene.versions = [facts('v41', cells), facts('v42', cells)];
  }

  it('keeps a candidate down that was out of band before it was rolled back', async () => {
    await standAt(25);
    world.scene.breaches = [breach(1_000)];
    await carryOut(ROLLBACK);
    const made = await plan(ramp(1));
    expect(made.blockers).toEqual([
      {
        code: 'out_of_band_lately',
        message: expect.stringMatching(
          /^v42 p95 was 5(\.0)? s, beyond 2\.4 s, .* ago; it must hold/,
        ),
        overridable: true,
        signals: ['latency_p95'],
      },
    ]);
    const role = 'admin';
    const words = { by: 'mika', role, reason: '', override: 'the index is mended' } as const;
    expect((await world.actions.execute(made.id, words)).override).toBe(words.override);
  });

  it('keeps it down while what it did still shows as out of band', async () => {
    await standAt(0);
    const bad = { ...cell('latency_p95', 'bad', 4.1), high: 2.4 };
    world.scene.versions = [facts('v42', [bad], { requestsPerSecond: 0.5 })];
    expect(await codes(1)).toEqual(['out_of_band']);
  });

  it('is open at 0 % for a candidate that was never out of band, or long ago', async () => {
    await standAt(0);
    expect(await codes(1)).toEqual([]);
    world.scene.breaches = [breach(3_600_000)];
    expect(await codes(1)).toEqual([]);
    world.scene.breaches = [breach(1_000)];
    expect(await codes(1)).toEqual(['out_of_band_lately']);
  });

  it('after a climb does not count what was measured at the rung below', async () => {
    healthy();
    world.scene.breaches = [breach(1_000)];
    expect(await codes(50)).toEqual(['out_of_band_lately']);
    world.scene.breaches = [];
    await carryOut(ramp(50));
    world.scene.breaches = [breach(1_000)];
    expect(await codes(100)).toEqual(['too_early']);
  });

  it('after a fall to a lower rung counts why it fell', async () => {
    healthy();
    await carryOut(ramp(5));
    world.scene.breaches = [breach(1_000)];
    expect(await codes(25)).toEqual(['too_early', 'out_of_band_lately']);
  });
});

describe('the gate of a share, whichever action gives it', () => {
  const said = { by: 'mika', role: 'responder', reason: '' } as const;
  const admin = { ...said, role: 'admin' } as const;
  const v42 = (state: Cell['state']) => [
    facts('v41', [cell('latency_p95', 'ok', 2)]),
    facts('v42', [{ ...cell('latency_p95', state, 4.1), high: 2.4 }]),
  ];
  const share = async () =>
    (await present('model')).strategies[0]?.variants.find(({ name }) => name === 'v42')?.weight;

  it('is asked again at the press: a candidate that went bad since the plan does not climb', async () => {
    await standAt(25);
    world.scene.versions = v42('ok');
    const made = await plan(ramp(50));
    expect(made.blockers).toEqual([]);
    world.scene.versions = v42('bad');
    const error = await failure(world.actions.execute(made.id, said));
    expect(error).toMatchObject({
      code: 'conflict',
      detail: { blockers: [{ code: 'out_of_band' }] },
    });
    expect(error.message).toContain('v42 p95 4.1 s over 2.4 s');
    expect(await share()).toBe(250);
    expect(await world.actions.list({ limit: 5 })).toEqual([]);
    world.scene.versions = v42('ok');
    const { id } = await world.actions.execute(made.id, said);
    await world.until(id, ({ steps }) => steps[1]?.state === 'done');
    expect(await share()).toBe(500);
  });

  it('is gone over only for what the plan showed', async () => {
    await standAt(25);
    world.scene.versions = v42('ok');
    const made = await plan(ramp(100));
    expect(made.blockers.map(({ code }) => code)).toEqual(['rung_skipped']);
    const words = { ...admin, override: 'the launch is today', typed: 'support-bot' };
    world.scene.versions = v42('bad');
    const error = await failure(world.actions.execute(made.id, words));
    expect(error).toMatchObject({
      code: 'conflict',
      detail: { blockers: [{ code: 'out_of_band' }] },
    });
    const anew = await plan(ramp(100));
    expect((await world.actions.execute(anew.id, words)).override).toBe(words.override);
  });

  it('costs a rollback nothing', async () => {
    await standAt(25);
    const made = await plan(ROLLBACK);
    let asked = 0;
    Object.defineProperty(world.scene, 'breaches', { get: () => void asked++ });
    await world.actions.execute(made.id, said);
    expect(asked).toBe(0);
  });

  it('holds for a restore as for a ramp, and an admin may go over it in words', async () => {
    await standAt(5);
    world.scene.versions = v42('bad');
    const up = await plan(await restoreOf('model', divided(await present('model'), 25)));
    const byRamp = (await plan(ramp(25))).blockers;
    expect(byRamp.map(({ code }) => code)).toContain('out_of_band');
    expect(up.blockers).toEqual(byRamp);
    expect((await failure(world.actions.execute(up.id, said))).code).toBe('bad_input');
    const words = { ...admin, override: 'it is the index that is slow' };
    expect((await world.actions.execute(up.id, words)).override).toBe(words.override);
  });

  it('lets a restore down, and an undo bring back what stood', async () => {
    await standAt(25);
    world.scene.versions = v42('bad');
    const down = await plan(await restoreOf('model', divided(await present('model'), 5)));
    expect(down.blockers).toEqual([]);
    const { id } = await world.actions.execute(down.id, said);
    await world.until(id, ({ steps }) => steps[1]?.state === 'done');
    const undo = await plan({ kind: 'undo', action: id });
    expect(undo.blockers).toEqual([]);
    await world.actions.execute(undo.id, said);
  });

  it('mends nothing by it, and is judged by no recovery', async () => {
    await standAt(25);
    world.scene.whole = facts('', [cell('latency_p95', 'bad', 4.1)]);
    const to = async (v42: number) =>
      plan(await restoreOf('model', divided(await present('model'), v42)));
    expect(await to(50)).toMatchObject({ mends: false, outOfBand: [] });
    expect(await plan(ramp(50))).toMatchObject({ mends: false, outOfBand: [] });
    expect(await to(5)).toMatchObject({ mends: true, outOfBand: [{ signal: 'latency_p95' }] });
  });
});

describe('the word that is typed where all users get another answer', () => {
  const off = (state: FlagState): FlagState => ({ ...state, enabled: false });
  const typed = async (request: ActionRequest) => (await plan(request)).typed;

  it('is asked for when the AI path goes off, and when it comes back', async () => {
    expect(await typed(KILL)).toBe('support-bot');
    expect(await typed({ ...KILL, on: true })).toBeNull();
    await put('switch', off(await present('switch')));
    expect(await typed({ ...KILL, on: true })).toBe('support-bot');
    expect(await typed(KILL)).toBeNull();
  });

  it('is the flag’s name for a flag of no service that goes off or on for all', async () => {
    const all = await present('banner');
    expect(await typed(await restoreOf('banner', off(all)))).toBe('banner');
    await put('banner', off(all));
    const made = await plan(await restoreOf('banner', all));
    expect(made.typed).toBe('banner');
    const said = { by: 'mika', role: 'responder', reason: '' } as const;
    await expect(world.actions.execute(made.id, said)).rejects.toMatchObject({ code: 'bad_input' });
    const { id } = await world.actions.execute(made.id, { ...said, typed: 'banner' });
    await world.until(id, ({ steps }) => steps[1]?.state === 'done');
    expect((await present('banner')).enabled).toBe(true);
  });

  it('is not asked for where only some move', async () => {
    const all = await present('banner');
    expect(await typed(await restoreOf('banner', reaching(all, 40)))).toBeNull();
    expect(await typed(ramp(50))).toBeNull();
  });

  it('is not asked for on the way back to stable, from wherever', async () => {
    for (const v42 of [1, 25, 100]) {
      await standAt(v42);
      expect(await typed(ROLLBACK)).toBeNull();
    }
    expect(await typed(await restoreOf('model', off(await present('model'))))).toBeNull();
    expect(await typed(await restoreOf('model', divided(await present('model'), 0)))).toBeNull();
  });

  it('is asked for when a restore gives the candidate to all', async () => {
    await standAt(25);
    expect(await typed(await restoreOf('model', divided(await present('model'), 100)))).toBe(
      'support-bot',
    );
  });
});
