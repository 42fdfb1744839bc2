/** The wall clock is set back, so that times repeat: nothing that came before a change shows that it is live. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { cell, facts } from '../fixtures/actions-world.ts';
import { actionKit, KILL, step } from './action-kit.ts';
import { points } from './cache-kit.ts';

const kit = actionKit();

/** A clock that can be set back. */
function settable() {
  let back = 0;
  kit.begin({ ...kit.clock, now: () => kit.clock.now() - back });
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
