/** What of a re-run counts for or against a version, and how the rest is told. Core and window say the same. Pure. */
import { RECORDED, type ReplaySample, type ReplayTotals } from '../model/replay.ts';

/**
 * Only what an endpoint said to its end is evidence about the version. A refused key, a limit, a time-out, a failing server (also one
 * that breaks off in the middle) are about the way to it. What failed in the recording is what its user got: it counts.
 */
export function cameToEnd({ endpoint, state }: Pick<ReplaySample, 'endpoint' | 'state'>): boolean {
  return endpoint === RECORDED || state === 'done';
}

const WORDS: Readonly<Record<string, string>> = {
  timeout: 'timed out',
  unreachable: 'not reached',
  bad_answer: 'no usable answer',
};

/** Why an endpoint could not be asked, in a word: "401", "timed out". */
export function failureWord({ code, status }: NonNullable<ReplaySample['error']>): string {
  return status === undefined ? (WORDS[code] ?? code.replaceAll('_', ' ')) : String(status);
}

/** It was tried, whatever came of it. */
export function wasAsked({ answers, broken }: Pick<ReplayTotals, 'answers' | 'broken'>): boolean {
  return answers + broken > 0;
}

/** What does not count: "could not be asked (401)", beside others "1 not finished, 2 could not be asked (401)"; '' = all counts. */
export function uncountedWords({
  samples,
  unasked,
  unfinished,
}: Pick<ReplayTotals, 'samples' | 'unasked' | 'unfinished'>): string {
  const not = Object.values(unasked).reduce((sum, count) => sum + count, 0);
  const alone = samples === 0 && (not === 0 || unfinished === 0);
  const told = (count: number, words: string) =>
    count === 0 ? [] : alone ? [words] : [`${count} ${words}`];
  return [
    ...told(unfinished, 'not finished'),
    ...told(not, `could not be asked (${Object.keys(unasked).join(', ')})`),
  ].join(', ');
}
