/**
 * Finds the correlation ID in whatever was pasted: the ID alone, quoted or in brackets, a link, a log line,
 * JSON, several lines of chat. Nobody at 3 a.m. should have to trim it by hand.
 */

const MOST = 20;
const LONGEST = 512;

/** Candidates that are tried in their other spellings too, the likeliest first. */
const RESPELLED = 6;
/** Shorter, what is left of a word is no ID. */
const SHORTEST = 4;

/**
 * Colours of a terminal; a clipboard may have dropped the escape, or written it out. Without one, `[32m8f]` is
 * what stands in brackets.
 */
const COLOURS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape is what begins them
  /(?:\u001b|\u241b|\\x1b|\\u001b|\\033|\\e|\^\[)\[[\d;]{0,20}m|\[[\d;]{0,20}m(?![\p{L}\p{N}._:@~+-]{0,512}\])/giu;
/** What chats and word processors put in the place of `-`. */
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;
const BARE_UUID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** Characters that are not seen but come along when copying from chats and terminals. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

const OPENING = '["\'`´«»“”„‘’‚‹›()\\[\\]{}<>⟦⟧【】「」*|,;:!?¿¡…#$\\\\]';
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
 * What conversations are looked up by: first the text as it stands, since an ID may be `#7` or `order 12` as a whole, then what
 * `candidateIds` finds in it.
 */
export function idsToFind(text: string): string[] {
  const whole = text.trim();
  const meant = whole.length <= LONGEST && /[\p{L}\p{N}]/u.test(whole);
  return [...new Set([...(meant ? [whole] : []), ...candidateIds(text)])];
}

/**
 * `text`: anything. Answers at most 20 different candidates, the likeliest first; empty when there is
 * nothing but punctuation. Each is between 1 and 512 characters.
 */
export function candidateIds(text: string): string[] {
  const clean = text
    .replace(INVISIBLE, '')
    .replace(COLOURS, '')
    .replaceAll('\\"', '"')
    .slice(0, 20_000);
  const found = new Candidates();
  addText(found, clean);
  const opened = openWords(clean);
  if (opened !== clean) addText(found, opened);
  return found.best();
}

/** What was written for a link, `%22ID%22`, as it was before. Whole links are opened part by part. */
function openWords(text: string): string {
  if (!text.includes('%')) return text;
  return text
    .split(/(\s+)/)
    .map((word) => (word.includes('://') ? word : decoded(word)))
    .join('');
}

function addText(found: Candidates, clean: string): void {
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
    // `cid:ID`, `ID:2`
    for (const piece of word.split(':')) if (shape(piece) > 0) found.add(piece, 12 + shape(piece));
  }
}

/** `inner`: it stood in another link, which is not looked into any further. */
function addLink(found: Candidates, text: string, inner = false): void {
  // A chat writes `<link|words>`.
  const [whole = '', words = ''] = text.split('|', 2);
  if (ALONE.test(unwrapped(words))) found.add(words, 50 + shape(words));
  const link = whole.replace(WRAPPED, '');
  const [before = '', hash = ''] = link.split('#', 2);
  const [place = '', query = ''] = before.split('?', 2);
  for (const pair of `${query}&${hash}`.split('&')) {
    const cut = pair.indexOf('=');
    const key = pair.slice(0, Math.max(0, cut)).toLowerCase();
    const value = decoded(pair.slice(cut + 1));
    const rank = KEYS.findIndex((name) => key.includes(name));
    if (rank >= 0) found.add(value, 96 - rank);
    if (!inner && value.includes('://')) addLink(found, value, true);
  }
  // `nightdesk://conversation/ID` has its place where other links have their host.
  for (const path of [place.replace(/^[^:]*:\/\//, ''), hash]) {
    const parts = path.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      const id = decoded(part);
      if (!inner && id.includes('://')) addLink(found, id, true);
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

/** A `%` that is none of a link stays, and spoils nothing else. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

class Candidates {
  readonly #scores = new Map<string, number>();

  add(text: string, score: number): void {
    const id = unwrapped(text.trim());
    if (id === '' || id.length > LONGEST || /[\s\p{Cc}]/u.test(id)) return;
    this.#scores.set(id, Math.max(score, this.#scores.get(id) ?? Number.NEGATIVE_INFINITY));
  }

  /** Best first; what came first stays first among equals. Behind them how else the best may be spelled. */
  best(): string[] {
    const exact = [...this.#scores].sort(([, a], [, b]) => b - a).map(([id]) => id);
    const others = exact
      .slice(0, RESPELLED)
      .flatMap(spellings)
      .filter((id) => !this.#scores.has(id));
    const found = new Set([...exact.slice(0, MOST - Math.min(others.length, MOST / 2)), ...others]);
    return [...found].slice(0, MOST);
  }
}

/**
 * The trace in a `traceparent`; with plain hyphens; without the marks of a chat around it; in lower case; a UUID with its hyphens
 * where it has none.
 */
function spellings(id: string): string[] {
  const plain = unwrapped(id.replace(DASHES, '-').replace(/^[_~]+|[_~]+$/g, ''));
  const [, trace] = TRACEPARENT.exec(plain) ?? [];
  const small = plain.toLowerCase();
  const uuid = BARE_UUID.test(small) ? small.replace(BARE_UUID, '$1-$2-$3-$4-$5') : '';
  const all = [trace?.toLowerCase() ?? '', plain, small, uuid];
  return all.filter((one) => one !== id && one.length >= SHORTEST);
}
