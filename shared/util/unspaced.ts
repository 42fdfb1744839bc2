/**
 * Scripts that put no space between words, and Korean, whose particles hang on to the word before them: each of their letters counts
 * as a word of its own, in search, in highlighting and in phrases. Who looks for 退款 then finds it anywhere in a
 * sentence: two letters side by side are a phrase of two words.
 */
const LETTER =
  '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmr}\\p{scx=Mymr}]';

/** Unlikely in any text, and no part of a word for the tokenizer. */
const BETWEEN = '\x1f';

const ANY = new RegExp(`(?=${LETTER})[\\p{L}\\p{N}]`, 'u');
const GAPS = new RegExp(
  `(?<=[\\p{L}\\p{N}]\\p{M}*)(?=(?=${LETTER})[\\p{L}\\p{N}])|(?<=(?=${LETTER})[\\p{L}\\p{N}]\\p{M}*)(?=[\\p{L}\\p{N}])`,
  'gu',
);

/** All of them lie at or behind the first letter of Thai; most texts have nothing there, and this is far quicker to see. */
const FAR = /[\u0e00-\uffff]/;

export function isUnspaced(text: string): boolean {
  return ANY.test(text);
}

/** The text with such letters set apart, for a tokenizer that knows only spaces. */
export function setApart(text: string): string {
  return FAR.test(text) && ANY.test(text) ? text.replaceAll(GAPS, BETWEEN) : text;
}

/** The text as it was before `setApart`. */
export function setTogether(text: string): string {
  return text.replaceAll(BETWEEN, '');
}

/** Words of a text, such letters one by one; for `match` and `matchAll`. */
export const WORDS = new RegExp(
  `(?=${LETTER})[\\p{L}\\p{N}]\\p{M}*|(?:(?!(?=${LETTER})[\\p{L}\\p{N}])[\\p{L}\\p{N}\\p{M}\\p{Co}])+`,
  'gu',
);
