/**
 * What the random tests of a run have in common. They draw the same values each time, so that a commit that passed passes again
 * and one that fails can be looked into; `npm run test:random` draws others, for as long as it is told.
 */
import fc from 'fast-check';

const seconds = Number(process.env.NIGHTDESK_RANDOM_SECONDS ?? 0);

fc.configureGlobal(
  seconds > 0
    ? { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }
    : { seed: 20_260_301 },
);

export default fc;

/** For `fc.assert`: how often a property is tried where the usual hundred is too little, or takes too long. */
export const runs = (count: number): { numRuns?: number } =>
  seconds > 0 ? {} : { numRuns: count };
