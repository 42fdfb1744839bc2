/** A change that ends on the way: it is taken back, or the action says loudly what could not be, and what is to be mended. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Confirmation } from '#core/actions/permission.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Action, ActionRequest } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { flagStateText } from '#shared/util/flag-state.ts';
import {
  type ActionsWorld,
  actionsConfig,
  actionsWorld,
  fastClock,
} from '../fixtures/actions-world.ts';
import type { Asked } from '../fixtures/faulty-server.ts';
import {
  FEATURES,
  type FlagService,
  makeModelFlag,
  SECRETS,
  startFlagService,
} from '../fixtures/flag-service.ts';
import { failure } from '../helpers/failure.ts';
import { testCache } from './cache-kit.ts';

const MODEL = `${FEATURES}/model/environments/production`;
const ROLLBACK: ActionRequest = {
  kind: 'rollback',
  service: 'support-bot',
  environment: 'production',
};
const as: Confirmation = { by: 'mika', role: 'responder', reason: '', typed: 'support-bot' };
const signal = () => AbortSignal.timeout(10_000);
const stepOf = (action: Action, name: string) => action.steps.find((step) => step.name === name);

let flags: FlagService;
let cache: Cache;
let world: ActionsWorld;

beforeEach(async () => {
  flags = await startFlagService();
  await makeModelFlag(flags.admin, 'model');
  cache = await testCache();
  world = actionsWorld(cache, actionsConfig(flags.server.url), SECRETS, fastClock(20));
});
afterEach(async () => {
  await world.actions.close();
  await flags.close();
});

async function present(): Promise<FlagState> {
  if (!world.connector.control) throw new Error('no control');
  return world.connector.control.read('model', 'production', signal());
}
async function carryOut(request: ActionRequest): Promise<Action> {
  const { id } = await world.actions.execute((await world.actions.plan(request, signal())).id, as);
  return world.ended(id);
}
/** As many strategies with the same two versions, so that a rollback takes two calls. */
async function addSecond(): Promise<void> {
  const [first] = (await present()).strategies;
  await flags.admin('POST', `${MODEL}/strategies`, { ...first, id: undefined, sortOrder: 1 });
}
/** True for the second call of the method. */
function second(method: string): (asked: Asked) => boolean {
  let count = 0;
  return (asked) => asked.method === method && ++count === 2;
}

it('is taken back when a later call of it is refused', async () => {
  await addSecond();
  const before = await present();
  flags.server.fault({ kind: 'status', status: 401 }, second('PUT'));
  const ended = await carryOut(ROLLBACK);
  expect(ended.outcome).toBe('failed');
  expect(ended.summary).toMatch(
    /half-way, and what was half-done was taken back\. .*does not accept the credentials/,
  );
  expect(stepOf(ended, 'restored')?.state).toBe('done');
  expect(await present()).toEqual(before);
  const undo = await failure(world.actions.plan({ kind: 'undo', action: ended.id }, signal()));
  expect(undo.code).toBe('bad_input');
});

it('is taken back by the next start when the console died in it', async () => {
  await addSecond();
  const before = await present();
  const made = await world.actions.plan(ROLLBACK, signal());
  flags.server.fault({ kind: 'hang' }, second('PUT'));
  const { id } = await world.actions.execute(made.id, as);
  await world.actions.close();
  flags.server.fault(null);
  world = actionsWorld(cache, actionsConfig(flags.server.url), SECRETS, fastClock(20));
  await world.actions.reconcile();
  const ended = await world.ended(id);
  expect(ended.outcome).toBe('failed');
  expect(ended.summary).toContain('what was half-done was taken back');
  expect(await present()).toEqual(before);
});

it('is left alone where somebody else wrote in between', async () => {
  await addSecond();
  const failing = second('PUT');
  let [first] = (await present()).strategies;
  flags.server.fault({ kind: 'status', status: 401 }, (asked) => {
    if (!failing(asked)) return false;
    const parameters = { ...first?.parameters, rollout: '30' };
    void flags.admin('PUT', `${MODEL}/strategies/${first?.id}`, { ...first, parameters });
    return true;
  });
  const ended = await carryOut(ROLLBACK);
  expect(ended.outcome).toBe('failed');
  expect(stepOf(ended, 'sent')?.text).toContain('neither as before nor as planned');
  [first] = (await present()).strategies;
  expect(first?.parameters.rollout).toBe('30');
});

it('ends loudly where it cannot be taken back, and its undo leads from there to before', async () => {
  // The flag once had another strategy; to exchange them takes a right that the token lacks.
  const [old] = (await present()).strategies;
  await flags.admin('POST', `${MODEL}/strategies`, { name: 'default' });
  await flags.admin('DELETE', `${MODEL}/strategies/${old?.id}`);
  const before = await present();
  const pull = world.connector.pull(null, signal());
  for await (const batch of pull) await cache.write('commitBatch', { source: 'flags', batch });
  const of = { source: 'flags', key: 'model', environment: 'production' };
  const events = await cache.read('listFlagEvents', { ...of, limit: 20 });
  const event = events.find(({ type }) => type === 'enabled')?.id ?? '';
  flags.server.fault({ kind: 'status', status: 403 }, ({ method }) => method === 'DELETE');
  const { key: flag, source, environment } = of;
  const restore = { kind: 'restore', source, flag, environment, event } as const;
  const made = await world.actions.plan(restore, signal());
  // It gives the candidate users, past the rungs of its ramp.
  const over = { ...as, role: 'admin', override: 'it stood so before' } as const;
  const ended = await world.ended((await world.actions.execute(made.id, over)).id);
  expect(ended.outcome).toBe('not_restored');
  expect(ended.summary).toContain('could NOT be taken back');
  expect((await present()).strategies).toHaveLength(2);

  flags.server.fault(null);
  const undo = await world.actions.undo(ended.id, as, signal());
  await world.until(undo.id, (one) => stepOf(one, 'stored')?.state === 'done');
  expect(flagStateText(await present())).toBe(flagStateText(before));
});

it('fails when the flag is gone that it was written to', async () => {
  const made = await world.actions.plan(ROLLBACK, signal());
  flags.server.fault({ kind: 'mute' }, ({ method }) => method === 'PUT');
  const sending = world.actions.execute(made.id, as);
  while (!flags.server.asked.some(({ method }) => method === 'PUT')) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await flags.admin('DELETE', `${FEATURES}/model`);
  const ended = await world.ended((await sending).id);
  expect(ended.outcome).toBe('failed');
  expect(ended.summary).toContain('the flag is gone');
});

it('fails when the flag is gone that is read back', async () => {
  const made = await world.actions.plan(ROLLBACK, signal());
  let written = false;
  flags.server.fault({ kind: 'status', status: 404 }, ({ method }) => {
    const known = !written;
    if (method === 'PUT') written = true;
    return !known;
  });
  const ended = await world.ended((await world.actions.execute(made.id, as)).id);
  expect(ended.outcome).toBe('failed');
  expect(stepOf(ended, 'stored')).toMatchObject({ state: 'failed', text: 'the flag is gone' });
});

it('says which secret to mend while it is not accepted, and goes on when it is', async () => {
  const made = await world.actions.plan(ROLLBACK, signal());
  let written = false;
  flags.server.fault({ kind: 'status', status: 401 }, ({ method }) => {
    const accepted = !written;
    if (method === 'PUT') written = true;
    return !accepted;
  });
  const { id } = await world.actions.execute(made.id, as);
  const open = await world.until(id, (one) => stepOf(one, 'stored')?.state === 'unknown');
  expect(stepOf(open, 'stored')?.next).toBe(
    'Mend the secret UNLEASH_ADMIN of the source flags: it is asked again until that is accepted.',
  );
  flags.server.fault(null);
  const proven = await world.until(id, (one) => stepOf(one, 'served')?.state === 'done');
  expect(stepOf(proven, 'stored')?.state).toBe('done');
});
