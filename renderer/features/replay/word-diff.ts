/** Two answers, word by word. Pure. */
import { diffArrays } from 'diff';
import { wordPieces } from '#shared/util/words.ts';

export interface Piece {
  text: string;
  /** The other answer does not have it. */
  own: boolean;
}

/** Beyond this a comparison would hold up the window. */
const LONGEST = 20_000;
const MOST_EDITS = 1500;
/** With less in common than this share of the words, marks on nearly every word tell nothing. */
const LEAST_COMMON = 0.15;

/** Both texts in pieces; null when they are too long or have too little in common to compare. */
export function wordDiff(left: string, right: string): { left: Piece[]; right: Piece[] } | null {
  if (left.length > LONGEST || right.length > LONGEST) return null;
  const options = { maxEditLength: MOST_EDITS };
  const changes = diffArrays(wordPieces(left), wordPieces(right), options);
  if (!changes) return null;
  const pieces: { left: Piece[]; right: Piece[] } = { left: [], right: [] };
  for (const { added, removed, value } of changes) {
    const text = value.join('');
    if (!added) pieces.left.push({ text, own: removed });
    if (!removed) pieces.right.push({ text, own: added });
  }
  const size = (list: readonly Piece[], own: boolean) =>
    list.filter((piece) => piece.own === own).reduce((sum, { text }) => sum + letters(text), 0);
  const common = size(pieces.left, false);
  const all = Math.max(common + size(pieces.left, true), common + size(pieces.right, true));
  return all > 0 && common / all < LEAST_COMMON ? null : pieces;
}

function letters(text: string): number {
  return text.replaceAll(/\s+/g, '').length;
}
