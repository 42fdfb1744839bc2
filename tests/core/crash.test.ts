/**
 * The console killed with SIGKILL at every point between intent and recovery. Twice at each here; twenty times at
 * each in tests/backends/crash.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { CRASH_POINTS } from '../fixtures/crash-points.ts';
import { crashRounds } from '../fixtures/crash-rounds.ts';
import { crashWorld, isWrite, ROLLBACK, until } from '../fixtures/crash-world.ts';

describe('killed and started again, an action ends truthfully', () => {
  const rounds = crashRounds(CRASH_POINTS, 2, 4);
  test.each(CRASH_POINTS)('killed $name', async (point) => rounds.of(point), 400_000);
});

test('killed between the changes of one action, what was done is taken back, once', async () => {
  const world = await crashWorld();
  try {
    await world.start();
    const plan = await world.plan({
      kind: 'several',
      requests: [ROLLBACK, { ...ROLLBACK, kind: 'kill_switch', on: false }],
    });
    const writesTo = (flag: string) =>
      world.asked().filter((asked) => isWrite(asked) && asked.path.includes(`/${flag}/`)).length;
    world.flags.server.fault(
      { kind: 'hang' },
      (one) => isWrite(one) && one.path.includes('/switch/'),
    );
    world.confirm(plan);
    await until('the second change is on its way', () => writesTo('switch') > 0);
    expect(world.candidate(), 'the first change is done').toBe(0);
    await world.kill();
    world.flags.server.fault(null);
    await world.start();
    const action = await world.settled();
    expect(action?.outcome, action?.summary).toBe('failed');
    expect(world.candidate(), 'as it was before').toBe(250);
    expect(world.flags.store.feature('switch').environments.production?.enabled).toBe(true);
    expect([writesTo('model'), writesTo('switch')], 'there and back, nothing again').toEqual([
      2, 1,
    ]);
    expect(await world.verify()).toMatchObject({ ok: true, findings: [] });
  } finally {
    await world.close();
  }
}, 400_000);
