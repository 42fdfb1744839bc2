/**
 * What one window may ask of the core: far more than the screens ever do, and little enough that a page gone wild
 * (or somebody who got hold of the token) cannot keep an engineer from rolling back.
 */
import { NightdeskError } from '#shared/errors/index.ts';
import { LIMITS } from './limits.ts';
import { createBucket } from './rate.ts';

/** How soon to ask again when too many calls wait for their answers. */
const FULL_WAIT_MS = 100;

export interface CallLimits {
  /** Lets a call begin and answers what must be called at its end, or how many milliseconds it has to wait. */
  begin(): (() => void) | number;
}

/** `now`: milliseconds that never go back. */
export function createCallLimits(now?: () => number): CallLimits {
  const waitMs = createBucket(LIMITS.callRate, now);
  let underWay = 0;

  return {
    begin() {
      const wait = underWay >= LIMITS.callsUnderWay ? FULL_WAIT_MS : waitMs();
      if (wait > 0) return wait;
      underWay++;
      let ended = false;
      return () => {
        if (!ended) underWay--;
        ended = true;
      };
    },
  };
}

/** For whoever asks faster than any person could. */
export function tooMuch(retryAfterMs: number): NightdeskError {
  return new NightdeskError('rate_limited', 'The console is asked too much at once.', {
    detail: { retryAfterMs },
  });
}
