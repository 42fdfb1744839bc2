/**
 * What stands in the place of personal data: `⟦email k3f9⟧`. The kind says what stood there; the sign tells values apart, and is
 * the same for the same value. The brackets are mathematical ones, on no keyboard: a reader takes nothing else for a mark.
 */

/** Letters and figures that are not read for one another. */
export const SIGN_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Every mark in a text; for `matchAll` and `replaceAll`. Groups: kind, sign. */
export const PLACEHOLDERS = /⟦(\p{L}[\p{L} _-]{0,29}) ([a-z2-9]{4})⟧/gu;

export function placeholder(kind: string, sign: string): string {
  return `⟦${kind} ${sign}⟧`;
}

const HERE = new RegExp(PLACEHOLDERS.source, 'uy');

/** Where the mark that begins at `from` ends; -1 = none begins there. */
export function endOfMark(text: string, from: number): number {
  HERE.lastIndex = from;
  return HERE.test(text) ? HERE.lastIndex : -1;
}

export interface Mark {
  kind: string;
  sign: string;
}

/** A text in pieces, in their order: what was said, and the marks in it. One piece where there is no mark. */
export function splitMarks(text: string): (string | Mark)[] {
  if (!text.includes('⟦')) return [text];
  const pieces: (string | Mark)[] = [];
  let done = 0;
  for (const { 0: all, 1: kind = '', 2: sign = '', index } of text.matchAll(PLACEHOLDERS)) {
    if (index > done) pieces.push(text.slice(done, index));
    pieces.push({ kind, sign });
    done = index + all.length;
  }
  if (done < text.length || pieces.length === 0) pieces.push(text.slice(done));
  return pieces;
}
