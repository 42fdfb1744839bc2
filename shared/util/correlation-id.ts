/**
 * Finds the correlation ID in whatever was pasted: the ID alone, quoted or in brackets, a link, a log line,
 * JSON, several lines of chat. Nobody at 3 a.m. should have to trim it by hand.
 */

const MOST = 20;
const LONGEST = 512;

/** Characters that are not seen but come along when copying from chats and terminals. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

const OPENING = '["\'`´«»“”„‘’‚‹›()\\[\\]{}<>⟦⟧【】「」*|,;:!?¿¡…\\\\]';
const CLOSING = '["\'`´«»“”„‘’‚‹›()\\[\\]{}<>⟦⟧【】「」*|,;:!?…\\\\.]';
const WRAPPED = new RegExp(`^${OPENING}+|${CLOSING}+$`, 'g');

/** The ID alone: no spaces, no quotes, nothing that a link or an assignment is made of. */
const ALONE = /^[\p{L}\p{N}._:@~+-]+$/u;

const LINK = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>`«»“”]+/gi;
/** What a path names before the ID, best first. */
const PLACES = ['conversation', 'session', 'thread', 'chat', 'trace', 'request', 'dialog'];

/** Names under which logs write the ID, best first; a name with `id` in it is surer than one without. */
const KEYS = ['conversation', 'correlation', 'session', 'thread', 'chat', 'trace', 'request'];
const ASSIGNED = new RegExp(
  `(${KEYS.join('|')})([\\s._-]*id)?["'\\]]*\\s*(?:=>|[=:])\\s*` +
    `(?:"([^"\\n]*)"|'([^'\\n]*)'|([^\\s,;&"'}\\])>]+))`,
  'gi',
);
const PLAIN_ID =
  /(?:^|[\s,{&?"'._-])id["']?\s*[=:]\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,;&"'}\])>]+))/gi;

/**
 * `text`: anything. Answers at most 20 different candidates, the likeliest first; empty when there is
 * nothing but punctuation. Each is between 1 and 512 characters.
 */
export function candidateIds(text: string): string[] {
  const clean = text.replace(INVISIBLE, '').replaceAll('\\"', '"').slice(0, 20_000);
  const found = new Candidates();
  const alone = unwrapped(clean.trim());
  // A name with `id` and a colon is an assignment, though every character of it could be in an ID.
  if (ALONE.test(alone) && !/^[\w.-]*id:/i.test(alone)) found.add(alone, 97);

  for (const [link] of clean.matchAll(LINK)) addLink(found, link);
  for (const match of clean.matchAll(ASSIGNED)) {
    const rank = KEYS.indexOf((match[1] ?? '').toLowerCase());
    found.add(match[3] ?? match[4] ?? match[5] ?? '', (match[2] ? 90 : 75) - rank);
  }
  for (const match of clean.matchAll(PLAIN_ID)) {
    found.add(match[1] ?? match[2] ?? match[3] ?? '', 65);
  }
  for (const line of clean.split(/[\r\n\u2028\u2029]+/)) addLine(found, line);
  return found.best();
}

function addLine(found: Candidates, line: string): void {
  const words = line
    .trim()
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => !word.includes('://'));
  const [only] = words;
  // A line of its own is meant; a word with a colon behind it announces the next line.
  if (words.length === 1 && only !== undefined && !/:$/.test(only))
    found.add(only, 50 + shape(only));
  for (const word of words) {
    found.add(word, 20 + shape(word));
    for (const piece of word.split(/["'=,;&?()[\]{}<>|/]+/)) found.add(piece, 15 + shape(piece));
  }
}

function addLink(found: Candidates, text: string): void {
  const link = text.replace(WRAPPED, '');
  const [before = '', hash = ''] = link.split('#', 2);
  const [place = '', query = ''] = before.split('?', 2);
  for (const pair of `${query}&${hash}`.split('&')) {
    const cut = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, cut)).toLowerCase();
    const rank = KEYS.findIndex((name) => key.includes(name));
    if (rank >= 0) found.add(decoded(pair.slice(cut + 1)), 96 - rank);
  }
  // `nightdesk://conversation/ID` has its place where other links have their host.
  for (const path of [place.replace(/^[^:]*:\/\//, ''), hash]) {
    const parts = path.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      const id = decoded(part);
      const rank = PLACES.findIndex(
        (name) =>
          (parts[index - 1] ?? '').toLowerCase() === name ||
          (parts[index - 1] ?? '').toLowerCase() === `${name}s`,
      );
      if (rank >= 0) found.add(id, 110 - rank);
      else if (index > 0) found.add(id, (index === parts.length - 1 ? 68 : 30) + shape(id) / 2);
    }
  }
}

/** How much a word looks like an ID: UUIDs and long hex numbers most, dates and quantities not at all. */
function shape(word: string): number {
  const id = unwrapped(word);
  if (/^\d{4}-\d\d-\d\d|^\d{1,2}:\d\d|^\d+([.,]\d+)?([a-zµ%]{0,3})$/i.test(id)) return -10;
  if (/^\d{1,3}(\.\d{1,3}){3}(:\d+)?$/.test(id) || id.includes('=')) return -10;
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) return 16;
  if (/^([0-9a-f]{32}|[0-9a-f]{16})$/i.test(id)) return 15;
  if (!/\d/.test(id) || id.length < 4) return 0;
  return /^[a-z]+[-_:]/i.test(id) ? 12 : 8;
}

function unwrapped(word: string): string {
  return word.replace(WRAPPED, '');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

class Candidates {
  readonly #scores = new Map<string, number>();

  add(text: string, score: number): void {
    const id = unwrapped(text.trim());
    if (id === '' || id.length > LONGEST || /[\s\p{Cc}]/u.test(id)) return;
    this.#scores.set(id, Math.max(score, this.#scores.get(id) ?? Number.NEGATIVE_INFINITY));
  }

  /** Best first; what came first stays first among equals. */
  best(): string[] {
    return [...this.#scores]
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST)
      .map(([id]) => id);
  }
}
