/** When a way back was last drilled: one reading for plans, for what is due, and for Flags. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Action, ActionRequest, DrillKind } from '#shared/model/action.ts';
import { Config } from '#shared/model/config.ts';
import { actionsConfig } from '../fixtures/actions-world.ts';
import { secretsOf } from '../fixtures/deps.ts';
import { SECRETS } from '../fixtures/flag-service.ts';
import { type RunningCore, runningCore } from '../fixtures/running-core.ts';
import { actionOf, flagState, planOf } from '../renderer/plan.fixture.ts';
import { tempDir, testCache } from './cache-kit.ts';

const NOW = Date.now();
const DAY = 86_400_000;
const on = (environment: string) => ({ service: 'support-bot', environment });

let core: RunningCore;
let past: Action[];
beforeEach(() => {
  past = [];
});
afterEach(() => core.close());

/** What was done `daysAgo`, as the journal keeps it. */
function done(
  request: ActionRequest,
  daysAgo: number,
  outcome: Action['outcome'],
  steps: Action['steps'] = [],
): void {
  const startedAt = NOW - daysAgo * DAY;
  past.push(
    actionOf({
      id: `a-${past.length + 1}`,
      kind: request.kind,
      environment: 'environment' in request ? request.environment : '',
      plan: planOf({ request }),
      startedAt,
      endedAt: startedAt + 60_000,
      outcome,
      steps,
    }),
  );
}
const drill = (kind: DrillKind, environment: string): ActionRequest => ({
  kind: 'drill',
  drill: kind,
  ...on(environment),
});

/** `inStaging`: the weights of v41 and v42 there; without them nothing is known of its flags. */
async function begin(inStaging?: [number, number]): Promise<void> {
  const dataDir = await tempDir();
  const cache = await testCache({ dataDir });
  const flag = (
    key: string,
    environment = 'production',
    weights: [number, number] = [750, 250],
  ) => ({
    source: 'flags',
    key,
    environment,
    description: '',
    type: 'release',
    stale: false,
    createdAt: null,
    state: flagState(...weights),
  });
  await cache.write('commitBatch', {
    source: 'flags',
    batch: {
      flags: [
        ...[flag('model'), flag('switch')],
        ...(inStaging ? [flag('model', 'staging', inStaging)] : []),
      ],
    },
  });
  for (const action of past) await cache.journal('saveAction', { action });
  await cache.close();
  const config = actionsConfig('http://127.0.0.1:9');
  const [service, ...rest] = config.services;
  const staging = { name: 'staging', protected: false };
  core = await runningCore(
    dataDir,
    Config.parse({
      ...config,
      environments: [...config.environments, staging],
      services: [
        { ...service, environments: { ...service?.environments, staging: { where: {} } } },
        ...rest,
      ],
      drills: [...config.drills, { ...on('staging'), kind: 'rollback', every: '7d' }],
    }),
    { secrets: secretsOf(SECRETS) },
  );
}

async function lastOf(key: string): Promise<number | null> {
  const { flag } = await core.viewer('flags.read', {
    source: 'flags',
    key,
    environment: 'production',
  });
  const { flags } = await core.viewer('flags.list', { environment: 'production' });
  expect(flags.find((one) => one.key === key)?.lastDrilledAt).toBe(flag.lastDrilledAt);
  return flag.lastDrilledAt;
}

test('a rollback in earnest is none, nor is a drill that failed', async () => {
  done({ kind: 'rollback', ...on('production') }, 1, 'recovered');
  done({ kind: 'kill_switch', ...on('production'), on: false }, 2, 'effective');
  done(drill('rollback', 'staging'), 3, 'failed');
  await begin();
  expect(await lastOf('model')).toBeNull();
  expect(await lastOf('switch')).toBeNull();
  const { models } = await core.viewer('models.list', { environment: 'production' });
  expect(models.map(({ lastDrilledAt }) => lastDrilledAt)).toEqual([null, null]);
});

test('Flags and what is due say the same: where it is configured, else wherever it was', async () => {
  done(drill('rollback', 'staging'), 3, 'drilled');
  done(drill('kill_switch', 'staging'), 4, 'drilled');
  done(drill('kill_switch', 'production'), 5, 'drilled');
  await begin();
  expect(await lastOf('model')).toBe(past[0]?.endedAt);
  expect(await lastOf('switch')).toBe(past[2]?.endedAt);
  const { drills } = await core.viewer('actions.readiness', { environment: 'production' });
  expect(drills.map(({ drill, environment, at }) => [drill, environment, at])).toEqual([
    ['rollback', 'staging', past[0]?.endedAt],
    ['kill_switch', 'production', past[2]?.endedAt],
    ['kill_switch', 'staging', past[1]?.endedAt],
  ]);
  expect(drills.filter(({ everyMs }) => everyMs !== null)).toMatchObject([
    { drill: 'rollback', environment: 'staging', overdue: false },
    { drill: 'kill_switch', environment: 'production', overdue: false },
  ]);
});

test('a rollback is not overdue while no candidate is served where it is drilled', async () => {
  const skipped = { startedAt: NOW, endedAt: NOW, text: 'it was so already', next: '' };
  done(drill('rollback', 'staging'), 9, 'failed', [
    { name: 'sent', change: 0, state: 'skipped', ...skipped },
  ]);
  await begin([1000, 0]);
  const rollback = async () => {
    const { drills } = await core.viewer('actions.readiness', { environment: 'production' });
    return drills.find((one) => one.drill === 'rollback' && one.environment === 'staging');
  };
  expect(await rollback()).toMatchObject({
    idle: 'no candidate is served',
    overdue: false,
    failed: null,
  });
  await core.close();
  await begin([990, 10]);
  const served = await rollback();
  expect(served).toMatchObject({ overdue: true, failed: null });
  expect(served?.idle).toBeUndefined();
});
