/** What a plan asks beyond the one press: a word that is typed, a second person who agrees. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Confirmation } from '#core/actions/permission.ts';
import type { Approver } from '#core/actions/second-person.ts';
import type { Cache } from '#core/cache/client.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action, ActionRequest, Plan } from '#shared/model/action.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
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

const ROLLBACK: ActionRequest = {
  kind: 'rollback',
  service: 'support-bot',
  environment: 'production',
};
const as = (by: string): Confirmation => ({ by, role: 'responder', reason: '' });
const signal = () => AbortSignal.timeout(10_000);
const clock = fastClock(20);

let service: FlagService;
let cache: Cache;
let world: ActionsWorld;

beforeEach(async () => {
  service = await startFlagService();
  await makeModelFlag(service.admin, 'model');
  await makeSwitch(service.admin, 'switch');
  cache = await testCache();
  world = actionsWorld(cache, actionsConfig(service.server.url), SECRETS, clock);
});
afterEach(async () => {
  await world.actions.close();
  await service.close();
});

const plan = (request: ActionRequest = ROLLBACK) => world.actions.plan(request, signal());
const writes = () => service.server.asked.filter(({ method }) => method !== 'GET');
const sent = ({ steps }: Action) => steps.find(({ name }) => name === 'sent')?.state;

describe('what affects everyone', () => {
  const KILL: ActionRequest = { ...ROLLBACK, kind: 'kill_switch', on: false };

  it('is not sent before its word was typed; going back to stable asks for none', async () => {
    expect((await plan()).typed).toBeNull();
    const made = await plan(KILL);
    expect(made.typed).toBe('support-bot');
    for (const typed of [undefined, '', 'support', 'Support-bot']) {
      const error = await failure(world.actions.execute(made.id, { ...as('mika'), typed }));
      expect(error).toMatchObject({ code: 'bad_input', message: /type support-bot/ });
    }
    expect(writes()).toEqual([]);
    const action = await world.actions.execute(made.id, { ...as('mika'), typed: ' support-bot ' });
    expect(sent(action)).toBe('done');
  });

  it('is typed for a ramp to all users, and for no other', async () => {
    const ramp = (to: number): ActionRequest => ({ ...ROLLBACK, kind: 'ramp', to });
    expect((await plan(ramp(100))).typed).toBe('support-bot');
    expect((await plan(ramp(50))).typed).toBeNull();
  });
});

describe('a plan that a second person must agree to', () => {
  const asking = () => {
    const config = actionsConfig(service.server.url);
    return {
      ...config,
      actions: { ...config.actions, approval: { kinds: ['rollback' as const] } },
    };
  };
  const person = (actor: string, role: 'viewer' | 'responder' = 'responder') =>
    Promise.resolve({ actor, role });
  let strict: ActionsWorld;
  let made: Plan;
  beforeEach(async () => {
    strict = actionsWorld(cache, asking(), SECRETS, clock);
    made = await strict.actions.plan(ROLLBACK, signal());
  });
  afterEach(() => strict.actions.close());
  const second = () => strict.actions.planned(made.id).second;

  it('is not sent before somebody else has, and the journal has both', async () => {
    expect(made.second).toEqual({ approvedBy: null, asked: false, note: '' });
    const early = await failure(strict.actions.execute(made.id, as('mika')));
    expect(early).toMatchObject({ code: 'forbidden', message: /second person/ });
    await strict.actions.approve(made.id, 'mika', person('noor'));
    await expect.poll(() => second()?.approvedBy).toBe('noor');
    const action = await strict.actions.execute(made.id, as('mika'));
    expect(sent(action)).toBe('done');
    expect(action.plan.second?.approvedBy).toBe('noor');
    const { entries } = await cache.journal('list', { limit: 50 });
    const approvals = entries.filter(({ kind }) => kind === 'approval').slice(0, 2);
    expect(approvals.map(({ actor }) => actor)).toEqual(['noor', 'mika']);
    expect(approvals[0]?.data).toMatchObject({ plan: made.id, changes: made.changes });
  });

  it.each([
    ['the first person', () => person('mika'), /mika is the first person/],
    ['a viewer', () => person('guest', 'viewer'), /may not agree/],
    [
      'nobody',
      () => Promise.reject(new NightdeskError('timeout', 'Nobody signed in in time.')),
      /in time/,
    ],
  ])('is not agreed to by %s', async (_who, whoever, note) => {
    const answer = whoever();
    answer.catch(() => undefined);
    await strict.actions.approve(made.id, 'mika', answer);
    await expect.poll(() => second()?.note).toMatch(note);
    expect(second()).toMatchObject({ approvedBy: null, asked: false });
    expect((await failure(strict.actions.execute(made.id, as('mika')))).code).toBe('forbidden');
  });

  it('is agreed to for what it does: planned again, the same needs nobody anew while the first is good', async () => {
    await strict.actions.approve(made.id, 'mika', person('noor'));
    await expect.poll(() => second()?.approvedBy).toBe('noor');
    const again = await strict.actions.plan(ROLLBACK, signal(), true);
    expect(again.id).not.toBe(made.id);
    expect(again.second?.approvedBy).toBe('noor');
    expect(again.expiresAt).toBe(made.expiresAt);
    expect(sent(await strict.actions.execute(again.id, as('mika')))).toBe('done');
    const undone = await strict.actions.plan(ROLLBACK, signal(), true);
    expect(undone.second?.approvedBy).toBeNull();
  });

  it('has the answer that comes after it was planned again', async () => {
    let answer: (approver: Approver) => void = () => undefined;
    const whoever = new Promise<Approver>((resolve) => {
      answer = resolve;
    });
    await strict.actions.approve(made.id, 'mika', whoever);
    const again = await strict.actions.plan(ROLLBACK, signal(), true);
    expect(again.second).toMatchObject({ asked: true, approvedBy: null });
    answer({ actor: 'noor', role: 'responder' });
    await expect.poll(() => strict.actions.planned(again.id).second?.approvedBy).toBe('noor');
  });

  it('asks anew when something else is to be done', async () => {
    await strict.actions.approve(made.id, 'mika', person('noor'));
    await expect.poll(() => second()?.approvedBy).toBe('noor');
    const other = await strict.actions.plan({ ...ROLLBACK, to: 'v39' }, signal(), true);
    expect(other.second?.approvedBy).toBeNull();
    // The flag has moved: the same request does something else.
    const control = strict.connector.control;
    const from = await control?.read('model', 'production', signal());
    if (from === undefined) throw new Error('no control');
    const [strategy, ...rest] = from.strategies;
    if (strategy === undefined) throw new Error('no strategy');
    const variants = strategy.variants.map((one) => ({ ...one, weight: 500 }));
    const to = { ...from, strategies: [{ ...strategy, variants }, ...rest] };
    const where = { flag: 'model', environment: 'production', comment: '' };
    await control?.write({ ...where, from, to, ready: async () => undefined }, signal());
    const moved = await strict.actions.plan(ROLLBACK, signal(), true);
    expect(moved.second?.approvedBy).toBeNull();
    expect((await failure(strict.actions.execute(moved.id, as('mika')))).code).toBe('forbidden');
  });

  it('other kinds need nobody', async () => {
    const kill = await strict.actions.plan(
      { ...ROLLBACK, kind: 'kill_switch', on: false },
      signal(),
    );
    expect(kill.second).toBeNull();
    await expect(strict.actions.approve(kill.id, 'mika', person('noor'))).rejects.toMatchObject({
      code: 'bad_input',
    });
  });
});
