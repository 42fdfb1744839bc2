/** Finds what would not be seen, or would deceive, if a text were shown as it is. Pure. */

import { endOfMark } from './placeholder.ts';

/**
 * A stretch to show as it is, or one character to show by its code and name. `posing`: letters of other alphabets that look
 * like Latin ones stand in it, as in a word or a host that poses as another.
 */
export type TextPiece =
  | { text: string; posing?: true }
  | { hidden: string; code: string; name: string };

/**
 * Control characters (but tab and line feed), everything that Unicode says may be left invisible (zero-width
 * and bidirectional controls, tag characters, fillers) but variation selectors, which only choose a glyph;
 * line and paragraph separators, and lone surrogates.
 */
const SUSPECT =
  /(?![\t\n\p{Variation_Selector}])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const NAMES: Readonly<Record<number, string>> = {
  0: 'null',
  7: 'bell',
  8: 'backspace',
  13: 'carriage return',
  27: 'escape',
  127: 'delete',
  173: 'soft hyphen',
  847: 'grapheme joiner',
  1564: 'Arabic letter mark',
  6158: 'Mongolian vowel separator',
  8203: 'zero-width space',
  8204: 'zero-width non-joiner',
  8205: 'zero-width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8232: 'line separator',
  8233: 'paragraph separator',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'end of direction',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'isolate',
  8297: 'end of isolate',
  65279: 'byte order mark',
};

const ZWNJ = '\u200c';
const ZWJ = '\u200d';
/** Scripts whose spelling uses the joiners. */
const JOINING = /\p{Script=Arabic}|\p{Script=Devanagari}|\p{Script=Bengali}|\p{Script=Malayalam}/u;
const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}/u;

export function visiblePieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let shown = 0;
  for (const match of text.matchAll(SUSPECT)) {
    const char = match[0];
    const at = match.index;
    if (char === '\r' && text[at + 1] === '\n') {
      // An ordinary line ending of another system: shown as the line ending that it is.
      if (at > shown) pieces.push(...posing(text.slice(shown, at)));
      shown = at + 1;
      continue;
    }
    if ((char === ZWJ || char === ZWNJ) && joins(text, at)) continue;
    if (at > shown) pieces.push(...posing(text.slice(shown, at)));
    const code = char.codePointAt(0) ?? 0;
    pieces.push({ hidden: char, code: `U+${hex(code)}`, name: nameOf(code) });
    shown = at + char.length;
  }
  if (shown < text.length) pieces.push(...posing(text.slice(shown)));
  return pieces;
}

/**
 * The same in one string, for what takes nothing else: attributes, options, the title of the window. What is hidden stands
 * by its code: `pay [U+202E]gnp.exe`. Only for showing: what is copied, looked up or sent stays as it came.
 */
export function plainString(text: string): string {
  if (text.search(SUSPECT) < 0) return text;
  return visiblePieces(text)
    .map((piece) => ('text' in piece ? piece.text : `[${piece.code}]`))
    .join('');
}

/** Letters that could be taken for Latin ones: Greek, Cyrillic, Armenian, Cherokee, full-width. */
const LOOKALIKE = /[\u0370-\u058f\u13a0-\u13ff\uff21-\uff5a]/;
/** A host with letters beyond ASCII, or a word of at least four letters. */
const WORDS = /(?<=:\/\/)[^\s/?#"'<>)\]]{1,253}|\p{L}{4,}/gu;

/** Marks words of two alphabets, and hosts that are not plain ASCII: `pаypal` with a Cyrillic а. */
function posing(text: string): { text: string; posing?: true }[] {
  if (!LOOKALIKE.test(text)) return [{ text }];
  const pieces: { text: string; posing?: true }[] = [];
  let shown = 0;
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (!LOOKALIKE.test(word)) continue;
    const host = text.endsWith('://', index);
    if (!host && !/\p{Script=Latin}/u.test(word.replaceAll(/[\uff21-\uff5a]/g, ''))) continue;
    if (index > shown) pieces.push({ text: text.slice(shown, index) });
    pieces.push({ text: word, posing: true });
    shown = index + word.length;
  }
  if (shown < text.length) pieces.push({ text: text.slice(shown) });
  return pieces;
}

/** True when the joiner at this place is part of an emoji or of the spelling of a word. */
function joins(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
  const after = String.fromCodePoint(text.codePointAt(at + 1) ?? 32);
  if (text[at] === ZWJ && PICTURE.test(before) && PICTURE.test(after)) return true;
  return JOINING.test(before) && JOINING.test(after);
}

function nameOf(code: number): string {
  const known = NAMES[code];
  if (known) return known;
  if (code >= 0xd800 && code <= 0xdfff) return 'half a character';
  if (code >= 0xe0000) return 'invisible tag';
  if (code < 0xa0) return 'control character';
  return 'invisible character';
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

/** `text` cut at `length` characters, never through a surrogate pair or the mark of something that was masked. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  const begun = cut.lastIndexOf('⟦');
  return begun >= 0 && endOfMark(text, begun) > cut.length ? cut.slice(0, begun) : cut;
}
