/**
 * The console killed with SIGKILL twenty times at every point between intent and recovery: two hundred starts, which
 * is why it is here and not in `npm test` (tests/core/crash.test.ts kills it twice at each).
 */
import { describe, test } from 'vitest';
import { CRASH_POINTS } from '../fixtures/crash-points.ts';
import { crashRounds } from '../fixtures/crash-rounds.ts';

describe('killed twenty times at each point, an action ends truthfully', () => {
  const rounds = crashRounds(CRASH_POINTS, 20, 8);
  test.each(CRASH_POINTS)('killed $name', async (point) => rounds.of(point), 800_000);
});
