/** Days as people write them. A date of birth is masked in every spelling; other dates stay. */

import { each, notBehind } from './found.ts';

const MONTH_NAMES =
  'january|february|march|april|may|june|july|august|september|october|november|december ' +
  'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec ' +
  'enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre ' +
  'januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember ' +
  'janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre ' +
  'gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre ' +
  'janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro';
const MONTHS = new Map(
  MONTH_NAMES.split(' ').flatMap((names) =>
    names.split('|').map((name, place) => [name, place + 1] as const),
  ),
);
const MONTH = [...MONTHS.keys()].sort((a, b) => b.length - a.length).join('|');

/** Each is looked for from a figure on, which there are few of: with the month before it, or behind. */
const DAYS = new RegExp(
  String.raw`(?=\d)(?:(?<=${notBehind()}((${MONTH})\.? ))(\d{1,2})(?:st|nd|rd|th)?,? (\d{4})|${notBehind()}(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})|(\d{1,2})(?:st|nd|rd|th|er|\.|º)?(?: de| of)? (${MONTH})\.?,?(?: de| of)? (\d{4})))(?!\d)`,
  'giu',
);

export interface Day {
  from: number;
  to: number;
  /** `1965-06-09`; two where day and month could be either. */
  days: string[];
}

export function* daysIn(text: string): Generator<Day> {
  for (const match of each(text, DAYS)) {
    const [all, before = '', monthA, dayA, yearA, isoYear, isoMonth, isoDay, ...rest] = match;
    const [first, second, year, dayB, monthB, yearB] = rest;
    const days =
      isoYear !== undefined
        ? [day(isoYear, isoMonth, isoDay)]
        : year !== undefined
          ? [day(year, first, second), day(year, second, first)]
          : [day(yearA ?? yearB, monthOf(monthA ?? monthB), dayA ?? dayB)];
    const real = [...new Set(days.filter((one) => one !== null))];
    const { index } = match;
    if (real.length > 0) yield { from: index - before.length, to: index + all.length, days: real };
  }
}

function monthOf(name: string | undefined): string {
  return String(MONTHS.get(name?.toLowerCase() ?? '') ?? 0);
}

function day(year = '', month = '', date = ''): string | null {
  const [m, d] = [Number(month), Number(date)];
  if (m < 1 || m > 12 || d < 1 || d > 31) return null;
  return `${year}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}

/** What stands before a date of birth. */
const LABEL =
  'date of birth|birth ?date|birthday|\\bdob\\b|\\bd\\.o\\.b\\.?|\\bborn(?: on)?|fecha de nacimiento|nacid[oa](?: el)?|nac[ií](?: el)?|geburtsdatum|geboren(?: am)?|date de naissance|\\bnée? le|data di nascita|\\bnat[oa] il|data de nascimento|nascid[oa] em|geboortedatum';
const BEFORE_BIRTH = new RegExp(`(?:${LABEL})(?: is| es| ist| est)?[^\\p{L}\\p{N}]{0,12}$`, 'iu');
const TELLS_BIRTH = new RegExp(LABEL, 'i');

export const tellsBirth = (text: string): boolean => TELLS_BIRTH.test(text);
export const isBirth = (text: string, from: number): boolean =>
  BEFORE_BIRTH.test(text.slice(Math.max(0, from - 48), from));
