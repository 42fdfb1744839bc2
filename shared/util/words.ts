/** A text in its words, whatever its script. Pure. */

/** The rules for words are those of Unicode, with dictionaries for what is written without spaces; no locale changes them. */
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'word' });

/** All of the text: words, and each space or sign between them. */
export function wordPieces(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** Its words and figures, in small letters; at `most` so many, from the beginning. */
export function words(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const found: string[] = [];
  for (const { isWordLike, segment } of SEGMENTER.segment(text.toLowerCase())) {
    if (!isWordLike) continue;
    if (found.push(segment) >= most) break;
  }
  return found;
}
