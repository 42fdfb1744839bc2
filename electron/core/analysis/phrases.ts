/**
 * Words that failing conversations say more often than healthy ones of the same time do. Pure.
 *
 * A phrase is one to seven words in a row. How much more often it is said is measured by the log-likelihood ratio
 * (G, Dunning 1993) of the two by two table *fails or not × says it or not*, each conversation counted once. P(χ²₁ ≥ G) is
 * at most exp(−G / 2): a phrase counts when that, times the number of phrases that were tried, is below one in a hundred. So
 * hardly one list in a hundred has a phrase in it that chance alone put there.
 */
import { joins, PHRASE_WORDS } from '#shared/util/unspaced.ts';

/** What one conversation says. */
export interface Told {
  key: number;
  texts: readonly string[];
}

export interface Phrase {
  /** As somebody wrote it. */
  text: string;
  words: number;
  /** Keys of the failing conversations that say it. */
  failing: ReadonlySet<number>;
  /** How many healthy ones do. */
  healthy: number;
  strength: number;
}

export interface Telling {
  /** The most telling first. */
  phrases: Phrase[];
  /** So strong a phrase must be, as many as were tried. */
  needed: number;
  failing: number;
  healthy: number;
}

/** A phrase of fewer conversations is an anecdote. */
export const FEWEST = 5;
const MOST_WORDS = 7;
const FEWEST_LETTERS = 6;
/** Two letters of a script without spaces may be a word already. */
const UNSPACED_COUNTS = 3;
/** Words of one conversation that are looked at. */
const MOST_SAID = 1500;
const BY_CHANCE = 0.01;

/** No phrase goes over the end of a sentence. */
const END = /[.!?…¿¡;:\r\n"“”«»()[\]{}<>|。！？；：，、「」『』（）]+/u;

/**
 * Phrases of `failing` that `healthy` says less often. Yields now and then: whoever runs it may
 * let others have the thread in between.
 */
export function* tellingPhrases(
  failing: readonly Told[],
  healthy: readonly Told[],
): Generator<void, Telling> {
  const sizes = { failing: failing.length, healthy: healthy.length };
  if (failing.length < FEWEST || healthy.length === 0) return { phrases: [], needed: 0, ...sizes };
  const vocabulary = new Vocabulary();
  const said: Said[] = [];
  for (const { key, texts } of failing) {
    said.push({ key, sentences: vocabulary.read(texts, true) });
    yield;
  }
  const common = new Map<string, Set<number>>();
  for (let words = 1; words <= MOST_WORDS; words++) {
    const found = new Map<string, Set<number>>();
    for (const { key, sentences } of said) {
      for (const name of phrasesOf(sentences, words, common)) {
        const keys = found.get(name);
        if (keys) keys.add(key);
        else found.set(name, new Set([key]));
      }
      yield;
    }
    for (const [name, keys] of found) if (keys.size >= FEWEST) common.set(name, keys);
  }
  const elsewhere = new Map<string, number>();
  for (const { texts } of healthy) {
    const sentences = vocabulary.read(texts, false);
    for (let words = 1; words <= MOST_WORDS; words++) {
      for (const name of phrasesOf(sentences, words, common)) {
        if (common.has(name)) elsewhere.set(name, (elsewhere.get(name) ?? 0) + 1);
      }
    }
    yield;
  }
  const needed = 2 * Math.log(Math.max(1, common.size) / BY_CHANCE);
  const phrases: Phrase[] = [];
  for (const [name, keys] of common) {
    const ids = name.split(' ').map(Number);
    if (!vocabulary.speaks(ids)) continue;
    const others = elsewhere.get(name) ?? 0;
    const strength = logLikelihood(keys.size, failing.length, others, healthy.length);
    if (strength < needed) continue;
    phrases.push({
      text: vocabulary.text(ids),
      words: ids.length,
      failing: keys,
      healthy: others,
      strength,
    });
  }
  phrases.sort((a, b) => b.strength - a.strength || b.words - a.words);
  return { phrases, needed, ...sizes };
}

/**
 * G of the table; 0 where the first share is not the larger one. `a` of `n` say it here, `b` of `m` there.
 */
export function logLikelihood(a: number, n: number, b: number, m: number): number {
  if (n === 0 || m === 0 || a / n <= b / m) return 0;
  const share = (a + b) / (n + m);
  const part = (seen: number, expected: number) =>
    seen === 0 ? 0 : seen * Math.log(seen / expected);
  return (
    2 *
    (part(a, n * share) +
      part(n - a, n * (1 - share)) +
      part(b, m * share) +
      part(m - b, m * (1 - share)))
  );
}

export interface Cluster {
  phrase: Phrase;
  /** What else these conversations say, most telling first. */
  also: string[];
}

/** A phrase is about the same conversations as another when it shares this much of those that say either. */
const SAME = 0.5;
/** A longer phrase stands for a cluster when it keeps so much of it. */
const KEEPS = 0.9;
const ALSO = 3;

/**
 * The most telling phrase, then the most telling one of the failing conversations that do not say it, and so on: each
 * cluster is a story of its own, not the same one in other words. The longest phrase that nearly all of a cluster
 * say names it.
 */
export function joinPhrases(
  { phrases, needed, failing, healthy }: Telling,
  most: number,
): Cluster[] {
  const clusters: Cluster[] = [];
  const explained = new Set<number>();
  while (clusters.length < most) {
    const left = failing - explained.size;
    let head: Phrase | null = null;
    let strongest = needed;
    for (const phrase of phrases) {
      const rest = phrase.failing.size - shared(phrase.failing, explained);
      if (rest < FEWEST || rest < SAME * phrase.failing.size) continue;
      const strength = logLikelihood(rest, left, phrase.healthy, healthy);
      if (strength < strongest) continue;
      strongest = strength;
      head = phrase;
    }
    if (!head) break;
    clusters.push(named(head, phrases));
    for (const key of head.failing) explained.add(key);
  }
  return clusters;
}

function named(head: Phrase, phrases: readonly Phrase[]): Cluster {
  const members = phrases.filter((phrase) => {
    const both = shared(phrase.failing, head.failing);
    return both >= SAME * (phrase.failing.size + head.failing.size - both);
  });
  const enough = KEEPS * head.failing.size;
  const [phrase = head] = members
    .filter(
      ({ failing, healthy }) => shared(failing, head.failing) >= enough && healthy <= head.healthy,
    )
    .sort((a, b) => b.words - a.words || b.strength - a.strength);
  const also: string[] = [];
  for (const { text } of members) {
    const heard = [phrase.text, ...also].some(
      (other) => contains(other, text) || contains(text, other),
    );
    if (!heard && also.length < ALSO) also.push(text);
  }
  return { phrase, also };
}

function shared(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let count = 0;
  for (const key of a) if (b.has(key)) count++;
  return count;
}

function contains(longer: string, shorter: string): boolean {
  const words = (text: string) => ` ${(text.match(PHRASE_WORDS) ?? []).map(fold).join(' ')} `;
  return words(longer).includes(words(shorter));
}

interface Said {
  key: number;
  /** Ids of words. */
  sentences: number[][];
}

/** Each phrase once. Only what is made of shorter common phrases can be common. */
function phrasesOf(
  sentences: readonly number[][],
  words: number,
  common: ReadonlyMap<string, unknown>,
): Set<string> {
  const found = new Set<string>();
  for (const ids of sentences) {
    for (let at = 0; at + words <= ids.length; at++) {
      const own = ids.slice(at, at + words);
      if (own.includes(UNKNOWN)) continue;
      if (
        words > 1 &&
        !(common.has(own.slice(1).join(' ')) && common.has(own.slice(0, -1).join(' ')))
      ) {
        continue;
      }
      found.add(own.join(' '));
    }
  }
  return found;
}

/** A word that no failing conversation says. */
const UNKNOWN = -1;

/** Words by number: as full-text search compares them, without case and accents. */
class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly #written: string[] = [];

  read(texts: readonly string[], learn: boolean): number[][] {
    const sentences: number[][] = [];
    let room = MOST_SAID;
    for (const sentence of texts.flatMap((text) => text.split(END))) {
      const words = (sentence.match(PHRASE_WORDS) ?? []).slice(0, room);
      room -= words.length;
      if (words.length > 0) sentences.push(words.map((word) => this.#id(word, learn)));
      if (room <= 0) break;
    }
    return sentences;
  }

  #id(word: string, learn: boolean): number {
    const plain = fold(word);
    const known = this.#ids.get(plain);
    if (known !== undefined) return known;
    if (!learn) return UNKNOWN;
    this.#ids.set(plain, this.#written.length);
    return this.#written.push(word) - 1;
  }

  text(ids: readonly number[]): string {
    const words = ids.map((id) => this.#written[id] ?? '');
    return words.reduce((text, word) =>
      joins(text) && joins(word) ? text + word : `${text} ${word}`,
    );
  }

  /** Numbers alone, and a few letters alone, say nothing. */
  speaks(ids: readonly number[]): boolean {
    const words = ids.map((id) => this.#written[id] ?? '');
    const letters = words.map((word) =>
      joins(word) ? UNSPACED_COUNTS : (word.match(/\p{L}/gu)?.length ?? 0),
    );
    return letters.reduce((sum, count) => sum + count, 0) >= FEWEST_LETTERS;
  }
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase();
}

/**
 * Since when events come more often than before, within `from` ≤ t < `to`: the one change of rate that explains their times
 * best, if it explains them far better than no change does (log-likelihood ratio above 10); else null. `times` ascending.
 */
export function increaseSince(times: readonly number[], from: number, to: number): number | null {
  const count = times.length;
  const length = to - from;
  const rate = (n: number, over: number) => (n === 0 ? 0 : n * Math.log(n / Math.max(over, 1)));
  const even = rate(count, length);
  let best: number | null = null;
  let gain = 10;
  for (const [index, at] of times.entries()) {
    const before = at - from;
    const after = to - at;
    if (before <= 0 || index / before >= (count - index) / Math.max(after, 1)) continue;
    const better = 2 * (rate(index, before) + rate(count - index, after) - even);
    if (better <= gain) continue;
    gain = better;
    best = at;
  }
  return best;
}
