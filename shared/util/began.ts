/** When a step began, told so that clocks that disagree are seen. Pure. */

/** Clocks of machines that are kept in step differ by less. */
export const IN_STEP_MS = 250;

/**
 * `called`: when the step that called it began; null = not known. A called step cannot begin before its caller: its clock, or the
 * caller's, is wrong, and how long after the beginning of the turn it began is not known.
 */
export function beganAt(
  at: number,
  called: number | null,
  turn: number,
): {
  ms: number;
  words: 'into its turn' | 'before its turn' | 'before its caller (clocks differ)';
} {
  if (called !== null && called - at > IN_STEP_MS) {
    return { ms: called - at, words: 'before its caller (clocks differ)' };
  }
  if (turn - at > IN_STEP_MS) return { ms: turn - at, words: 'before its turn' };
  return { ms: Math.max(0, at - turn), words: 'into its turn' };
}
