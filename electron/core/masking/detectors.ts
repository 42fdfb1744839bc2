/**
 * What personal data looks like in running text. Candidates are found by shape; whether one is real is decided by its check
 * digits, its numbering plan or its checksum, so that order numbers, dates, versions and prices stay.
 */
import { isIP } from 'node:net';
import { cards, ibans } from './accounts.ts';
import { findAddresses } from './addresses.ts';
import { type Detector, each, type Found } from './found.ts';
import { nationalIds } from './national-ids.ts';
import { phones } from './phones.ts';
import { AT, FIGURES, LETTERED, LONG, NET, STREET } from './suspicion.ts';

const LOCAL_SIGN = /[\p{L}\p{N}._%+'-]/u;
const LONGEST_LOCAL = 64;
const DOMAIN = /(?!\d+\.\d)[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/uy;

/** From each @ outwards: a pattern that began at every letter would take quadratic time. */
function* emails(text: string): Iterable<Found> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    DOMAIN.lastIndex = at + 1;
    const domain = DOMAIN.exec(text)?.[0];
    if (domain === undefined) continue;
    let from = at;
    while (from > 0 && at - from < LONGEST_LOCAL && LOCAL_SIGN.test(text.charAt(from - 1))) {
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

const IPV4 = /(?=\d)(?<![\p{L}\p{N}_.](?<!\\[nrt]))(?:\d{1,3}\.){3}\d{1,3}(?![\p{L}\p{N}_]|\.\d)/gu;
const IPV6 =
  /(?=[\da-fA-F:]{1,5}:)(?<![\p{L}\p{N}_:.](?<!\\[nrt]))[\da-fA-F:]{2,39}:[\da-fA-F]{0,4}(?![\p{L}\p{N}_:])/gu;
/** The machine itself is nobody's address. */
const NOBODY = /^(?:127\.|0\.0\.0\.0$|::1?$)/;
/** `version 1.2.3.4`, `v1.2.3.4`, `Chrome/119.0.0.0`. */
const VERSION_BEFORE = /(?:(?:version|release|build|v)[ :=]*|\p{L}\/)$/iu;

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
  { needs: NET, detect: ips },
  { needs: FIGURES, detect: phones },
  { needs: STREET, detect: findAddresses },
];
