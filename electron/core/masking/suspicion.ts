/** One quick pass over a text that tells which kinds of personal data it could hold at all: most texts hold none. */

import { ENGLISH_WORDS, FRENCH_WORDS, LOOSE_SUFFIXES, PREFIXES, SUFFIXES } from './addresses.ts';
import { isStrange } from './fold.ts';

/** Bits of what `suspicion` answers. */
export const AT = 1;
/** Three dots between figures; or colons as in an address of IPv6. */
export const NET = 2;
/** Six or more figures, with at most three separators between any two of them. */
export const FIGURES = 4;
/** Thirteen or more of them. */
export const LONG = 8;
/** Two or more letters and figures right behind them. */
export const LETTERED = 16;
/** A figure where a house number could stand. */
export const STREET = 32;
/** Four figures in a row, as a year is written. */
export const DATED = 64;
/** A sign beyond ASCII that folding may change. */
export const STRANGE = 128;
/** A sign that others may be encoded with. */
export const CODED = 256;
/** One letter between two figures. */
export const MIXED = 512;

const STREET_BEHIND = new RegExp(
  String.raw`^\d{1,6}[A-Za-z]? [\p{Lu}\d][\s\S]{0,160}?(?:${ENGLISH_WORDS})\b|^\d{1,4}(?: ?(?:bis|ter))?,? (?:${FRENCH_WORDS}) `,
  'u',
);
const SUFFIX = new RegExp(`(?:${SUFFIXES}|${LOOSE_SUFFIXES})$`);
const PREFIX = new RegExp(`(?:${PREFIXES}) `);
const NUMBER_SIGN = /^n[º°.]?$/;

/** Linear; what is neither a figure nor an @ or a colon is passed at once, and no pattern is tried except around house numbers. */
export function suspicion(text: string): number {
  let bits = 0;
  /** Figures of the stretch so far, those in a row, and single dots between them. */
  let figures = 0;
  let row = 0;
  let dots = 0;
  let last = -10;
  let colons = 0;
  let colonAt = -10;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 64) {
      if (code > 127 ? isStrange(code) : code === 92) bits |= code > 127 ? STRANGE : CODED;
      continue;
    }
    if (code < 48) {
      // % & +
      if (code > 36 && (code < 39 || code === 43)) bits |= CODED;
      continue;
    }
    if (code === 64) bits |= AT;
    else if (code === 58) {
      colons = at - colonAt <= 5 ? colons + 1 : 1;
      // Times have two colons; an address has more, or two without a figure between.
      if (colons >= 4 || at - colonAt === 1) bits |= NET;
      colonAt = at;
    } else if (code < 58) {
      if (last === at - 1) row++;
      else {
        row = 1;
        if (!goesOn(text, last + 1, at)) figures = dots = 0;
        else if (last === at - 2 && text.charCodeAt(at - 1) === 46) dots++;
        if (isLetter(text.charCodeAt(at - 1))) {
          if (isLetter(text.charCodeAt(at - 2))) bits |= LETTERED;
          else if (last === at - 2) bits |= MIXED;
        }
        if ((bits & STREET) === 0 && nearStreet(text, at)) bits |= STREET;
      }
      last = at;
      if (++figures >= 6) bits |= figures >= 13 ? FIGURES | LONG : FIGURES;
      if (dots >= 3) bits |= NET;
      if (row === 4) bits |= DATED;
    }
  }
  return bits;
}

/** Only separators, three at most, stand between two figures. */
function goesOn(text: string, from: number, to: number): boolean {
  if (to - from > 3) return false;
  for (let at = from; at < to; at++) if (!isSeparator(text.charCodeAt(at))) return false;
  return true;
}

/** Space, tab, ( ) - . / and +. */
function isSeparator(code: number): boolean {
  return code === 32 || code === 9 || (code >= 40 && code <= 47 && code !== 42 && code !== 44);
}

function isLetter(code: number): boolean {
  const low = code | 32;
  return low >= 97 && low <= 122;
}

function nearStreet(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  // A figure, a space, a comma or a letter follows a house number.
  const goesOn = (next >= 48 && next <= 57) || next === 32 || next === 44 || isLetter(next);
  if (goesOn && STREET_BEHIND.test(text.slice(at, at + 90))) return true;
  if (text.charCodeAt(at - 1) !== 32) return false;
  const word = lastWord(text, at - 1);
  if (SUFFIX.test(word)) return true;
  const named = NUMBER_SIGN.test(word) || word.charAt(0) !== word.charAt(0).toLowerCase();
  return named && PREFIX.test(text.slice(Math.max(0, at - 80), at));
}

/** The one that ends before `end`, without the comma behind it. */
function lastWord(text: string, end: number): string {
  let to = end;
  if (text.charCodeAt(to - 1) === 44) to--;
  let from = to;
  while (from > 0 && to - from < 40 && text.charCodeAt(from - 1) > 32) from--;
  return text.slice(from, to);
}
