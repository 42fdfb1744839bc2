/** Ramps, silences, several changes at once and drills: on a real cache and journal, in front of real servers. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Confirmation } from '#core/actions/permission.ts';
import type { OpenedCache } from '#core/cache/open.ts';
import type { Action, ActionRequest, Plan, SingleRequest } from '#shared/model/action.ts';
import type { Change } from '#shared/model/change.ts';
import { Config } from '#shared/model/config.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { Role } from '#shared/model/session.ts';
import { utcMinute } from '#shared/util/utc-minute.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  cell,
  facts,
  fastClock,
} from '../fixtures/actions-world.ts';
import { type AlertService, FIRING, startAlertService } from '../fixtures/alert-service.ts';
import type { Asked } from '../fixtures/faulty-server.ts';
import {
  FEATURES,
  type FlagService,
  makeModelFlag,
  makeSwitch,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { testCache } from './cache-kit.ts';

const on = { service: 'support-bot', environment: 'production' };
const ROLLBACK: ActionRequest = { kind: 'rollback', ...on };
const KILL: ActionRequest = { kind: 'kill_switch', ...on, on: false };
const ramp = (to: number | 'next'): ActionRequest => ({ kind: 'ramp', ...on, to });
const signal = () => AbortSignal.timeout(10_000);
const as = (more: Partial<Confirmation> = {}): Confirmation => ({
  by: 'mika',
  role: 'responder',
  reason: 'being looked at',
  ...more,
});
const isWrite = ({ method }: Asked) => method !== 'GET';

let flags: FlagService;
let alerts: AlertService;
let cache: OpenedCache;
let world: ActionsWorld;

beforeAll(async () => {
  alerts = await startAlertService();
});
afterAll(() => alerts.close());
beforeEach(async () => {
  flags = await startFlagService();
  await makeModelFlag(flags.admin, 'model');
  await makeSwitch(flags.admin, 'switch');
  cache = await testCache();
  begin(fastClock(20));
});
afterEach(async () => {
  await world.actions.close();
  await flags.close();
  alerts.server.fault(null);
});

function begin(clock = fastClock(20)): void {
  const config = actionsConfig(flags.server.url, '1500ms', alerts.server.url);
  world = actionsWorld(cache, config, SECRETS, clock);
}
const plan = (request: ActionRequest) => world.actions.plan(request, signal());
async function carryOut(request: ActionRequest, more: Partial<Confirmation> = {}) {
  const made = await plan(request);
  return world.actions.execute(made.id, as({ ...typedOf(made), ...more }));
}
/** The word that the plan asks for, as a person would type it. */
const typedOf = ({ typed }: Plan) => (typed === null ? {} : { typed });
async function present(flag = 'model'): Promise<FlagState> {
  if (!world.connector.control) throw new Error('no control');
  return world.connector.control.read(flag, 'production', signal());
}
const weights = async () =>
  Object.fromEntries(
    (await present()).strategies[0]?.variants.map(({ name, weight }) => [name, weight]) ?? [],
  );
const stateOf = (action: Action, name: string, change: number | null = 0) =>
  action.steps.find((step) => step.name === name && step.change === change)?.state;

async function makeAll(version = 'v42'): Promise<void> {
  if (!world.connector.control) throw new Error('no control');
  const from = await present();
  const to = structuredClone(from);
  for (const one of to.strategies[0]?.variants ?? []) one.weight = one.name === version ? 1000 : 0;
  const ready = async () => undefined;
  await world.connector.control.write(
    { flag: 'model', environment: 'production', from, to, comment: '', ready },
    signal(),
  );
}

describe('a ramp', () => {
  it.each([
    [Number.NaN, 'from 0 to 100'],
    [-1, 'from 0 to 100'],
    [101, 'from 0 to 100'],
    [33.55, 'at most one decimal'],
  ])('to %s is refused with what would be right', async (to, words) => {
    const error = await failure(plan(ramp(to)));
    expect(error).toMatchObject({ code: 'bad_input' });
    expect(error.message).toContain(words);
  });

  it('to the next rung is sent and proven when the candidate does well', async () => {
    // The demo's flag stands at 25 %.
    healthy();
    const made = await plan(ramp('next'));
    expect(made.title).toBe('Ramp support-bot v42 25 → 50 %');
    expect(made).toMatchObject({ blockers: [], fromVersions: ['v41'], toVersion: 'v42' });
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    const proven = await world.until(id, (one) => stateOf(one, 'served') === 'done');
    expect(await weights()).toEqual({ v41: 500, v42: 500 });
    expect(proven.steps.find(({ name }) => name === 'served')?.text).toMatch(/as planned$/);
    await world.traffic({ v41: 50, v42: 50 });
    expect((await world.ended(id)).outcome).toBe('effective');
  });

  it('is refused for its reasons, which an admin may override in words', async () => {
    world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2)]),
      facts('v42', [{ ...cell('latency_p95', 'bad', 4.1), high: 2.4 }], { requestsPerSecond: 3.5 }),
    ];
    const made = await plan(ramp('next'));
    expect(made.blockers).toEqual([
      {
        code: 'out_of_band',
        message: 'v42 p95 4.1 s over 2.4 s in 210 requests in the last 60 s.',
        overridable: true,
      },
    ]);
    expect((await failure(world.actions.execute(made.id, as()))).code).toBe('bad_input');
    const words = { override: 'only our own staff is on it' };
    const refused = await failure(world.actions.execute(made.id, as(words)));
    expect(refused).toMatchObject({ code: 'forbidden' });
    const role: Role = 'admin';
    const action = await world.actions.execute(made.id, as({ ...words, role }));
    expect(action.override).toBe(words.override);
    const { entries } = await cache.journal('list', { action: action.id, limit: 100 });
    expect(entries.find(({ kind }) => kind === 'intent')?.data).toMatchObject({
      override: words.override,
      role: 'admin',
      plan: { blockers: [{ code: 'out_of_band' }] },
    });
  });

  it.each<[string, () => void, number, string]>([
    ['a rung is skipped', healthy, 100, 'rung_skipped'],
    ['there is no such rung', healthy, 33, 'no_rung'],
    ['the candidate had too few requests', few, 50, 'too_few'],
    ['it was out of band lately', lately, 50, 'out_of_band_lately'],
  ])('is refused when %s', async (_what, scene, to, code) => {
    scene();
    expect((await plan(ramp(to))).blockers.map((one) => one.code)).toEqual([code]);
  });

  it('must hold its rung, and may always go down', async () => {
    healthy();
    const first = await carryOut(ramp(50));
    await world.until(first.id, (one) => stateOf(one, 'stored') === 'done');
    expect((await plan(ramp('next'))).blockers).toMatchObject([{ code: 'too_early' }]);
    expect((await plan(ramp(5))).blockers).toEqual([]);
  });

  it('is what gives the candidate users: a rollback to it is refused', async () => {
    const error = await failure(plan({ kind: 'rollback', ...on, to: 'v42' }));
    expect(error.code).toBe('bad_input');
    expect(error.message).toContain('v42 is the candidate of support-bot');
    expect(error.message).toContain('Ramp it');
  });

  it('has no rung after the last', async () => {
    healthy();
    await makeAll();
    const error = await failure(plan(ramp('next')));
    expect(error.message).toContain('the ladder ends at 100 %');
  });

  function healthy(): void {
    world.scene.versions = [
      facts('v41', [cell('latency_p95', 'ok', 2)]),
      facts('v42', [cell('latency_p95', 'ok', 2)]),
    ];
  }
  function few(): void {
    world.scene.versions = [
      facts('v42', [cell('latency_p95', 'few', 2)], { requestsPerSecond: 0.05 }),
    ];
  }
  function lately(): void {
    healthy();
    const at = world.clock.now() - 60_000;
    world.scene.breaches = [{ signal: 'latency_p95', at, value: 5, limit: 2.4 }];
  }
});

describe('a silence', () => {
  const silence = (ms = 3_600_000): Extract<SingleRequest, { kind: 'silence' }> => ({
    kind: 'silence',
    source: 'alerts',
    alert: FIRING.fingerprint,
    environment: 'production',
    until: world.clock.now() + ms,
  });
  beforeEach(async () => {
    // The alert service goes by the real clock.
    begin(fastClock(1));
    for await (const batch of world.alerts?.pull(null, signal()) ?? []) {
      await cache.write('commitBatch', { source: 'alerts', batch });
    }
  });
  afterEach(() => {
    for (const { id } of alerts.silences.list()) alerts.silences.expire(id, Date.now());
    alerts.server.asked.length = 0;
  });
  const standing = () => alerts.silences.holding(FIRING.labels, Date.now());

  it('holds the alert, is proven by the alert itself, and its undo ends it', async () => {
    const made = await plan(silence());
    expect(made).toMatchObject({ service: 'support-bot', needsReason: true, noop: false });
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('effective');
    expect(ended.steps.map(({ name, state }) => [name, state])).toEqual([
      ['sent', 'done'],
      ['stored', 'done'],
      ['served', 'done'],
      ['live', 'skipped'],
      ['recovered', 'skipped'],
    ]);
    expect(ended.steps[2]?.text).toMatch(/^1 of 1 alert suppressed by this silence, for 60 min/);
    expect(standing()).toEqual(ended.made);
    expect(alerts.silences.get(ended.made[0] ?? '')).toMatchObject({
      createdBy: 'mika',
      comment: `being looked at (Nightdesk ${id})`,
    });
    const undo = await world.actions.undo(id, as({ reason: '' }), signal());
    expect((await world.ended(undo.id)).outcome).toBe('effective');
    expect(standing()).toEqual([]);
    const redo = await world.actions.undo(undo.id, as(), signal());
    await world.ended(redo.id);
    expect(standing()).toHaveLength(1);
  });

  it('without a reason, with a past end or for ever is refused', async () => {
    const made = await plan(silence());
    expect((await failure(world.actions.execute(made.id, as({ reason: ' ' })))).code).toBe(
      'bad_input',
    );
    expect((await failure(plan(silence(-1)))).message).toContain('future');
    const aWeek = Math.ceil((Date.now() + 7 * 86_400_000) / 60_000) * 60_000;
    expect((await plan({ ...silence(), until: aWeek })).title).toContain(utcMinute(aWeek));
    expect((await failure(plan(silence(30 * 86_400_000)))).message).toContain('seven days');
    expect(standing()).toEqual([]);
  });

  it('whose answer got lost is recognised, and not made twice', async () => {
    const made = await plan(silence());
    alerts.server.fault({ kind: 'cut-off' }, isWrite);
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('effective');
    expect(ended.made).toEqual(standing());
    expect(alerts.server.asked.filter(isWrite)).toHaveLength(1);
  });

  it('that stands already is not made again', async () => {
    await world.ended((await carryOut(silence())).id);
    const again = await carryOut(silence(1_800_000));
    expect(again.steps[0]).toMatchObject({ state: 'skipped' });
    expect(again.steps[0]?.text).toContain('already silenced by mika');
    const ended = await world.ended(again.id);
    expect(ended).toMatchObject({ outcome: 'effective', made: standing() });
    expect(ended.summary).toMatch(/^Already silenced by mika/);
    expect(standing()).toHaveLength(1);
    // It is another's: this action has nothing to undo.
    expect((await failure(plan({ kind: 'undo', action: again.id }))).code).toBe('bad_input');
  });

  /** What a person asks for who ticks "also silence" in the dialog of a rollback. */
  const silenceThenRollback = (): ActionRequest => ({
    kind: 'several',
    requests: [silence(), { kind: 'rollback', ...on }],
  });

  it('goes first in one action with a rollback, and one undo ends both', async () => {
    const before = await present();
    const request = silenceThenRollback();
    const made = await plan(request);
    const end =
      request.kind === 'several' && request.requests[0]?.kind === 'silence'
        ? request.requests[0].until
        : 0;
    expect(made.title).toBe(
      `Silence ${FIRING.labels.alertname} until ${utcMinute(end)}, then roll back support-bot v42 → v41`,
    );
    expect(made).toMatchObject({ needsReason: true, toVersion: 'v41', fromVersions: ['v42'] });
    expect(made.drilled).not.toBeNull();
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    await world.until(id, (one) => stateOf(one, 'served', 1) === 'done');
    expect(await weights()).toEqual({ v41: 1000, v42: 0 });
    expect(standing()).toHaveLength(1);
    const undo = await world.actions.undo(id, as(), signal());
    expect(undo.plan).toMatchObject({ title: `Undo ${id}: ${made.title}` });
    await world.until(undo.id, (one) => stateOf(one, 'stored', 1) === 'done');
    expect(await present()).toEqual(before);
    expect(standing()).toEqual([]);
  });

  it('whose end has passed is left out when the undo is undone; alone there is nothing to bring back', async () => {
    await world.actions.close();
    const clock = fastClock(20);
    let later = 0;
    begin({ ...clock, now: () => clock.now() + later });
    const made = await plan(silenceThenRollback());
    const both = await world.actions.execute(made.id, as(typedOf(made)));
    await world.until(both.id, (one) => stateOf(one, 'stored', 1) === 'done');
    const undo = await world.actions.undo(both.id, as(), signal());
    await world.until(undo.id, (one) => stateOf(one, 'stored', 1) === 'done');
    later = 8 * 86_400_000;
    const again = await plan({ kind: 'undo', action: undo.id });
    expect(again.changes.map(({ kind }) => kind)).toEqual(['flag']);
    expect(again.title).toMatch(/, but for the silence: it would have ended by now$/);
    later = 0;
    const quiet = await carryOut(silence());
    await world.until(quiet.id, (one) => stateOf(one, 'stored') === 'done');
    const ended = await world.actions.undo(quiet.id, as(), signal());
    await world.until(ended.id, (one) => stateOf(one, 'stored') === 'done');
    later = 8 * 86_400_000;
    expect((await failure(plan({ kind: 'undo', action: ended.id }))).message).toContain(
      'nothing to bring back',
    );
  });

  it('that a colleague has made meanwhile, for longer, does not keep the rollback from being done', async () => {
    const made = await plan(silenceThenRollback());
    await world.ended((await carryOut(silence(4 * 3_600_000))).id);
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    const proven = await world.until(id, (one) => stateOf(one, 'served', 1) === 'done');
    expect(stateOf(proven, 'sent', 0)).toBe('skipped');
    expect(stateOf(proven, 'served', 0)).toBe('done');
    expect(await weights()).toEqual({ v41: 1000, v42: 0 });
    // What the colleague made outlives the undo of this action.
    const undo = await world.actions.undo(id, as(), signal());
    await world.until(undo.id, (one) => stateOf(one, 'stored', 0) === 'done');
    expect(await weights()).toEqual({ v41: 750, v42: 250 });
    expect(standing()).toHaveLength(1);
  });

  it('that cannot be had stops the action before production is touched', async () => {
    const made = await plan(silenceThenRollback());
    alerts.server.fault({ kind: 'status', status: 403 }, isWrite);
    const ended = await world.ended((await world.actions.execute(made.id, as(typedOf(made)))).id);
    expect(ended.outcome).toBe('failed');
    expect(await weights()).toEqual({ v41: 750, v42: 250 });
    expect(flags.server.asked.filter(isWrite)).toEqual([]);
  });

  it('is ended again where the rollback after it fails', async () => {
    const made = await plan(silenceThenRollback());
    flags.server.fault({ kind: 'status', status: 403 }, isWrite);
    const ended = await world.ended((await world.actions.execute(made.id, as(typedOf(made)))).id);
    expect(ended.outcome).toBe('failed');
    expect(stateOf(ended, 'restored', 0)).toBe('done');
    expect(standing()).toEqual([]);
  });
});

describe('several', () => {
  const both: ActionRequest = { kind: 'several', requests: [ROLLBACK, KILL] };

  it('are one plan, one confirmation, one action, and one undo', async () => {
    const before = [await present('model'), await present('switch')];
    const made = await plan(both);
    expect(made.title).toBe(
      'Roll back support-bot v42 → v41, then turn off the AI path of support-bot',
    );
    expect(made.done).toBe('Rolled back to v41, then turned off the AI path of support-bot');
    // With the kill switch in it, it is about everybody: not about the users of one version.
    expect(made.fromVersions).toEqual([]);
    expect(made.affected).toEqual((await plan(KILL)).affected);
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    const proven = await world.until(id, (one) => stateOf(one, 'served', 1) === 'done');
    expect(stateOf(proven, 'served', 0)).toBe('done');
    expect(await weights()).toEqual({ v41: 1000, v42: 0 });
    expect((await present('switch')).enabled).toBe(false);
    const undo = await world.actions.undo(id, as({ typed: 'support-bot' }), signal());
    await world.until(undo.id, (one) => stateOf(one, 'stored', 1) === 'done');
    expect([await present('model'), await present('switch')]).toEqual(before);
  });

  it('are undone in reverse when a later one fails, and say so', async () => {
    const before = await present('model');
    const made = await plan(both);
    flags.server.fault({ kind: 'status', status: 403 }, (asked) =>
      Boolean(isWrite(asked) && asked.path.includes('/switch/')),
    );
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('failed');
    expect(ended.summary).toMatch(/what was done before it was undone\. .*does not allow this/);
    expect(ended.summary).not.toContain('nothing was changed');
    expect(stateOf(ended, 'sent', 1)).toBe('failed');
    expect(stateOf(ended, 'restored', 0)).toBe('done');
    expect(await present('model')).toEqual(before);
    expect((await failure(plan({ kind: 'undo', action: id }))).code).toBe('bad_input');
    const { entries } = await cache.journal('list', { action: id, limit: 100 });
    expect(entries.map(({ summary }) => summary).join('\n')).toContain(
      'flag model: restored done: read back equal to what was before',
    );
  });

  it('end loudly when what was done cannot be undone', async () => {
    const made = await plan(both);
    let changed = false;
    flags.server.fault({ kind: 'status', status: 403 }, (asked) => {
      if (!isWrite(asked) || !asked.path.includes('/switch/')) return false;
      // Somebody else changes the first flag in that moment.
      if (!changed) void flags.admin('POST', `${FEATURES}/model/environments/production/off`);
      changed = true;
      return true;
    });
    const ended = await world.ended((await world.actions.execute(made.id, as(typedOf(made)))).id);
    expect(ended.outcome).toBe('not_restored');
    expect(ended.summary).toMatch(/could NOT be taken back\. Look at each change yourself\. /);
    expect(ended.summary).not.toContain('nothing was changed');
    expect(ended.steps.find(({ name }) => name === 'restored')?.next).toContain('NOT as it was');
    expect((await present('model')).enabled).toBe(false);
  });

  it('interrupted between two of them are undone at the next start, and never go on', async () => {
    const before = await present('model');
    const made = await plan(both);
    flags.server.fault({ kind: 'hang' }, (asked) =>
      Boolean(isWrite(asked) && asked.path.includes('/switch/')),
    );
    const { id } = await world.actions.execute(made.id, as(typedOf(made)));
    await world.until(id, (one) => stateOf(one, 'sent', 1) === 'running');
    await world.actions.close();
    flags.server.fault(null);
    begin();
    await world.actions.reconcile();
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('failed');
    expect(await present('model')).toEqual(before);
    expect((await present('switch')).enabled).toBe(true);
  });

  it.each<[string, ActionRequest[]]>([
    ['the same thing twice', [ROLLBACK, { kind: 'rollback', ...on, to: 'v41' }]],
    [
      'things of two services',
      [
        ROLLBACK,
        { kind: 'restore', source: 'flags', flag: 'x', environment: 'production', event: '1' },
      ],
    ],
  ])('about %s are refused', async (_what, requests) => {
    const parsed = requests.flatMap((one) =>
      one.kind === 'rollback' || one.kind === 'restore' ? [one] : [],
    );
    const error = await failure(plan({ kind: 'several', requests: parsed }));
    expect(['bad_input', 'not_found']).toContain(error.code);
  });
});

describe('a drill', () => {
  const drill: ActionRequest = { kind: 'drill', ...on, drill: 'kill_switch' };

  it('carries the path out, verifies the fallback, restores, and stamps it', async () => {
    expect((await plan(KILL)).drilled).toMatchObject({ at: null, overdue: true });
    const before = await present('switch');
    const { id } = await carryOut(drill);
    await world.until(id, (one) => stateOf(one, 'served') === 'done');
    expect((await present('switch')).enabled).toBe(false);
    world.scene.whole = facts('', [
      { ...cell('fallback_rate', 'bad', 1), at: world.clock.now() + 5000 },
    ]);
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('drilled');
    expect(ended.summary).toMatch(/: sent after .*, live after .*, restored after /);
    expect(await present('switch')).toEqual(before);
    const { drills } = await world.actions.readiness('production', signal());
    expect(drills).toEqual([
      expect.objectContaining({ action: id, at: ended.endedAt, overdue: false, failed: null }),
    ]);
    expect((await plan(KILL)).drilled).toMatchObject({ action: id, overdue: false });
  });

  it('tells by what really passed how long it took, though the clock is set back meanwhile', async () => {
    await world.actions.close();
    const clock = fastClock(20);
    let back = 0;
    begin({ ...clock, now: () => clock.now() - back });
    const { id, startedAt } = await carryOut(drill);
    await world.until(id, (one) => stateOf(one, 'served') === 'done');
    back = 3_600_000;
    const fallback = cell('fallback_rate', 'bad', 1);
    world.scene.whole = facts('', [{ ...fallback, at: clock.now() + 5000 }]);
    const ended = await world.ended(id);
    expect(ended.endedAt).toBeLessThan(startedAt);
    expect(ended.summary).toMatch(/: sent after \d.*, live after \d.*, restored after \d/);
    const after = ended.steps.map(({ afterMs }) => afterMs ?? -1);
    expect(after).toEqual(after.toSorted((a, b) => a - b));
    expect(after[0]).toBeGreaterThan(0);
    expect(ended.tookMs).toBeGreaterThanOrEqual(after.at(-1) ?? 0);
    const { entries } = await cache.journal('list', { action: id, limit: 1 });
    expect(entries).toMatchObject([{ kind: 'outcome', data: { tookMs: ended.tookMs } }]);
  });

  it('is told to the next person as done by who asked for it, not by the token', async () => {
    const ended = await world.ended((await carryOut(drill)).id);
    const change = (at: number): Change => ({
      id: `c${at}`,
      at,
      kind: 'flag',
      service: on.service,
      environment: on.environment,
      versions: [],
      title: 'switch: on',
      detail: '',
      by: 'token-user',
      source: 'unleash',
      flag: 'switch',
    });
    const restored = ended.steps.find(({ name }) => name === 'restored')?.endedAt ?? 0;
    world.scene.changes = [change(restored + 200), change(restored + 60_000)];
    const told = (await plan(KILL)).warnings.filter(({ code }) => code === 'changed_lately');
    expect(told.map(({ message }) => message.replace(/ changed.*/, ''))).toEqual([
      `mika (${ended.id})`,
      'token-user',
    ]);
  });

  it('fails when no fallback answers are seen, and restores all the same', async () => {
    const before = await present('switch');
    const ended = await world.ended((await carryOut(drill)).id);
    expect(ended.outcome).toBe('failed');
    expect(ended.summary).toContain('live was not proven');
    expect(ended.summary).toContain('Everything is restored');
    expect(await present('switch')).toEqual(before);
    const { drills } = await world.actions.readiness('production', signal());
    expect(drills[0]).toMatchObject({ at: null, overdue: true, failed: ended.id });
  });

  it('that the console died in is restored at the next start', async () => {
    const before = await present('switch');
    const { id } = await carryOut(drill);
    await world.until(id, (one) => stateOf(one, 'live', null) === 'running');
    await world.actions.close();
    begin();
    await world.actions.reconcile();
    await world.ended(id);
    expect(await present('switch')).toEqual(before);
  });

  it('is ended early by whoever needs its flag, and then tells nothing of the path', async () => {
    const before = await present('switch');
    // Nobody answers as clients are answered: it would be watched for long.
    await world.actions.close();
    begin(fastClock(1));
    flags.server.fault({ kind: 'hang' }, ({ path }) => path.startsWith('/api/client'));
    const { id } = await carryOut(drill);
    await world.until(id, (one) => stateOf(one, 'served') !== 'waiting');
    const turnOn: ActionRequest = { ...KILL, on: true };
    for (const request of [turnOn, { kind: 'undo', action: id } as const]) {
      expect((await plan(request)).blockers).toEqual([
        {
          code: 'busy',
          message: `mika is drilling this flag (${id}). End the drill, which brings back what was before, and plan again.`,
          overridable: false,
          action: id,
        },
      ]);
    }
    await world.locks.lock('production', 'mika');
    const undo = await world.actions.undo(id, as({ by: 'kim' }), signal());
    expect(undo).toMatchObject({ id, endedEarlyBy: 'kim' });
    const ended = await world.ended(id);
    expect(ended.outcome).toBe('unknown');
    expect(ended.summary).toMatch(
      /: ended early by kim, before all of it was proven\. Everything is restored\.$/,
    );
    expect(ended.steps.map(({ name, state }) => [name, state])).toEqual([
      ['sent', 'done'],
      ['stored', 'done'],
      ['served', 'skipped'],
      ['live', 'skipped'],
      ['restored', 'done'],
    ]);
    expect(await present('switch')).toEqual(before);
    const { entries } = await cache.journal('list', { action: id, limit: 100 });
    expect(entries.filter(({ kind }) => kind === 'ended_early')).toMatchObject([{ actor: 'kim' }]);
    expect((await plan(turnOn)).blockers).toEqual([]);
    const { drills } = await world.actions.readiness('production', signal());
    expect(drills[0]).toMatchObject({ at: null, failed: null });
  });

  it('that is ended early is first read back, also by the next start', async () => {
    const before = await present('switch');
    let written = false;
    flags.server.fault({ kind: 'reset' }, (asked) => {
      const answers = !written;
      if (isWrite(asked)) written = true;
      return !answers;
    });
    const { id } = await carryOut(drill);
    await world.until(id, (one) => stateOf(one, 'stored') === 'unknown');
    await world.actions.undo(id, as({ by: 'kim' }), signal());
    expect(stateOf(await world.actions.read(id), 'restored')).toBe('waiting');
    await world.actions.close();
    flags.server.fault(null);
    begin();
    await world.actions.reconcile();
    const ended = await world.ended(id);
    expect(ended).toMatchObject({ outcome: 'unknown', endedEarlyBy: 'kim' });
    expect(stateOf(ended, 'stored')).toBe('done');
    expect(stateOf(ended, 'restored')).toBe('done');
    expect(await present('switch')).toEqual(before);
  });

  it('asks again while the credentials are refused, says which to mend, and restores with those', async () => {
    const before = await present('switch');
    let writes = 0;
    flags.server.fault({ kind: 'status', status: 401 }, (asked) => isWrite(asked) && ++writes > 1);
    const { id } = await carryOut(drill);
    const open = await world.until(id, (one) => stateOf(one, 'restored') === 'unknown');
    expect(open.endedAt).toBeNull();
    expect(open.steps.find(({ name }) => name === 'restored')?.next).toBe(
      'Mend the secret UNLEASH_ADMIN of the source flags: it is asked again until that is accepted.',
    );
    flags.server.fault(null);
    const ended = await world.ended(id);
    expect(stateOf(ended, 'restored')).toBe('done');
    expect(await present('switch')).toEqual(before);
  });

  it('says that there is nothing to drill where that is so, and is not sent', async () => {
    const config = actionsConfig(flags.server.url);
    const named = { service: on.service, environment: on.environment, kind: 'rollback' };
    world = actionsWorld(
      cache,
      Config.parse({ ...config, drills: [...config.drills, named] }),
      SECRETS,
      fastClock(20),
    );
    const rollback: ActionRequest = { kind: 'drill', ...on, drill: 'rollback' };
    expect((await plan(rollback)).blockers).toEqual([]);
    await makeAll('v41');
    const made = await plan(rollback);
    expect(made).toMatchObject({
      noop: false,
      blockers: [
        {
          message:
            'No candidate is served in production: there is nothing to roll back. ' +
            'Ramp a candidate there first, or drill the kill switch.',
          overridable: false,
        },
      ],
    });
    expect((await failure(world.actions.execute(made.id, as()))).code).toBe('bad_input');
    await flags.admin('POST', `${FEATURES}/switch/environments/production/off`);
    expect((await plan(drill)).blockers).toMatchObject([
      { message: expect.stringContaining('The AI path is off in production') },
    ]);
    expect(await world.actions.list({ limit: 5 })).toEqual([]);
  });

  it('of a protected environment is refused unless the configuration names it', async () => {
    const error = await failure(plan({ kind: 'drill', ...on, drill: 'rollback' }));
    expect(error.code).toBe('forbidden');
  });
});

describe('a plan computed ahead', () => {
  it('is answered without asking anybody, is good for one action, and is read anew when asked', async () => {
    await world.actions.prepare([ROLLBACK]);
    const asked = flags.server.asked.length;
    const made = await plan(ROLLBACK);
    const other = await plan({ ...ROLLBACK, to: 'v41' });
    expect(flags.server.asked).toHaveLength(asked);
    expect(other.id).not.toBe(made.id);
    await world.actions.plan(ROLLBACK, signal(), true);
    expect(flags.server.asked.length).toBeGreaterThan(asked);
    await world.actions.execute(made.id, as());
    expect((await plan(ROLLBACK)).noop).toBe(true);
  });

  it('of a flag that moved meanwhile is refused with both states', async () => {
    await world.actions.prepare([ROLLBACK]);
    await flags.admin('POST', `${FEATURES}/model/environments/production/off`);
    const error = await failure(carryOut(ROLLBACK));
    expect(error).toMatchObject({ code: 'conflict', detail: { present: { enabled: false } } });
  });
});
