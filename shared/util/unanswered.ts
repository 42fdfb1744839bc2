/** Questions whose answer was not recorded. Core and window decide by the same. Pure. */
import type { Turn } from '../model/conversation.ts';

export const NO_ANSWER = 'no answer recorded';
/** What ends a turn is sent last: so long it may be on its way. */
export const ON_ITS_WAY_MS = 60_000;

/** True where the user said something and nothing was said to that; an error, a guardrail or a person instead of an answer tell why. */
export function answerMissing({
  error,
  guardrailBlocked,
  handoff,
  messages,
}: Pick<Turn, 'messages'> & Partial<Turn>): boolean {
  if (error || guardrailBlocked || handoff) return false;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const told = messages.slice(asked + 1).some(
    ({ parts, role }) =>
      role === 'assistant' &&
      // Words, or an image: calls of tools and thoughts are no answer.
      parts.some((part) => part.type === 'other' || (part.type === 'text' && part.content !== '')),
  );
  return asked >= 0 && !told;
}

/** Not as long as the answer may be on its way. */
export function isUnanswered(
  { durationMs, odd, startedAt }: Pick<Turn, 'durationMs' | 'odd' | 'startedAt'>,
  now: number,
): boolean {
  return odd?.answerMissing === true && now - (startedAt + durationMs) > ON_ITS_WAY_MS;
}
