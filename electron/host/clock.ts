import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#core/deps.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  async sleep(ms, signal) {
    await delay(ms, undefined, { ...(signal ? { signal } : {}), ref: false });
  },
};
