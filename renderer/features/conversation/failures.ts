/** Why a turn counts as failing. Pure. */
import type { Failure, Turn } from '#shared/model/conversation.ts';

/** The same rules by which the core counts a conversation as failing, for one turn. */
export function turnFailures(turn: Turn, slowTurnMs: number): Failure[] {
  const failures: Failure[] = [];
  if (turn.error !== null) failures.push('error');
  if (turn.unsure) failures.push('unsure');
  if (turn.feedback.includes('thumbs_down')) failures.push('thumbs_down');
  if (turn.handoff) failures.push('handoff');
  if (turn.durationMs > slowTurnMs) failures.push('slow');
  if (turn.guardrailBlocked) failures.push('guardrail');
  if (languageSwitched(turn)) failures.push('language_switched');
  return failures;
}

export function languageSwitched({ language, answerLanguage }: Turn): boolean {
  if (language === null || answerLanguage === null) return false;
  return primary(language) !== primary(answerLanguage);
}

function primary(tag: string): string {
  return tag.toLowerCase().split(/[-_]/, 1)[0] ?? '';
}
