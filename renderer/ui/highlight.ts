/** Finds the words of a search in a text, to mark them. Pure; the text stays text. */
import { isUnspaced, WORDS } from '#shared/util/unspaced.ts';

export interface Stretch {
  text: string;
  hit: boolean;
}

interface Token {
  plain: string;
  from: number;
  to: number;
}

/**
 * As full-text search does: case, accents and punctuation do not matter; `word*` is a beginning; "two words" stand
 * together. One that is only part of a word is no hit, but in scripts written without spaces.
 */
export function highlight(text: string, asked: string): Stretch[] {
  const phrases = phrasesOf(asked);
  if (phrases.length === 0 || text === '') return [{ text, hit: false }];
  const tokens = tokensOf(text);
  const hits: { from: number; to: number }[] = [];
  for (const [index, first] of tokens.entries()) {
    for (const phrase of phrases) {
      const end = matches(tokens, index, phrase);
      if (end !== null) hits.push({ from: first.from, to: end });
    }
  }
  hits.sort((a, b) => a.from - b.from || b.to - a.to);
  const stretches: Stretch[] = [];
  let done = 0;
  for (const { from, to } of hits) {
    if (from < done) continue;
    if (from > done) stretches.push({ text: text.slice(done, from), hit: false });
    stretches.push({ text: text.slice(from, to), hit: true });
    done = to;
  }
  if (done < text.length) stretches.push({ text: text.slice(done), hit: false });
  return stretches;
}

/** The text from a little before its first hit on, so that the hit is in view where only its beginning is shown. */
export function fromFirstHit(stretches: readonly Stretch[], before = 28): Stretch[] {
  const [first, ...rest] = stretches;
  if (!first || first.hit || rest.length === 0 || first.text.length <= before)
    return [...stretches];
  const cut = first.text.slice(-before);
  const word = cut.search(/(?<=\s)\S/u);
  return [{ text: `…${word > 0 ? cut.slice(word) : cut}`, hit: false }, ...rest];
}

interface Phrase {
  words: string[];
  /** The last word is a beginning. */
  open: boolean;
}

function phrasesOf(asked: string): Phrase[] {
  return [...asked.matchAll(/"([^"]*)"|([^\s"]+)/g)]
    .map(([, quoted, word]) => ({
      words: tokensOf(quoted ?? word ?? '').map(({ plain }) => plain),
      open: quoted === undefined && (word ?? '').endsWith('*'),
    }))
    .filter(({ words }) => words.length > 0);
}

/** Where the phrase that begins with this token ends; null when it does not stand here. */
function matches(tokens: readonly Token[], at: number, { words, open }: Phrase): number | null {
  for (const [index, word] of words.entries()) {
    const token = tokens[at + index];
    if (!token) return null;
    const last = index === words.length - 1;
    if (open && last && token.plain.startsWith(word)) {
      // Accents that were taken off belong to the letter before them.
      return token.plain === word ? token.to : Math.min(token.to, token.from + word.length);
    }
    if (token.plain !== word) return null;
    if (last) return token.to;
  }
  return null;
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(WORDS)].map(({ 0: word, index }) => ({
    // As full-text search has them: か and が are two letters, á and a are one.
    plain: (isUnspaced(word) ? word : word.normalize('NFD'))
      .replaceAll(/\p{M}+/gu, '')
      .toLowerCase(),
    from: index,
    to: index + word.length,
  }));
}
