/** Finds again, in running text, the words of people that a tool's result told: names, ends of cards, postcodes. */
import type { Found } from './found.ts';
import type { Known } from './known.ts';

/** A word of a name, or a number of three to ten figures. */
const WORDS =
  /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*|(?<![\p{L}\p{N}.,:/$€£¥+#-])\d{3,10}(?:-\d{4})?(?![\p{L}\p{N}%$€£¥]|[.,:/-]\d)/gu;
/** The same, for the value of a field that is a name. */
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

/** `hashOf`: of a word in small letters. */
export function findKnown(text: string, known: Known, hashOf: (word: string) => string): Found[] {
  const hits: Hit[] = [];
  for (const { 0: said, index } of text.matchAll(WORDS)) {
    const word = said.replace(/['’]s$/, '');
    if (word.length < 2) continue;
    const value = word.toLowerCase();
    const kind = known.kindOf(hashOf(value));
    if (kind === undefined) continue;
    const to = index + word.length;
    const strong = kind === 'name' ? isMeant(word, value) : isNumberMeant(kind, word, text, index);
    hits.push({ from: index, to, kind, value, strong });
  }
  return hits.filter(
    (hit, place) =>
      hit.strong ||
      (hit.kind === 'name' &&
        (together(text, hits[place - 1], hit) || together(text, hit, hits[place + 1]))),
  );
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

function isNumberMeant(kind: string, word: string, text: string, index: number): boolean {
  if (kind !== 'card end' || !YEAR.test(word)) return true;
  return OF_A_CARD.test(text.slice(Math.max(0, index - 30), index + word.length + 12));
}

function together(text: string, first: Found | undefined, second: Found | undefined): boolean {
  if (first?.kind !== 'name' || second?.kind !== 'name') return false;
  const between = text.slice(first.to, second.from);
  return between.length <= 2 && /^[ _.,-]{1,2}$/.test(between) && first.value !== second.value;
}
