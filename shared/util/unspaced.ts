/**
 * Scripts that put no space between words, and Korean, whose particles hang on to the word before them: each of their letters counts
 * as a word of its own, in search, in highlighting and in phrases. Who looks for 退款 then finds it anywhere in a
 * sentence: two letters side by side are a phrase of two words.
 */
const WITHOUT_SPACE =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmr}\\p{scx=Mymr}';
const LETTER = `[${WITHOUT_SPACE}\\p{scx=Hang}]`;

/** Unlikely in any text, and no part of a word for the tokenizer. */
const BETWEEN = '\x1f';

const ANY = new RegExp(`(?=${LETTER})[\\p{L}\\p{N}]`, 'u');

/** All of them lie at or behind the first letter of Thai; most texts have nothing there, and this is far quicker to see. */
const FAR = /[\u0e00-\uffff]/;

export function isUnspaced(text: string): boolean {
  return ANY.test(text);
}

/** The text with such letters set apart, for a tokenizer that knows only spaces. */
export function setApart(text: string): string {
  if (!FAR.test(text) || !ANY.test(text)) return text;
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (index > end) pieces.push(text.slice(end, index));
    else if (index > 0) pieces.push(BETWEEN);
    pieces.push(word);
    end = index + word.length;
  }
  pieces.push(text.slice(end));
  return pieces.join('');
}

/** The text as it was before `setApart`. */
export function setTogether(text: string): string {
  return text.replaceAll(BETWEEN, '');
}

const wordsWith = (letter: string) =>
  new RegExp(
    `(?=${letter})[\\p{L}\\p{N}]\\p{M}*|(?:(?!(?=${letter})[\\p{L}\\p{N}])[\\p{L}\\p{N}\\p{M}\\p{Co}])+`,
    'gu',
  );

/** Words of a text, such letters one by one; for `match` and `matchAll`. */
export const WORDS = wordsWith(LETTER);

/** The same for phrases that are shown: Korean words stay whole, as their spaces are said. */
export const PHRASE_WORDS = wordsWith(`[${WITHOUT_SPACE}]`);
const ENDS = new RegExp(`(?=[${WITHOUT_SPACE}])[\\p{L}\\p{N}]\\p{M}*$`, 'u');

/** True when no space stands between this word, or this text, and a letter of such a script behind it. */
export function joins(text: string): boolean {
  return ENDS.test(text.slice(-20));
}
