/** What is odd about how a turn was told, so that a reader does not take it for what happened. Pure. */
import type { TurnOdd } from '#shared/model/conversation.ts';
import { IN_STEP_MS } from '#shared/util/began.ts';
import { answerMissing } from '#shared/util/unanswered.ts';
import type { Steps } from './turn-steps.ts';

/** Attribute that says what was wrong with a span's times and what was done. */
export const CLOCK = 'nightdesk.clock';

/** `before`: messages of the user that the model was told before those of this turn. Undefined where nothing is odd. */
export function oddOf(
  { steps, root, entry }: Steps,
  before: number,
  told: Parameters<typeof answerMissing>[0],
): TurnOdd | undefined {
  const odd: TurnOdd = {};
  if (answerMissing(told)) odd.answerMissing = true;
  // Where the agent's own span is here, what called it may belong to a gateway that does not export to this console.
  if (root === null && !(entry.operation === 'turn' && entry.arrived)) odd.rootMissing = true;
  if (before > 0) odd.toldBefore = before;
  // Of a span that only log events tell of, and of one whose times were replaced, the beginning is not known.
  const timed = steps.filter((step) => step.arrived && step.attributes[CLOCK] === undefined);
  if (timed.length > 1) {
    const starts = new Map(timed.map((step) => [step.id, step.startedAt]));
    let skew = 0;
    for (const { parentId, startedAt } of timed) {
      const called = parentId === null ? undefined : starts.get(parentId);
      if (called !== undefined) skew = Math.max(skew, called - startedAt);
    }
    if (skew > IN_STEP_MS) odd.clockSkewMs = skew;
  }
  if (timed.length < steps.length && steps.some((step) => step.attributes[CLOCK] !== undefined)) {
    odd.timesReplaced = true;
  }
  return Object.keys(odd).length > 0 ? odd : undefined;
}
