/**
 * A text as the detectors know it, whatever typography or encoding it came in: every space as " ", every hyphen as "-", every
 * figure as 0 to 9, full-width signs as ASCII, without what has no width, and without percent signs and escapes.
 */

export interface Folded {
  text: string;
  /** Where a place of `text` lies in what was folded. */
  placeOf(at: number): number;
}

/** What a sign becomes: another one, nothing, itself, or another one behind a figure only. */
const DROPPED = 0;
const SAME = 0x1_00_00;
const AFTER_FIGURE = 0x1_00_01;
/** Of every code of UTF-16; -1 = not yet looked up. */
const BECOMES = new Int32Array(0x1_00_00).fill(-1);

/** What joins and never parts. */
const HYPHENS = '\u2010\u2011\u2012\u2212\ufe63\uff0d';
/** Full-width signs that stand in what is looked for; the others are the punctuation of Chinese and Japanese. */
const WIDE = /[\uff08\uff09\uff0b\uff0e-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a]/;
/** What separates only figures: a number may begin behind a dash or a bullet. */
const BETWEEN = new Map([
  ...[...'\u2013\u2014\u2015'].map((sign) => [sign.charCodeAt(0), 0x2d] as const),
  ...[...'\u00b7\u2022\u2024\u2027\u2219\u22c5'].map((sign) => [sign.charCodeAt(0), 0x2e] as const),
]);

/** `char`: one character, which may be a pair. */
function look(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (/\p{Default_Ignorable_Code_Point}|\u20e3/u.test(char)) return DROPPED;
  if (/\p{Zs}/u.test(char)) return 0x20;
  if (HYPHENS.includes(char)) return 0x2d;
  if (/\p{Nd}/u.test(char)) return 0x30 + figure(code);
  if (char === '\ufe6b') return 0x40;
  if (WIDE.test(char)) return code - 0xfee0;
  return BETWEEN.has(code) ? AFTER_FIGURE : SAME;
}

/** Unicode keeps the ten figures of a script together, and each such row begins where ten, or tens, of figures do. */
function figure(code: number): number {
  let first = code;
  while (code - first < 50 && /\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}

/** `code`: at or above 128. Half of a pair may be half of a figure. */
function becomes(code: number): number {
  let found = BECOMES[code] ?? SAME;
  if (found < 0) {
    found = look(String.fromCharCode(code));
    BECOMES[code] = found;
  }
  return found;
}

const isHigh = (code: number) => code >= 0xd800 && code < 0xdc00;

/** Whether folding may change a text in which this sign stands. `code`: at or above 128. */
export const isStrange = (code: number): boolean => becomes(code) !== SAME || isHigh(code);

const ENCODED = /%[\dA-Fa-f]{2}|\\u[\dA-Fa-f]{4}|&(?:nbsp|#\d{2,7}|#[xX][\dA-Fa-f]{2,6});/;
/** A plus is a space in what a form has sent. */
const SENT = /[?&][^\s?&=]{1,64}=[^\s?&#=]{0,200}\d\+\d/;

/** Whether signs of ASCII stand for others in it. */
export function isEncoded(text: string): boolean {
  return (
    ((text.includes('%') || text.includes('\\u') || text.includes('&')) && ENCODED.test(text)) ||
    (text.includes('+') && SENT.test(text))
  );
}

/** Bytes as URLs write them; what was encoded more than once has `25` behind the sign. */
const BYTE = /%(?:25){0,3}([\dA-Fa-f]{2})/y;
const ESCAPE = /\\{1,8}u([\dA-Fa-f]{4})/y;
const ENTITY = /&(?:(nbsp)|#(\d{2,7})|#[xX]([\dA-Fa-f]{2,6}));/y;

interface Decoded {
  code: number;
  length: number;
}

/** The character that begins encoded at `at`. */
function decoded(text: string, at: number): Decoded | null {
  const sign = text.charCodeAt(at);
  if (sign === 0x25) return fromPercent(text, at);
  const shape = sign === 0x5c ? ESCAPE : ENTITY;
  shape.lastIndex = at;
  const match = shape.exec(text);
  if (match === null) return null;
  const [all, first = '', decimal, hex] = match;
  const code =
    sign === 0x5c
      ? Number.parseInt(first, 16)
      : first === 'nbsp'
        ? 0xa0
        : decimal === undefined
          ? Number.parseInt(hex ?? '', 16)
          : Number(decimal);
  return code > 0x10_ff_ff ? null : { code, length: all.length };
}

/** In UTF-8, which says with its first byte how many there are. */
function fromPercent(text: string, at: number): Decoded | null {
  const lead = byteAt(text, at);
  if (lead < 0x80) return lead < 0 ? null : { code: lead, length: BYTE.lastIndex - at };
  const more = lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
  if (more < 0) return null;
  let code = lead & (0x3f >> more);
  for (let left = more; left > 0; left--) {
    const byte = byteAt(text, BYTE.lastIndex);
    if (byte < 0x80 || byte > 0xbf) return null;
    code = (code << 6) | (byte & 0x3f);
  }
  return code > 0x10_ff_ff ? null : { code, length: BYTE.lastIndex - at };
}

/** -1 = there is none. `BYTE.lastIndex` is left where it ends. */
function byteAt(text: string, at: number): number {
  BYTE.lastIndex = at;
  return Number.parseInt(BYTE.exec(text)?.[1] ?? '-1', 16);
}

const BEYOND_ASCII = /[^\0-\x7f]/;
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** `0900\u20131700`: from one to the other, and no number. `before`: what stands before it, folded, so that no escape passes for a number. */
function isRange(before: string, text: string, at: number): boolean {
  const from = /(?:^|[ -,./:-~])(\d{1,6})$/.exec(before)?.[1];
  const to = /^(\d{1,6})(?:$|[ -,./:-~])/.exec(text.slice(at + 1, at + 9))?.[1];
  return from !== undefined && from.length === to?.length;
}

/** Linear, and as long as the text or shorter. */
export function fold(text: string): Folded {
  if (!BEYOND_ASCII.test(text) && !isEncoded(text)) return { text, placeOf: (at) => at };
  const codes = new Uint16Array(text.length);
  const places = new Int32Array(text.length + 1);
  let size = 0;
  /** 1 = in the name of what a form has sent, 2 = in its value. */
  let sent = 0;
  /** The last sign but for what separates figures. */
  let before = 0;
  const lately = () => String.fromCharCode(...codes.subarray(Math.max(0, size - 8), size));
  const put = (code: number, at: number) => {
    places[size] = at;
    codes[size++] = code;
    if (code !== 0x20 && code !== 9 && (code < 0x2d || code > 0x2f)) before = code;
  };
  for (let at = 0; at < text.length; ) {
    const sign = text.charCodeAt(at);
    const open = sign === 0x25 || sign === 0x5c || sign === 0x26 ? decoded(text, at) : null;
    const code = open?.code ?? text.codePointAt(at) ?? sign;
    const length = open?.length ?? (code > 0xff_ff ? 2 : 1);
    if (open === null) {
      if (sign === 0x3f || sign === 0x26) sent = 1;
      else if (sign === 0x3d && sent === 1) sent = 2;
      else if (sign <= 0x20 || sign === 0x23) sent = 0;
    }
    if (code < 128) {
      const space = sign === 0x2b && sent === 2 && isDigit(before);
      put(space && isDigit(text.charCodeAt(at + 1)) ? 0x20 : code, at);
    } else {
      let made = code > 0xff_ff ? look(String.fromCodePoint(code)) : becomes(code);
      if (made === AFTER_FIGURE) {
        const between = isDigit(before) ? BETWEEN.get(code) : undefined;
        made =
          between === undefined || (between === 0x2d && isRange(lately(), text, at))
            ? SAME
            : between;
      }
      if (made !== SAME) {
        if (made !== DROPPED) put(made, at);
      } else if (code <= 0xff_ff) put(code, at);
      else {
        const pair = String.fromCodePoint(code);
        put(pair.charCodeAt(0), at);
        put(pair.charCodeAt(1), length === 2 ? at + 1 : at);
      }
    }
    at += length;
  }
  places[size] = text.length;
  const bytes = Buffer.from(codes.buffer, 0, size * 2);
  return { text: bytes.toString('utf16le'), placeOf: (at) => places[at] ?? text.length };
}

/** The folded text alone. */
export const folded = (text: string): string => fold(text).text;
