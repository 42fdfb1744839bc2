/**
 * What one window may ask of the core: far more than the screens ever do, and little enough that a page gone wild
 * (or somebody who got hold of the token) cannot keep an engineer from rolling back.
 */
import { NightdeskError } from '#shared/errors/index.ts';

/** Calls that may come at once, after a time of quiet. */
const BURST = 400;
/** Calls per second that may go on for ever. */
const PER_SECOND = 100;
/** Calls that may be under way at the same time. */
const AT_ONCE = 200;

export interface CallLimits {
  /**
   * Lets a call begin, and answers what must be called at its end.
   * @throws NightdeskError `rate_limited`, with `detail.retryAfterMs`, when it may not.
   */
  begin(): () => void;
}

/** `now`: milliseconds that never go back. */
export function createCallLimits(now: () => number = () => performance.now()): CallLimits {
  let left = BURST;
  let countedAt = now();
  let underWay = 0;

  return {
    begin() {
      const at = now();
      left = Math.min(BURST, left + ((at - countedAt) / 1000) * PER_SECOND);
      countedAt = at;
      if (left < 1 || underWay >= AT_ONCE) {
        const retryAfterMs = Math.max(100, Math.ceil(((1 - left) / PER_SECOND) * 1000));
        throw new NightdeskError('rate_limited', 'The console is asked too much at once.', {
          detail: { retryAfterMs },
        });
      }
      left--;
      underWay++;
      let ended = false;
      return () => {
        if (!ended) underWay--;
        ended = true;
      };
    },
  };
}
