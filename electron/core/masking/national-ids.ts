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
import { compact, type Found, matches, shaped } from './found.ts';

type Real = (value: string) => boolean;
const by =
  (validate: (value: string) => { isValid: boolean }): Real =>
  (value) =>
    validate(compact(value)).isValid;

/** Numbers that were never given out. stdnum also refuses some that stood in advertisements; a person may still say one. */
const isSsn: Real = (one) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(one);

/** Whose shape or check digit says enough by itself. */
const PLAIN: readonly (readonly [RegExp, Real])[] = [
  [shaped(String.raw`\d{3}-\d{2}-\d{4}`), isSsn],
  [shaped(String.raw`[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]`), by(isNino)],
  [shaped(String.raw`\d{8}-?[A-Z]`, 'giu'), by(isDni)],
  [shaped(String.raw`[XYZ]-?\d{7}-?[A-Z]`, 'giu'), by(isNie)],
  [shaped(String.raw`[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]`, 'giu'), by(isCodiceFiscale)],
  [shaped(String.raw`[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d`), by(isCurp)],
  [shaped(String.raw`[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}`), by(isNir)],
  [shaped(String.raw`\d{3}\.\d{3}\.\d{3}-\d{2}`), by(isCpf)],
  [shaped(String.raw`756\.\d{4}\.\d{4}\.\d{2}`), by(isAhv)],
  [shaped(String.raw`\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}`), by(isInsz)],
  [shaped(String.raw`(?:19|20)\d{6}[-+]\d{4}`), by(isPersonnummer)],
];

/** Plain figures are also orders and parcels: only after a word that says what they are. */
const NAMED: readonly (readonly [RegExp, RegExp, Real])[] = [
  [shaped(String.raw`\d{3}-?\d{2}-?\d{4}`), /(?:\bssn|social security)\D{0,20}$/i, isNineFigures],
  [
    shaped(String.raw`\d{2} ?\d{3} ?\d{3} ?\d{3}`),
    /(?:steuer|identifikations|\bidnr|\btax)\D{0,24}$/i,
    by(isIdnr),
  ],
  [shaped(String.raw`\d{11}`), /pesel\D{0,16}$/i, by(isPesel)],
  [shaped(String.raw`\d{11}`), /\bcpf\D{0,16}$/i, by(isCpf)],
  [shaped(String.raw`\d{9}`), /(?:\bbsn|burgerservice)\D{0,16}$/i, by(isBsn)],
  [shaped(String.raw`\d{3} ?\d{3} ?\d{3}`), /(?:\bnif|contribuinte)\D{0,16}$/i, by(isNif)],
  [shaped(String.raw`\d{4} ?\d{4} ?\d{4}`), /aadhaar\D{0,16}$/i, by(isAadhaar)],
  [shaped(String.raw`\d{6}[-+]?\d{4}`), /(?:person|\bpnr)\p{L}*\D{0,12}$/iu, by(isPersonnummer)],
];

function isNineFigures(one: string): boolean {
  return isSsn(compact(one).replace(/^(\d{3})(\d{2})(\d{4})$/, '$1-$2-$3'));
}

export function* nationalIds(text: string): Iterable<Found> {
  for (const [shape, real] of PLAIN) yield* matches(text, shape, 'id', real);
  for (const [shape, named, real] of NAMED) {
    yield* matches(text, shape, 'id', (one, before) => named.test(before) && real(one));
  }
}
