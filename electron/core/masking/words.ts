/** Finds again, in running text, the words of people that a tool's result told: names, ends of cards, postcodes. */
import { each, type Found, notBefore, notBehind } from './found.ts';
import type { Known } from './known.ts';

/** A number as ends of cards and postcodes are said: no part of a price, a time, a date or a longer number. */
const NUMBER = new RegExp(
  String.raw`${notBehind('.,:/$€£¥₩₽+#-')}\d{4,10}(?:-\d{4})?(?![.,:/-]\d)${notBefore('%$€£¥₩₽円圓元원塊块年년')}`,
  'gu',
);
/**
 * The parts of a word that its signs join, or that are written in letters of another script: Latin ones and others, as much of the
 * world writes without spaces (see `GLUE`).
 */
const PARTS = /(?:\p{Script=Latin}\p{M}*)+|[^\p{Script=Latin}'’-]+/gu;
/** The same of a name that a field told: O’Brien and Мар’яна are one. */
const OF_A_NAME = /(?:\p{Script=Latin}[\p{M}'’]*)+|[^\p{Script=Latin}-]+/gu;

/** Words of a name that are no name, and what forms say where nobody's name is known. */
export const NO_NAME =
  /^(?:mr|mrs|ms|miss|dr|prof|sir|herr|frau|señora?|sra?|mme|m|de|del|la|las|los|el|le|von|van|der|den|da|dos|das|do|di|the|and|y|und|et|e|jr|sr|ii|iii|iv|na|none|null|unknown|anonymous|guest|user|customer|test|undefined|true|false|string|name|先生|女士|小姐|太太|さん|さま|くん|ちゃん|선생님)$/i;

/** Names that are ordinary words too, or months: only beside another name. */
const ORDINARY = new Set(
  (
    'january february march april may june july august september october november december monday tuesday wednesday thursday friday ' +
    'saturday sunday will mark grace hope faith joy price young long short white black green brown gray grey king page field fields ' +
    'bank banks stone wood woods rich chase bill frank earnest art rose lily ivy daisy summer autumn winter day north south east west ' +
    'london paris austin dallas houston denver charlotte orlando phoenix florence sydney chelsea victoria virginia georgia carolina dakota ' +
    'savannah jordan israel china india york city street christian major little good love best case cook baker miller carter mason hunter ' +
    'sales service order ticket flight gate class business economy standard premium gold silver platinum visa credit card gift total ' +
    'please thank thanks yes no hi hello dear all ok sure max min van bar has do so to he an al su mas'
  ).split(' '),
);

/** Ends of cards look like years and amounts. */
const YEAR = /^(?:19|20)\d\d$/;
const OF_A_CARD =
  /card|ending|visa|master|amex|tarjeta|termina|karte|endet|carte|carta|cartão|карт|[卡尾]|カード|카드|[*•xX]{2}/i;

interface Hit extends Found {
  /** Says by itself that it is meant; a weak one only beside another. */
  strong: boolean;
}

/** Letters with a stroke, and those that stand for two. */
const LETTERS_OF = new Map(
  'ßss æae œoe øo łl đd ðd þth ıi'.split(' ').map((pair) => [pair.charAt(0), pair.slice(1)]),
);
/** ä, ö, ü and å where a keyboard has none; not beside another vowel (Bauer, Queen), at the end (Doe, Sue) or, aa, in short words (Haas). */
const FOR_ONE = /(?<![aeiou])(?:ae|oe|ue)(?![aeiou]|$)/g;
const ALSO_FOR_ONE = /(?<![aeiou])(?:aa|ae|oe|ue)(?![aeiou]|$)/g;

/** Whether it may have another spelling at all. */
const OTHERWISE = /[^a-z]|[aou]e|aa/;

/** One spelling of a name: María and Maria, Müller, Mueller and Muller, O’Brien and OBrien are each the same. */
export function nameKey(word: string): string {
  const small = word.toLowerCase();
  if (!OTHERWISE.test(small)) return small;
  const plain = small
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS_OF.get(letter) ?? letter)
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’]/g, '');
  const pairs = plain.length < 5 ? FOR_ONE : ALSO_FOR_ONE;
  return plain.replace(pairs, (pair) => pair.charAt(0)).normalize('NFC');
}

/** `hashOf`: of a word in one spelling. `numbers`: four figures in a row are in it. */
export function findKnown(
  text: string,
  known: Known,
  hashOf: (word: string) => string,
  numbers: boolean,
): Found[] {
  const hits: Hit[] = [];
  const look = lookIn(known, hashOf);
  const take = (word: string, from: number, value: string | undefined) => {
    if (value === undefined) return;
    const strong = isMeant(word) || isInId(text, from, word);
    hits.push({ from, to: from + word.length, kind: 'name', value, strong });
  };
  eachWord(text, (said, from, joined) => {
    const word = joined ? bare(said) : said;
    const value = known.nameOf(word, look);
    if (value !== undefined || !joined) take(word, from, value);
    else
      for (const part of partsOf(word, PARTS))
        take(part.word, from + part.at, known.nameOf(part.word, look));
  });
  const found: Found[] = hits.filter(
    (hit, place) =>
      hit.strong || together(text, hits[place - 1], hit) || together(text, hit, hits[place + 1]),
  );
  if (!numbers || !known.numbers) return found;
  for (const { 0: value, index } of each(text, NUMBER)) {
    const kind = known.kindOf(hashOf(value));
    if (kind === undefined || kind === 'name' || !isNumberMeant(kind, value, text, index)) continue;
    found.push({ from: index, to: index + value.length, kind, value });
  }
  return found;
}

interface ToldName extends Found {
  /** By these it is known again. */
  keys: string[];
}

/** The words of a name that a field told, those of a double name one by one. */
export function namesIn(text: string, known: Known, hashOf: (word: string) => string): ToldName[] {
  const names: ToldName[] = [];
  const look = lookIn(known, hashOf);
  eachWord(text, (said, at) => {
    const parts = partsOf(said, OF_A_NAME).filter(({ word }) => !NO_NAME.test(word));
    const old = parts.length > 1 && known.nameOf(said, look) !== undefined;
    for (const one of old ? [{ word: said, at: 0 }] : parts) {
      const keys = (old ? parts : [one]).map(({ word }) => nameKey(word));
      const value = known.nameOf(one.word, look) ?? nameKey(one.word);
      const from = at + one.at;
      names.push({ from, to: from + one.word.length, kind: 'name', value, keys });
    }
  });
  return names;
}

/** Answers the spelling by which a word is known as a name. */
function lookIn(known: Known, hashOf: (word: string) => string) {
  const isName = (spelling: string) => known.kindOf(hashOf(spelling)) === 'name';
  return (word: string): string | undefined => {
    const [told, key] = [word.toLowerCase(), nameKey(word)];
    // Earlier versions remembered a word as it was told: its mark stays what it was.
    if (told !== key && isName(told)) return told;
    return isName(key) ? key : undefined;
  };
}

interface Part {
  word: string;
  at: number;
}

/** Of García-López, d’Éric, Miaさん. Single letters are no names. */
function partsOf(word: string, shape: RegExp): Part[] {
  const parts: Part[] = [];
  for (const { 0: part, index } of each(word, shape)) {
    if (part.length > 1) parts.push({ word: part, at: index });
  }
  return parts;
}

/** Without what English puts behind an owner. */
const bare = (word: string) => (/['’]s$/.test(word) ? word.slice(0, -2) : word);

const NONE = 1;
const OTHER = 2;
const LATIN = 3;
/** Which letter a code is; 0 = not yet looked up. */
const LETTERS = new Uint8Array(65_536);

/** Of the code at a place of a text. Both halves of a pair are what they make together: a letter, or a picture. */
function letterAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  // Not `< 128`: behind the end of the text there is no code.
  if (!(code >= 128))
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) ? LATIN : NONE;
  if (code >= 0xd800 && code <= 0xdfff) {
    const whole = text.codePointAt(code < 0xdc00 ? at : at - 1) ?? 0;
    return whole > 0xffff ? letterOf(whole) : NONE;
  }
  if (LETTERS[code] === 0) LETTERS[code] = letterOf(code);
  return LETTERS[code] ?? NONE;
}

function letterOf(code: number): number {
  const letter = String.fromCodePoint(code);
  if (!/[\p{L}\p{M}]/u.test(letter)) return NONE;
  return /\p{Script=Latin}/u.test(letter) ? LATIN : OTHER;
}

/** The words of a text, with what joins their parts, if only that they touch. Many times faster than an expression. */
function eachWord(text: string, see: (word: string, from: number, joined: boolean) => void): void {
  for (let at = 0; at < text.length; at++) {
    const first = letterAt(text, at);
    if (first === NONE) continue;
    const from = at;
    let joined = false;
    for (at++; at < text.length; at++) {
      const letter = letterAt(text, at);
      if (letter !== NONE) {
        if (letter !== first) joined = true;
        continue;
      }
      const code = text.charCodeAt(at);
      const joins = code === 0x27 || code === 0x2019 || code === 0x2d;
      if (!joins || letterAt(text, at + 1) === NONE) break;
      joined = true;
    }
    if (at - from > 1) see(text.slice(from, at), from, joined);
  }
}

/** Small letters are a word (will, li), three capitals a code (MIA is an airport). */
function isMeant(word: string): boolean {
  const first = word.charAt(0);
  if (first === first.toLowerCase() && first !== first.toUpperCase()) return false;
  if (
    word.length <= 3 &&
    word.length > 1 &&
    word === word.toUpperCase() &&
    word !== word.toLowerCase()
  )
    return false;
  return !ORDINARY.has(word.toLowerCase());
}

/** `mia_3668`: a name in an id of somebody. */
function isInId(text: string, from: number, word: string): boolean {
  const joined = text.charAt(from - 1) === '_' || text.charAt(from + word.length) === '_';
  return joined && word.length > 2 && word === word.toLowerCase() && !ORDINARY.has(word);
}

function isNumberMeant(kind: string, word: string, text: string, index: number): boolean {
  if (kind !== 'card end' || !YEAR.test(word)) return true;
  return OF_A_CARD.test(text.slice(Math.max(0, index - 30), index + word.length + 12));
}

function together(text: string, first: Found | undefined, second: Found | undefined): boolean {
  if (first?.kind !== 'name' || second?.kind !== 'name') return false;
  const between = text.slice(first.to, second.from);
  return between.length <= 2 && /^[ _.,-]*$/.test(between) && first.value !== second.value;
}
