/**
 * What personal data looks like in running text. Candidates are found by shape; whether one is real is decided by its check
 * digits, its numbering plan or its checksum, so that order numbers, dates, versions and prices stay.
 */
import { isIP } from 'node:net';
import { cards, ibans } from './accounts.ts';
import { findAddresses } from './addresses.ts';
import { type Detector, each, type Found, GLUE, notBefore, notBehind } from './found.ts';
import { namedIds, nationalIds } from './national-ids.ts';
import { phones } from './phones.ts';
import { AT, FIGURES, LETTERED, LONG, MIXED, NET, STREET } from './suspicion.ts';

/** Both in Latin letters alone where they may be, because words of other scripts stand right beside them; else in any. */
const LATIN_LOCAL_SIGN = new RegExp(`[${GLUE}.%+'-]`, 'u');
const LOCAL_SIGN = /[\p{L}\p{N}._%+'-]/u;
const LONGEST_LOCAL = 64;
const LATIN_DOMAIN = domainOf(String.raw`\p{Script=Latin}`);
const DOMAIN = domainOf(String.raw`\p{L}`);

function domainOf(letter: string): RegExp {
  const sign = String.raw`${letter}\p{N}`;
  return new RegExp(
    String.raw`(?!\d+\.\d)[${sign}](?:[${sign}-]{0,62}\.){1,8}${letter}{2,24}(?![${sign}])`,
    'uy',
  );
}

function readAt(text: string, at: number, shape: RegExp): string | undefined {
  shape.lastIndex = at;
  return shape.exec(text)?.[0];
}

/** From each @ outwards: a pattern that began at every letter would take quadratic time. */
function* emails(text: string): Iterable<Found> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const inLatin = readAt(text, at + 1, LATIN_DOMAIN);
    const domain = inLatin ?? readAt(text, at + 1, DOMAIN);
    if (domain === undefined) continue;
    const latin = inLatin !== undefined && LATIN_LOCAL_SIGN.test(text.charAt(at - 1));
    const sign = latin ? LATIN_LOCAL_SIGN : LOCAL_SIGN;
    let from = at;
    while (from > 0 && at - from < LONGEST_LOCAL && sign.test(text.charAt(from - 1))) {
      // What JSON has escaped is no part of a name: \nana@…
      if (text.charAt(from - 2) === '\\' && /[nrt]/.test(text.charAt(from - 1))) break;
      from--;
    }
    while (from < at && /[.'-]/.test(text.charAt(from))) from++;
    if (from === at) continue;
    const value = `${text.slice(from, at)}@${domain}`.toLowerCase();
    yield { from, to: at + 1 + domain.length, kind: 'email', value };
  }
}

const IPV4 = new RegExp(
  String.raw`(?=\d)${notBehind('.')}(?:\d{1,3}\.){3}\d{1,3}(?!\.\d)${notBefore()}`,
  'gu',
);
const IPV6 = new RegExp(
  String.raw`(?=[\da-fA-F:]{1,5}:)${notBehind(':.')}[\da-fA-F:]{2,39}:[\da-fA-F]{0,4}${notBefore(':')}`,
  'gu',
);
/** The machine itself is nobody's address. */
const NOBODY = /^(?:127\.|0\.0\.0\.0$|::1?$)/;
/** `version 1.2.3.4`, `v1.2.3.4`, `Chrome/119.0.0.0`. */
const VERSION_BEFORE =
  /(?:(?:version|release|build|v|版本?|バージョン|버전|верси[ияеюй]|گونه|الإصدار|รุ่น|גרסה|έκδοση)[ :：=号是は은는]*|\p{Script=Latin}\/)$/iu;

function* ips(text: string): Iterable<Found> {
  for (const shape of [IPV4, IPV6]) {
    for (const { 0: found, index } of each(text, shape)) {
      if (isIP(found) === 0 || NOBODY.test(found)) continue;
      if (VERSION_BEFORE.test(text.slice(Math.max(0, index - 12), index))) continue;
      yield { from: index, to: index + found.length, kind: 'ip', value: found.toLowerCase() };
    }
  }
}

/** In this order: what one has found, the next leaves alone. Each looks only where a quick pass saw its signs. */
export const DETECTORS: readonly { needs: number; detect: Detector }[] = [
  { needs: AT, detect: emails },
  { needs: LETTERED, detect: ibans },
  { needs: LONG, detect: cards },
  { needs: FIGURES | LETTERED, detect: nationalIds },
  { needs: FIGURES | LETTERED | MIXED, detect: namedIds },
  { needs: NET, detect: ips },
  { needs: FIGURES, detect: phones },
  { needs: STREET, detect: findAddresses },
];
