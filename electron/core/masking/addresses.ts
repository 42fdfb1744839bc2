/** Postal addresses: a street, by the words of the languages that bots mostly speak, with its number. */
import { each, type Found, notBefore, notBehind } from './found.ts';

/** Bounded, as is every repetition here: texts are hostile. */
const NAME = String.raw`\p{Lu}[\p{L}'’.-]{0,30}`;
export const ENGLISH_WORDS =
  'Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Highway|Hwy|Parkway|Pkwy';
const ENGLISH = String.raw`\d{1,6}[A-Za-z]? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.? )?(?:(?:${NAME}|\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:${ENGLISH_WORDS})\b\.?`;
/** What follows an English street: the flat, the town, the state and its code. */
const ENGLISH_REST = String.raw`(?:,? (?:Suite|Ste|Apt|Apartment|Unit|Flat|Floor|#)\.? ?[\dA-Za-z-]{1,8})?(?:,? (?:${NAME} ?){1,3},? [A-Z]{2} \d{5}(?:-\d{4})?)?`;
/** Of streets in one word, with their number. */
export const SUFFIXES = String.raw`straße|strasse|str\.|weg|platz|allee|gasse|damm|straat|laan|plein|gracht`;
/** Endings that words of other kinds have too (Spring 2024, Verkäufer 2): only with the town's code behind. */
export const LOOSE_SUFFIXES = 'ring|ufer';
const SUFFIXED = String.raw`\p{Lu}[\p{L}-]{0,40}?(?:(?:${SUFFIXES}) \d{1,4} ?[a-zA-Z]?|(?:${LOOSE_SUFFIXES}) \d{1,4} ?[a-zA-Z]?(?=,? \d{5} \p{Lu}))`;
export const PREFIXES = String.raw`[Cc]alle|C/|[Aa]venida|[Aa]vda\.?|[Aa]v\.|[Pp]laza|[Pp]za\.?|[Pp]aseo|[Cc]amino|[Cc]arrer|[Rr]ua|[Tt]ravessa|[Pp]raça|Via|[Vv]iale|[Pp]iazza|Corso|Largo`;
const PREFIXED = String.raw`(?:${PREFIXES})(?: (?:de la|de los|della|del|de|las|do|da|dos|das|dei|di)){0,2} ${NAME}(?: (?:de |del |la |do |da |dos |di |e )?${NAME}){0,4},? (?:n[º°.]? ?)?\d{1,4}${notBefore()}(?:,? \d{1,2}[º°ª])?`;
export const FRENCH_WORDS = 'rue|avenue|av\\.|boulevard|bd|place|chemin|allée|impasse|quai|cours';
const FRENCH = String.raw`\d{1,4}(?: ?(?:bis|ter))?,? (?:${FRENCH_WORDS})(?: (?:de la|des|du|de|la|les|le)){0,2}(?: (?:l['’]|d['’])?${NAME}){1,4}`;
/** The town behind a street where the code comes first, as on the continent. */
const CODE_REST = String.raw`(?:,? (?:[A-Z]{1,2}-)?\d{4,5}(?: [A-Z]{2}\b)?(?: ${NAME}){1,3})?`;

const STREETS: readonly RegExp[] = [
  new RegExp(String.raw`${notBehind('$€£.,')}${ENGLISH}${ENGLISH_REST}`, 'gu'),
  new RegExp(
    String.raw`${notBehind()}(?:${SUFFIXED}|${PREFIXED}|${FRENCH})${notBefore()}${CODE_REST}`,
    'gu',
  ),
];

export function* findAddresses(text: string): Iterable<Found> {
  for (const street of STREETS) {
    for (const { 0: found, index } of each(text, street)) {
      const value = found
        .toLowerCase()
        .replace(/[\s.,]+/g, ' ')
        .trim();
      yield { from: index, to: index + found.length, kind: 'address', value };
    }
  }
}
