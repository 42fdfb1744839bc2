import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#core/deps.ts';

/** A timer counts milliseconds in 31 bits, 24.8 days; one that is set for longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  async sleep(ms, signal) {
    const options = { ...(signal ? { signal } : {}), ref: false };
    let left = ms;
    do {
      await delay(Math.min(left, LONGEST_TIMER_MS), undefined, options);
      left -= LONGEST_TIMER_MS;
    } while (left > 0);
  },
};
