/** Why a turn counts as failing. Core and window decide by the same. Pure. */
import type { Config } from '../model/config.ts';
import type { Failure, Turn, TurnMark } from '../model/conversation.ts';
import { durationMs } from './duration.ts';

const USUAL_SLOW_MS = 5000;

/** What of a turn can be a failure. */
export interface Failings
  extends Pick<Turn, 'durationMs' | 'unsure' | 'handoff' | 'guardrailBlocked' | 'feedback'> {
  error: boolean;
  languageSwitched: boolean;
}

export function failingsOf(turn: Turn): Failings {
  const { durationMs, feedback, guardrailBlocked, handoff, unsure } = turn;
  return {
    durationMs,
    error: turn.error !== null,
    unsure,
    handoff,
    guardrailBlocked,
    languageSwitched: languageSwitched(turn.language, turn.answerLanguage),
    feedback,
  };
}

/** From which duration on a turn of the service counts as slow, milliseconds. */
export function slowTurnOf({ services }: Pick<Config, 'services'>, service: string): number {
  const configured = services.find(({ id }) => id === service)?.slowTurn;
  return configured === undefined ? USUAL_SLOW_MS : durationMs(configured);
}

/** Worst first; empty when it does not fail. `slowTurnMs`: one that took longer does. */
export function failuresOf(turn: Failings, slowTurnMs: number): Failure[] {
  const failures: Failure[] = [];
  if (turn.error) failures.push('error');
  if (turn.unsure) failures.push('unsure');
  if (turn.feedback.includes('thumbs_down')) failures.push('thumbs_down');
  if (turn.handoff) failures.push('handoff');
  if (turn.durationMs > slowTurnMs) failures.push('slow');
  if (turn.guardrailBlocked) failures.push('guardrail');
  if (turn.languageSwitched) failures.push('language_switched');
  return failures;
}

/** True when the answer is in another language than the question; regions (`es-MX`, `es`) do not count. */
export function languageSwitched(asked: string | null, answered: string | null): boolean {
  if (asked === null || answered === null) return false;
  return primaryLanguage(asked) !== primaryLanguage(answered);
}

/** True when the answer itself failed, rather than what surrounds it. */
export function answerFailed(failures: readonly Failure[]): boolean {
  return failures.some((one) => ['error', 'unsure', 'language_switched'].includes(one));
}

/** The turn to answer again: the first whose answer itself failed, else the first that failed at all. Null where none did. */
export function tellingTurn(marks: readonly Pick<TurnMark, 'turn' | 'failures'>[]): number | null {
  const telling =
    marks.find(({ failures }) => answerFailed(failures)) ??
    marks.find(({ failures }) => failures.length > 0);
  return telling?.turn ?? null;
}

/**
 * Codes of one language that have two: those before the changes to ISO 639-1, those with three letters that services send,
 * and both written forms of Norwegian, which are told apart by nobody who guesses.
 */
const SAME_LANGUAGE: Readonly<Record<string, string>> = {
  cmn: 'zh',
  fil: 'tl',
  in: 'id',
  iw: 'he',
  nb: 'no',
  nn: 'no',
};

/** What is sent for a language that nobody knows: no language, several, not looked at. */
const NO_LANGUAGE = new Set(['', 'auto', 'mis', 'mul', 'und', 'unknown', 'zxx']);

/** A tag that names a language; null for those that say that none is known. */
export function languageTold(tag: string | null): string | null {
  return tag === null || NO_LANGUAGE.has(primaryLanguage(tag)) ? null : tag;
}

/** `es` of `es-MX`, `no` of `nb-NO`. */
export function primaryLanguage(tag: string): string {
  const primary = tag.trim().toLowerCase().split(/[-_]/, 1)[0] ?? '';
  return SAME_LANGUAGE[primary] ?? primary;
}
