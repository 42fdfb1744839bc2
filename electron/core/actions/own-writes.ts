/** Which changes the sources tell of were made from this console, and who asked for them. */
import type { Action } from '#shared/model/action.ts';

/** A write of ours, as the source's clock and ours tell of it. */
const SAME_WRITE_MS = 5_000;
/** Asked for where changes are listed: older ones have long been told of. */
export const OWN_WRITES_ASKED = 50;

/** `ines (a-12)`; null when it was not done here: the source knows only whose token was used. */
export function askedBy(
  { at, flag }: { at: number; flag: string | null },
  actions: readonly Action[],
): string | null {
  const action = actions.find(
    ({ plan, steps }) =>
      plan.changes.some((one) => one.kind === 'flag' && one.flag === flag) &&
      steps.some(
        ({ name, endedAt }) =>
          (name === 'sent' || name === 'restored') &&
          endedAt !== null &&
          Math.abs(at - endedAt) < SAME_WRITE_MS,
      ),
  );
  return action === undefined ? null : `${action.by} (${action.id})`;
}

/** The same changes, with who asked for them instead of whose token was used. */
export function withAskers<T extends { at: number; flag: string | null; by: string }>(
  changes: readonly T[],
  actions: readonly Action[],
): T[] {
  return changes.map((change) => ({ ...change, by: askedBy(change, actions) ?? change.by }));
}
