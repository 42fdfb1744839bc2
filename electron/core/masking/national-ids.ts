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
  [String.raw`[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]`, by(isNino)],
  [String.raw`\d{8}-?[A-Za-z]`, by(isDni)],
  [String.raw`[XYZxyz]-?\d{7}-?[A-Za-z]`, by(isNie)],
  [
    String.raw`[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z]`,
    by(isCodiceFiscale),
  ],
  [String.raw`[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d`, by(isCurp)],
  [String.raw`[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}`, by(isNir)],
  [String.raw`\d{3}\.\d{3}\.\d{3}-\d{2}`, by(isCpf)],
  [String.raw`756\.\d{4}\.\d{4}\.\d{2}`, by(isAhv)],
  [String.raw`\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}`, by(isInsz)],
  [String.raw`(?:19|20)\d{6}[-+]\d{4}`, (one) => isPersonnummer(one).isValid],
];
const ANY_PLAIN = shaped('A-Za-z\\d', PLAIN.map(([shape]) => `(${shape})`).join('|'));

/** Plain figures are also orders and parcels: only after a word that says what they are. */
const NAMED: readonly (readonly [RegExp, RegExp, Real])[] = [
  [figures(String.raw`\d{3}-?\d{2}-?\d{4}`), /(?:\bssn|social security)\D{0,20}$/i, isNineFigures],
  [
    figures(String.raw`\d{2} ?\d{3} ?\d{3} ?\d{3}`),
    /(?:steuer|identifikations|\bidnr|\btax)\D{0,24}$/i,
    by(isIdnr),
  ],
  [figures(String.raw`\d{11}`), /pesel\D{0,16}$/i, by(isPesel)],
  [figures(String.raw`\d{11}`), /\bcpf\D{0,16}$/i, by(isCpf)],
  [figures(String.raw`\d{9}`), /(?:\bbsn|burgerservice)\D{0,16}$/i, by(isBsn)],
  [figures(String.raw`\d{3} ?\d{3} ?\d{3}`), /(?:\bnif|contribuinte)\D{0,16}$/i, by(isNif)],
  [figures(String.raw`\d{4} ?\d{4} ?\d{4}`), /aadhaar\D{0,16}$/i, by(isAadhaar)],
  [
    figures(String.raw`\d{6}[-+]?\d{4}`),
    /(?:personn|\bpnr)[a-z]*\D{0,12}$/i,
    (one) => isPersonnummer(one).isValid,
  ],
];
const ANY_NAME =
  /ssn|social sec|steuer|identifikations|idnr|\btax|pesel|cpf|bsn|burgerservice|nif|contribuinte|aadhaar|personn|pnr/i;

function figures(shape: string): RegExp {
  return shaped('\\d', shape);
}

function isNineFigures(one: string): boolean {
  return isSsn(compact(one).replace(/^(\d{3})(\d{2})(\d{4})$/, '$1-$2-$3'));
}

export function* nationalIds(text: string): Iterable<Found> {
  for (const match of each(text, ANY_PLAIN)) {
    const { 0: found, index } = match;
    // No text has two of these shapes.
    const place = match.findIndex((group, at) => at > 0 && group !== undefined) - 1;
    if (PLAIN[place]?.[1](found))
      yield { from: index, to: index + found.length, kind: 'id', value: compact(found) };
  }
  if (!ANY_NAME.test(text)) return;
  for (const [shape, named, real] of NAMED) {
    yield* matches(text, shape, 'id', (one, before) => named.test(before) && real(one));
  }
}
