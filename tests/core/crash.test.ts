/**
 * The console killed with SIGKILL at every point between intent and recovery. Twice at each here; twenty times at
 * each in tests/backends/crash.test.ts.
 */
import { describe, test } from 'vitest';
import { CRASH_POINTS } from '../fixtures/crash-points.ts';
import { crashRounds } from '../fixtures/crash-rounds.ts';

describe('killed and started again, an action ends truthfully', () => {
  const rounds = crashRounds(CRASH_POINTS, 2, 4);
  test.each(CRASH_POINTS)('killed $name', async (point) => rounds.of(point), 400_000);
});
