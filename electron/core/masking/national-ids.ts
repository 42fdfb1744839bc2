/** National numbers of people, as stdnum checks them. */
import { validate as isInsz } from 'stdnum/lib/cjs/be/nn.js';
import { validate as isCpf } from 'stdnum/lib/cjs/br/cpf.js';
import { validate as isAhv } from 'stdnum/lib/cjs/ch/ssn.js';
import { validate as isIdnr } from 'stdnum/lib/cjs/de/idnr.js';
import { validate as isDni } from 'stdnum/lib/cjs/es/dni.js';
import { validate as isNie } from 'stdnum/lib/cjs/es/nie.js';
import { validate as isNir } from 'stdnum/lib/cjs/fr/nir.js';
import { validate as isNino } from 'stdnum/lib/cjs/gb/nino.js';
import { validate as isAadhaar } from 'stdnum/lib/cjs/in/aadhaar.js';
import { validate as isCodiceFiscale } from 'stdnum/lib/cjs/it/codicefiscale.js';
import { validate as isCurp } from 'stdnum/lib/cjs/mx/curp.js';
import { validate as isBsn } from 'stdnum/lib/cjs/nl/bsn.js';
import { validate as isPesel } from 'stdnum/lib/cjs/pl/pesel.js';
import { validate as isNif } from 'stdnum/lib/cjs/pt/nif.js';
import { validate as isPersonnummer } from 'stdnum/lib/cjs/se/personnummer.js';
import { passesMod11 } from './checksums.ts';
import { compact, each, type Found, matches, shaped } from './found.ts';

type Real = (value: string) => boolean;
const by =
  (validate: (value: string) => { isValid: boolean }): Real =>
  (value) =>
    validate(compact(value)).isValid;

/** Numbers that were never given out. stdnum also refuses some that stood in advertisements; a person may still say one. */
const isSsn: Real = (one) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(one);

/** Whose shape or check digit says enough by itself: one expression, with a group for each. */
const PLAIN: readonly (readonly [string, Real])[] = [
  [String.raw`\d{3}-\d{2}-\d{4}`, isSsn],
  [String.raw`[A-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]`, by(isNino)],
  [String.raw`(?:\d{8}|\d{2}\.\d{3}\.\d{3})-?[A-Za-z]`, by(isDni)],
  [String.raw`[XYZxyz]-?\d{7}-?[A-Za-z]`, by(isNie)],
  [
    String.raw`[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z]`,
    by(isCodiceFiscale),
  ],
  [String.raw`[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d`, by(isCurp)],
  // Seconds since 1970 have a dot somewhere, this one everywhere.
  [
    String.raw`[12](?: ?\d{2}){2} ?\d[\dAB](?: ?\d{3}){2} ?\d{2}|[12](?:[.-]\d{2}){2}[.-]\d[\dAB](?:[.-]\d{3}){2}[.-]\d{2}`,
    by(isNir),
  ],
  [String.raw`\d{3}\.\d{3}\.\d{3}-\d{2}`, by(isCpf)],
  [String.raw`756[ .-]\d{4}[ .-]\d{4}[ .-]\d{2}`, by(isAhv)],
  [String.raw`\d{2}[ .-]\d{2}[ .-]\d{2}[ .-]\d{3}[ .-]\d{2}`, by(isInsz)],
  [String.raw`(?:19|20)\d{6}[-+]\d{4}`, (one) => isPersonnummer(one).isValid],
];
const ANY_PLAIN = shaped('A-Za-z\\d', PLAIN.map(([shape]) => `(${shape})`).join('|'));

/** Of this many figures each, however they are told apart. */
const groups = (...sizes: number[]) =>
  shaped('\\d', sizes.map((size) => String.raw`\d{${size}}`).join('[ .-]?'));
const lettered = (shape: string) => shaped('A-Za-z\\d', shape);

/** Two letters and figures, groups of figures, or letters and figures in any order: each country has its own. */
const PASSPORT = lettered(
  String.raw`(?:[A-Za-z]{0,3}\d{6,9}|(?!(?:N[OR]|I[DS]|ES) )[A-Z]{1,3}[ -]\d{6,9}|\d{3}[ .-]\d{3}[ .-]\d{3}|` +
    String.raw`\d{2}[A-Za-z]{2}\d{5}|(?=[A-Z\d]{0,6}[A-Z])[A-Z\d]{8,9}|(?=[a-z\d]{0,6}[a-z])[a-z\d]{8,9})(?!-[A-Za-z\d])`,
);
/** What may stand between the word for it and its number. Words of anything else, and it is that thing's number. */
const PASSPORT_NAMED =
  /(?:passport|reisepass|\bpass-?(?=n)|pasaporte|passeport|passaport[oe]|paspoort)(?:[\s:=#"'“”,._/-]|\(\p{L}{2,16}\)|n[uú]m[eé]ro|number|nummer|num|n[ro]|n?\.?[ºª°]|id|code|it|['’]s|is|was|ist|lautet|es|est|e|è|é|le|het|ha[st]|the|die|which|with|mit|con|com|avec|met){0,12}$/iu;

/** Not a day either. */
const isPassport: Real = (one) => {
  const value = compact(one);
  return (value.match(/\d/g)?.length ?? 0) > 2 && !/^(?:19|20)\d\d[01]\d[0-3]\d$/.test(value);
};

/** What may be an order or a parcel too: only after a word that says what it is. */
const NAMED: readonly (readonly [RegExp, RegExp, Real])[] = [
  [groups(3, 2, 4), /(?:\bssn(?![a-z])|social security)\D{0,20}$/i, isNineFigures],
  [groups(2, 3, 3, 3), /(?:steuer|identifikations|\bidnr|\btax)\D{0,24}$/i, by(isIdnr)],
  [groups(6, 5), /pesel\D{0,16}$/i, by(isPesel)],
  [groups(3, 3, 3, 2), /\bcpf(?![a-z])\D{0,16}$/i, by(isCpf)],
  [groups(3, 1, 2, 3), /(?:\bbsn(?![a-mo-z])|burgerservice)\D{0,16}$/i, by(isBsn)],
  [groups(3, 3, 3), /(?:\bnif(?![a-z])|contribuinte)\D{0,16}$/i, by(isNif)],
  [groups(4, 4, 4), /aadhaar\D{0,16}$/i, by(isAadhaar)],
  [groups(3, 4, 4, 2), /\b(?:ahv|avs)(?![a-mo-z])\D{0,16}$/i, by(isAhv)],
  [groups(3, 3, 4), /\bnhs(?![a-mo-z])\D{0,20}$/i, (one) => passesMod11(compact(one))],
  [
    shaped('\\d', String.raw`\d{6}[-+ ]?\d{4}`),
    /(?:personn|\bpnr)[a-z]*\D{0,12}$/i,
    (one) => isPersonnummer(one.replace(' ', '')).isValid,
  ],
  [
    lettered(String.raw`\d{2}[ .-]?\d{3}[ .-]?\d{3}[ .-]?[A-Za-z]`),
    /\b(?:dni|nif)(?![a-z])\P{N}{0,16}$/iu,
    by(isDni),
  ],
  [
    lettered(String.raw`[XYZxyz][ .-]?\d[ .-]?\d{3}[ .-]?\d{3}[ .-]?[A-Za-z]`),
    /\b(?:nie|nif|dni)(?![a-z])\P{N}{0,16}$/iu,
    by(isNie),
  ],
  [
    lettered(String.raw`[A-Za-z]{2}(?:[ .-]?\d{2}){3}[ .-]?[A-Da-d]`),
    /(?:national insurance|\bnino?\b)\D{0,20}$/i,
    by(isNino),
  ],
  [
    lettered(
      String.raw`[A-Za-z]{3}[ .-]?[A-Za-z]{3}[ .-]?\d{2}[A-Za-z]\d{2}[ .-]?[A-Za-z]\d{3}[ .-]?[A-Za-z]`,
    ),
    /fiscale?\D{0,16}$/i,
    by(isCodiceFiscale),
  ],
  [PASSPORT, PASSPORT_NAMED, isPassport],
];
const ANY_NAME =
  /ssn|social sec|steuer|identifikations|idnr|\btax|pesel|cpf|bsn|burgerservice|nif|contribuinte|aadhaar|ahv|avs|nhs|personn|pnr|dni|nie|national ins|\bni\b|nino|fiscal|passp|reisep|pass-?n|pasap|passep|passap|paspo/i;

function isNineFigures(one: string): boolean {
  return isSsn(compact(one).replace(/^(\d{3})(\d{2})(\d{4})$/, '$1-$2-$3'));
}

/** Found by what they look like. */
export function* nationalIds(text: string): Iterable<Found> {
  for (const match of each(text, ANY_PLAIN)) {
    const { 0: found, index } = match;
    // No text has two of these shapes.
    const place = match.findIndex((group, at) => at > 0 && group !== undefined) - 1;
    if (PLAIN[place]?.[1](found))
      yield { from: index, to: index + found.length, kind: 'id', value: compact(found) };
  }
}

/** Found by what they are called. */
export function* namedIds(text: string): Iterable<Found> {
  if (!ANY_NAME.test(text)) return;
  for (const [shape, named, real] of NAMED) {
    yield* matches(text, shape, 'id', (one, before) => named.test(before) && real(one));
  }
}
