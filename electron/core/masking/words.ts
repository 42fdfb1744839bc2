/** Finds again, in running text, the words of people that a tool's result told: names, ends of cards, postcodes. */
import { each, type Found } from './found.ts';
import type { Known } from './known.ts';

/** A number as ends of cards and postcodes are said: no part of a price, a time, a date or a longer number. */
const NUMBER = /(?<![\p{L}\p{N}.,:/$€£¥+#-])\d{4,10}(?:-\d{4})?(?![\p{L}\p{N}%$€£¥]|[.,:/-]\d)/gu;
/** A word of a name. */
export const NAME_WORDS = /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/gu;

/** Words of a name that are no name, and what forms say where nobody's name is known. */
export const NO_NAME =
  /^(?:mr|mrs|ms|miss|dr|prof|sir|herr|frau|señora?|sra?|mme|m|de|del|la|las|los|el|le|von|van|der|den|da|dos|das|do|di|the|and|y|und|et|e|jr|sr|ii|iii|iv|na|none|null|unknown|anonymous|guest|user|customer|test|undefined|true|false|string|name)$/i;

/** Names that are ordinary words too, or months: only beside another name. */
const ORDINARY = new Set(
  (
    'january february march april may june july august september october november december monday tuesday wednesday thursday friday ' +
    'saturday sunday will mark grace hope faith joy price young long short white black green brown gray grey king page field fields ' +
    'bank banks stone wood woods rich chase bill frank earnest art rose lily ivy daisy summer autumn winter day north south east west ' +
    'london paris austin dallas houston denver charlotte orlando phoenix florence sydney chelsea victoria virginia georgia carolina dakota ' +
    'savannah jordan israel china india york city street christian major little good love best case cook baker miller carter mason hunter ' +
    'sales service order ticket flight gate class business economy standard premium gold silver platinum visa credit card gift total ' +
    'please thank thanks yes no hi hello dear all ok sure max min van'
  ).split(' '),
);

/** Ends of cards look like years and amounts. */
const YEAR = /^(?:19|20)\d\d$/;
const OF_A_CARD =
  /card|ending|visa|master|amex|tarjeta|termina|karte|endet|carte|carta|cartão|[*•xX]{2}/i;

interface Hit extends Found {
  /** Says by itself that it is meant; a weak one only beside another. */
  strong: boolean;
}

/** `hashOf`: of a word in small letters. `numbers`: four figures in a row are in it. */
export function findKnown(
  text: string,
  known: Known,
  hashOf: (word: string) => string,
  numbers: boolean,
): Found[] {
  const hits: Hit[] = [];
  eachWord(text, (said, from) => {
    const kind = known.kindOfWord(said, () => hashOf(bare(said).toLowerCase()));
    if (kind !== 'name') return;
    const word = bare(said);
    const value = word.toLowerCase();
    hits.push({
      from,
      to: from + word.length,
      kind,
      value,
      strong: isMeant(word, value) || isInId(text, from, word, value),
    });
  });
  const found: Found[] = hits.filter(
    (hit, place) =>
      hit.strong || together(text, hits[place - 1], hit) || together(text, hit, hits[place + 1]),
  );
  if (!numbers || !known.numbers) return found;
  for (const { 0: value, index } of each(text, NUMBER)) {
    const kind = known.kindOfWord(value, () => hashOf(value));
    if (kind === undefined || kind === 'name' || !isNumberMeant(kind, value, text, index)) continue;
    found.push({ from: index, to: index + value.length, kind, value });
  }
  return found;
}

/** Without what English puts behind an owner. */
const bare = (word: string) => (/['’]s$/.test(word) ? word.slice(0, -2) : word);

/** 1 = part of a word, 2 = not, 0 = not yet looked up. Half of a pair that makes one character counts as a letter. */
const LETTERS = new Uint8Array(65_536);

function isLetter(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  if (LETTERS[code] === 0) {
    const pair = code >= 0xd800 && code <= 0xdfff;
    LETTERS[code] = pair || /[\p{L}\p{M}]/u.test(String.fromCharCode(code)) ? 1 : 2;
  }
  return LETTERS[code] === 1;
}

/** The words of a text as `NAME_WORDS` has them, many times faster. */
function eachWord(text: string, see: (word: string, from: number) => void): void {
  for (let at = 0; at < text.length; at++) {
    if (!isLetter(text.charCodeAt(at))) continue;
    const from = at;
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const joins = code === 0x27 || code === 0x2019 || code === 0x2d;
      if (!isLetter(code) && !(joins && isLetter(text.charCodeAt(at + 1)))) break;
    }
    if (at - from > 1) see(text.slice(from, at), from);
  }
}

/** Small letters are a word (will, li), three capitals a code (MIA is an airport). */
function isMeant(word: string, value: string): boolean {
  const first = word.charAt(0);
  if (first === first.toLowerCase() && first !== first.toUpperCase()) return false;
  if (
    word.length <= 3 &&
    word.length > 1 &&
    word === word.toUpperCase() &&
    word !== word.toLowerCase()
  )
    return false;
  return !ORDINARY.has(value);
}

/** `mia_3668`: a name in an id of somebody. */
function isInId(text: string, from: number, word: string, value: string): boolean {
  const joined = text.charAt(from - 1) === '_' || text.charAt(from + word.length) === '_';
  return joined && word.length > 2 && word === value && !ORDINARY.has(value);
}

function isNumberMeant(kind: string, word: string, text: string, index: number): boolean {
  if (kind !== 'card end' || !YEAR.test(word)) return true;
  return OF_A_CARD.test(text.slice(Math.max(0, index - 30), index + word.length + 12));
}

function together(text: string, first: Found | undefined, second: Found | undefined): boolean {
  if (first?.kind !== 'name' || second?.kind !== 'name') return false;
  const between = text.slice(first.to, second.from);
  return between.length <= 2 && /^[ _.,-]{1,2}$/.test(between) && first.value !== second.value;
}
