/** What was learned of the people of one conversation, so that it is masked wherever it is said. */

/** Words of one conversation that are remembered; hostile data could tell names without end. */
const MOST = 2000;

/** Keyed hashes of words and what they are: never the words themselves, but for those of the batch at hand. */
export class Known {
  readonly #kinds: Map<string, string>;
  readonly #fresh = new Set<string>();
  #births = false;

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.#kinds = new Map(Object.entries(stored));
    this.#births = [...this.#kinds.values()].includes('birth date');
  }

  get size(): number {
    return this.#kinds.size;
  }

  get births(): boolean {
    return this.#births;
  }

  /** Words that were learned since it was made, as they lie in texts: to find where they were said before. */
  get fresh(): ReadonlySet<string> {
    return this.#fresh;
  }

  /** `word`: a piece that stands in every text which says it. */
  learn(hash: string, kind: string, word: string): void {
    if (this.#kinds.has(hash) || this.#kinds.size >= MOST) return;
    this.#kinds.set(hash, kind);
    this.#fresh.add(word);
    if (kind === 'birth date') this.#births = true;
  }

  /** What was stored elsewhere. Its words are not at hand. */
  adopt(stored: Readonly<Record<string, string>>): void {
    for (const [hash, kind] of Object.entries(stored)) {
      if (this.#kinds.size >= MOST) return;
      if (!this.#kinds.has(hash)) this.#kinds.set(hash, kind);
      if (kind === 'birth date') this.#births = true;
    }
  }

  kindOf(hash: string): string | undefined {
    return this.#kinds.get(hash);
  }

  /** As it is stored. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#kinds);
  }
}
