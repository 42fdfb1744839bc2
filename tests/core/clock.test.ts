import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../electron/host/clock.ts';

const DAY_MS = 24 * 3_600_000;

afterEach(() => {
  vi.doUnmock('node:timers/promises');
  vi.resetModules();
});

it('does not end at once what is longer than a timer can count', async () => {
  const over = new AbortController();
  const ended: string[] = [];
  const asleep = [25, 30, 400, Number.POSITIVE_INFINITY].map((days) =>
    systemClock.sleep(days * DAY_MS, over.signal).then(
      () => ended.push(`${days} d`),
      () => undefined,
    ),
  );
  await systemClock.sleep(100);
  over.abort();
  await Promise.all(asleep);
  expect(ended).toEqual([]);
});

// Node's timers replaced: nobody waits for two months.
it.each([0, 15, 60_000, 30 * DAY_MS, 400 * DAY_MS])(
  'sleeps %i ms, in steps that a timer can count',
  async (ms) => {
    const steps: number[] = [];
    vi.doMock('node:timers/promises', () => ({
      setTimeout: async (step: number) => steps.push(step),
    }));
    const { systemClock: clock } = await import('../../electron/host/clock.ts');
    await clock.sleep(ms);
    expect(steps.reduce((sum, step) => sum + step, 0)).toBe(ms);
    expect(Math.max(...steps)).toBeLessThan(2 ** 31);
  },
);
