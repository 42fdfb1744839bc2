/** Telephone numbers, as libphonenumber knows the numbering plans. */
import { createRequire } from 'node:module';
import type { CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { type Found, notBefore, notBehind } from './found.ts';

const CANDIDATE = new RegExp(
  String.raw`(?=[+(\d])${notBehind('@./+#-')}(?:\+|00|\(|\d)[\d ()./-]{5,24}(?<=\d)${notBefore()}`,
  'gu',
);
/** Right behind another number. */
const GLUED = new RegExp(String.raw`[+(][\d ()./-]{6,25}(?<=\d)${notBefore()}`, 'uy');
/** As numbers are written where everybody knows the country. */
const WRITTEN_SO = /^(?:\(\d{2,5}\)[ -]?\d|0\d{1,4}[ /-]\d|8[ -]?\(?\d{3}\)?[ -]?\d{3}-\d\d-\d\d)/;
const NORTH_AMERICAN = /^(?:1[-. ])?\d{3}[-.]\d{3}[-.]\d{4}$/;
const AMERICAN_BEGINS = /^(?:1[-. ])?\d{3}[-.]\d{3}[-.]\d{4}/;
const NAMES =
  'phone|call|mobile|cell|tel|handy|rufnummer|m[oó]vil|ll[aá]ma|whatsapp|portable|t[eé]l[eé]phone|n[uú]mero|' +
  'телефон|тел\\.|мобильн|звон|电话|電話|手机|手機|携帯|微信|전화|휴대폰|핸드폰|โทร|มือถือ|هاتف|جوال|موبايل|טלפון|נייד|τηλ[έε]|κινητ|मोबाइल|फ़ोन';
const NAMED = new RegExp(`(?:${NAMES})[^\\d\\n]{0,20}$`, 'i');
const ANY_NAME = new RegExp(NAMES, 'i');
/** A day, a time or a range of them is written with the same signs. */
const DATE = /^\(?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2})(?!\d)/;
/** Where a number without a country code may be from. */
const HOME: readonly CountryCode[] = [
  ...(['US', 'GB', 'DE', 'ES', 'FR', 'IT', 'PT', 'BR', 'MX'] as const),
  ...(['NL', 'PL', 'AT', 'CH', 'BE', 'SE', 'AR'] as const),
  ...(['KR', 'JP', 'CN', 'TW', 'TH', 'IN', 'RU', 'UA', 'GR', 'IL', 'AE', 'SA', 'EG'] as const),
];
/** Of one text so many are asked for; of a text that has more, what looks like a number is one. */
const MOST_ASKED = 5000;

let parse: typeof parsePhoneNumberFromString | undefined;

/** Its tables are loaded with the first number that may be one. */
function isReal(number: string, country?: CountryCode): boolean {
  if (parse === undefined) {
    const load = createRequire(import.meta.url);
    const library: { parsePhoneNumberFromString: typeof parsePhoneNumberFromString } =
      load('libphonenumber-js/min');
    parse = library.parsePhoneNumberFromString;
  }
  return parse(number, country)?.isValid() === true;
}

export function* phones(text: string): Iterable<Found> {
  const anyNamed = ANY_NAME.test(text);
  let left = MOST_ASKED;
  const real = (number: string, countries: readonly (CountryCode | undefined)[]) =>
    left <= 0 || countries.some((country) => left-- <= 0 || isReal(number, country));
  const candidate = new RegExp(CANDIDATE);
  const glued = new RegExp(GLUED);
  let done = 0;
  const next = () => {
    glued.lastIndex = candidate.lastIndex;
    const at = done > 0 && candidate.lastIndex === done ? glued.exec(text) : null;
    return at ?? candidate.exec(text);
  };
  for (let match = next(); match !== null; match = next()) {
    const { index } = match;
    // A day behind a number is none of it.
    const whole = match[0].replace(/ (?:19|20)\d\d(?:-\d.*)?$/, '');
    const before = text.slice(Math.max(done, index - 40), index);
    const length = numberIn(whole, before, anyNamed, real);
    if (length === 0) {
      // What is none as a whole may have one behind its first group.
      candidate.lastIndex = index + (/^[+(]?\d+/.exec(whole)?.[0].length ?? 1);
      continue;
    }
    done = index + length;
    candidate.lastIndex = done;
    const digits = whole.slice(0, length).replace(/\D/g, '');
    const value = whole.startsWith('00') ? digits.slice(2) : digits;
    yield { from: index, to: index + length, kind: 'phone', value };
  }
}

/** Characters of the number that `whole` begins with; 0 = none. Figures that are no part of it may stand behind. */
function numberIn(
  whole: string,
  before: string,
  mayBeNamed: boolean,
  real: (number: string, countries: readonly (CountryCode | undefined)[]) => boolean,
): number {
  if (DATE.test(whole)) return 0;
  const abroad = whole.startsWith('+') || whole.startsWith('00');
  const named = !abroad && mayBeNamed && NAMED.test(before);
  // The rest of a longer number is written so by chance.
  const written = WRITTEN_SO.test(whole) && !/\d[ .-]$/.test(before);
  if (!abroad && !named && !written && !AMERICAN_BEGINS.test(whole)) return 0;
  for (let end = whole.length; end > 6; end = whole.slice(0, end).search(/[ ()./-]+\d+$/)) {
    const found = whole.slice(0, end);
    const digits = found.replace(/\D/g, '');
    if (digits.length > 15) continue;
    if (digits.length < 7) return 0;
    if (abroad) {
      if (real(`+${digits.replace(/^00/, '')}`, [undefined])) return end;
    } else if (named || written) {
      if (real(found, HOME)) return withRest(whole, end);
    } else if (NORTH_AMERICAN.test(found) && real(found, ['US'])) return withRest(whole, end);
  }
  return 0;
}

/** With what hangs on it without a space: the end of a number whose plan is not known here, an extension. */
function withRest(whole: string, end: number): number {
  return end + (/^(?:[./-]\d+)+/.exec(whole.slice(end))?.[0].length ?? 0);
}
