/** The wall clock is set while an action runs: back, so that times repeat, or forward, so that nothing has passed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Clock } from '#core/deps.ts';
import { cell, facts, fastClock } from '../fixtures/actions-world.ts';
import { actionKit, isWrite, KILL, ROLLBACK, step } from './action-kit.ts';
import { points } from './cache-kit.ts';

const kit = actionKit();

/** A clock that can be set back. */
function settable(clock: Clock = kit.clock) {
  let back = 0;
  kit.begin({ ...clock, now: () => clock.now() - back });
  return {
    setBack(ms: number) {
      back += ms;
    },
  };
}

it('turns of the hour that is lived again are not counted, new ones are', async () => {
  const clock = settable();
  for (let i = 0; i < 20; i++) {
    await kit.world.traffic({ v41: 9, v42: 3 });
    clock.setBack(-3_000);
  }
  clock.setBack(60_000);
  const { id } = await kit.carryOut();
  const ended = await kit.world.ended(id);
  expect(step(ended, 'live')).toMatchObject({ state: 'unknown' });
  expect(step(ended, 'live').text).toMatch(/^no requests yet: too few requests to tell/);

  await kit.undo(id);
  const again = await kit.carryOut();
  await kit.served(again.id);
  await kit.world.traffic({ v41: 50 });
  expect(step(await kit.world.ended(again.id), 'live')).toMatchObject({
    state: 'done',
    text: expect.stringMatching(/^0 of 50 requests on v42 /),
  });
});

it('set back in the middle, what came before clients were served the change is not counted after it', async () => {
  const clock = settable();
  kit.flags.server.fault({ kind: 'status', status: 503 }, ({ path }) =>
    /^\/api\/client/.test(path),
  );
  const { id } = await kit.carryOut();
  await kit.world.until(id, (one) => step(one, 'served').state === 'unknown');
  await kit.world.traffic({ v42: 50 });
  const old = kit.world.clock.now();
  clock.setBack(4_000);
  kit.flags.server.fault(null);
  await kit.served(id);
  while (kit.world.clock.now() < old + 200) await sleep(5);
  await kit.world.traffic({ v41: 50 });
  expect(step(await kit.world.ended(id), 'live')).toMatchObject({
    state: 'done',
    text: expect.stringMatching(/^0 of 50 requests on v42 /),
  });
});

it('a share of fallbacks measured when the hour was lived first does not show the kill switch', async () => {
  const clock = settable();
  const at = kit.world.clock.now() + 10_000;
  const sample = points([[at, 1]], { signal: 'fallback_rate', service: 'support-bot' });
  await kit.cache.write('commitBatch', { source: 'metrics', batch: { points: [sample] } });
  clock.setBack(3_600_000);
  kit.world.scene.whole = facts('', [{ ...cell('fallback_rate', 'bad', 1), at }]);
  const { id } = await kit.carryOut(KILL);
  expect(step(await kit.world.ended(id), 'live')).toMatchObject({
    state: 'unknown',
    text: expect.stringMatching(/^no share of fallbacks measured since/),
  });
});

it('set forward, what may have been sent is waited for as long as ever', async () => {
  const real = fastClock(4);
  const clock = settable(real);
  kit.flags.server.fault({ kind: 'hang' }, isWrite);
  const { id } = await kit.carryOut();
  await kit.world.until(id, (one) => step(one, 'sent').state === 'unknown');
  const unknown = real.steady();
  // It has been looked at once, and found as before.
  await sleep(200);
  clock.setBack(-3_600_000);
  expect(await kit.world.ended(id)).toMatchObject({ outcome: 'failed' });
  expect(real.steady() - unknown).toBeGreaterThan(3_000);
});

it('set forward, what is back in band must hold as long as ever', async () => {
  const clock = settable(fastClock(4));
  kit.world.scene.whole = facts('', [cell('latency_p95', 'bad', 5)]);
  const { id } = await kit.carryOut(KILL);
  await kit.served(id);
  const fallbacks = { ...cell('fallback_rate', 'bad', 1), at: kit.world.clock.now() + 5_000 };
  kit.world.scene.whole = facts('', [fallbacks, cell('latency_p95', 'ok', 1)]);
  await kit.world.until(id, (one) => step(one, 'recovered').state === 'running');
  clock.setBack(-3_600_000);
  const ended = await kit.world.ended(id);
  expect(ended.outcome).toBe('recovered');
  const [live, recovered] = [
    step(ended, 'live').afterMs ?? 0,
    step(ended, 'recovered').afterMs ?? 0,
  ];
  expect(recovered - live).toBeGreaterThanOrEqual(3_000);
});

it('set back, a plan that was computed ahead by the later time is not answered', async () => {
  const clock = settable();
  await kit.world.actions.prepare([ROLLBACK]);
  clock.setBack(3_600_000);
  expect((await kit.plan()).createdAt).toBeLessThan(kit.world.clock.now() + 1);
});
