/** The lock of an environment by its clocks. */
import { describe, expect, it } from 'vitest';
import { createLocks } from '#core/actions/locks.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { actionKit } from './action-kit.ts';

const kit = actionKit();

describe('locks', () => {
  it('open for a limited time, and not longer when the clock is set back', async () => {
    let now = 1_000_000;
    let timer = Promise.withResolvers<void>();
    const ranOut: number[] = [];
    const locks = createLocks({
      cache: kit.cache,
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
    const { entries } = await kit.cache.journal('list', { limit: 5 });
    expect(entries.map((entry) => `${entry.kind} by ${entry.actor}`)).toEqual([
      'unlock by mika',
      'lock by noor',
      'unlock by mika',
      'unlock by mika',
      'unlock by mika',
    ]);
  });
});
