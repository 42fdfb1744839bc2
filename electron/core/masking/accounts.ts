/** Bank accounts and payment cards. */
import { passesLuhn, passesMod97 } from './checksums.ts';
import { compact, each, type Found, notBefore, notBehind, shaped } from './found.ts';

/** Characters of an account number, by country (IBAN registry of SWIFT). */
const IBAN_LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 ' +
    'GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 ' +
    'MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((one) => [one.slice(0, 2), Number(one.slice(2))] as const),
);
const IBAN_BEGINS = new RegExp(
  String.raw`(?=[A-Za-z]{2}\d\d)${notBehind()}[A-Za-z]{2}\d{2}(?=[ \t./-]{0,3}[A-Za-z\d]{4})`,
  'gu',
);
const ENDS = new RegExp(notBefore(), 'uy');

/** The country says how long it is: words in capitals behind it are no part of it. */
export function* ibans(text: string): Iterable<Found> {
  for (const { 0: begins, index } of each(text, IBAN_BEGINS)) {
    const length = IBAN_LENGTHS.get(begins.slice(0, 2).toUpperCase());
    if (length === undefined) continue;
    let value = '';
    let at = index;
    for (; value.length < length && at < text.length; at++) {
      const sign = text.charAt(at);
      if (/[A-Z\d]/i.test(sign)) value += sign.toUpperCase();
      else if (!/[ \t./-]/.test(sign)) break;
    }
    ENDS.lastIndex = at;
    if (value.length < length || !ENDS.test(text)) continue;
    if (passesMod97(value)) yield { from: index, to: at, kind: 'iban', value };
  }
}

/** First figures and lengths that the networks give out; 13 to 19 figures in all. */
const NETWORK =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17})$/;
/** In the groups that stand on cards, whatever is between them; otherwise with single spaces and hyphens. */
const GAP = String.raw`[ \t./-]{0,3}`;
const LONG_GROUPS = String.raw`\d{4}${GAP}\d{4}${GAP}\d{4}${GAP}`;
const SHORT_GROUPS = String.raw`\d{4}${GAP}\d{6}${GAP}\d{4,5}`;
const CARD = shaped(
  '2-6',
  String.raw`(?=[2-6]\d{3})(?:${LONG_GROUPS}\d{1,4}(?:${GAP}\d{1,3})?|${SHORT_GROUPS}|\d{4}(?:[ -]?\d){9,15})`,
);
/** What is called a number of something else is that, even if its check digit happens to fit: one in ten does. */
const OTHERWISE =
  /(?:order|booking|tracking|ticket|invoice|reference|shipment|parcel|case|pedido|factura|reserva|bestellung|rechnung|sendung|commande|facture|ordine|id|订单|訂單|运单|運單|注文|주문|заказ[а-я]{0,2})(?:[ _-]?(?:number|num|no|nr|id|code|n[º°]|nummer|número|numéro|[号號][码碼]?|[编編][号號]|番号|번호|номер))?\.?["']?(?: is|是|は|은|는)?[ :：=#№"']{0,4}$/i;

/** A whole card, with something else behind it: its end, its code. */
const FRONT = new RegExp(`^(?:${LONG_GROUPS}\\d{4}|${SHORT_GROUPS})(?!\\d)`);

export function* cards(text: string): Iterable<Found> {
  for (const { 0: whole, index } of each(text, CARD)) {
    const found = [whole, FRONT.exec(whole)?.[0]].find(isCard);
    if (found === undefined) continue;
    const value = compact(found);
    const before = text.slice(Math.max(0, index - 32), index);
    if (found.length === value.length && OTHERWISE.test(before)) continue;
    yield { from: index, to: index + found.length, kind: 'card', value };
  }
}

function isCard(found: string | undefined): found is string {
  if (found === undefined) return false;
  const digits = compact(found);
  return NETWORK.test(digits) && passesLuhn(digits);
}
