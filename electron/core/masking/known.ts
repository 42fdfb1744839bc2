/** What was learned of the people of one conversation, so that it is masked wherever it is said. */

/** Words of one conversation that are remembered; hostile data could tell names without end. */
const MOST = 2000;
const WORDS_SEEN = 20_000;
/** Characters of a text that is worth remembering, and of all that are. */
const LONG = 128;
const MOST_KEPT = 2_000_000;

/** Keyed hashes of words and what they are: never the words themselves, but for those of the batch at hand. */
export class Known {
  readonly #kinds = new Map<string, string>();
  readonly #fresh = new Set<string>();
  readonly #seen = new Map<string, string | undefined>();
  readonly #masked = new Map<string, string>();
  #kept = 0;
  #births = false;
  #numbers = false;

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.adopt(stored);
  }

  get size(): number {
    return this.#kinds.size;
  }

  get births(): boolean {
    return this.#births;
  }

  /** Ends of cards or postcodes. */
  get numbers(): boolean {
    return this.#numbers;
  }

  /** Words that were learned since it was made, names in one spelling: to find where they were said before. */
  get fresh(): ReadonlySet<string> {
    return this.#fresh;
  }

  /** `word`: a piece that stands in every text which says it, in one spelling or another. */
  learn(hash: string, kind: string, word: string): void {
    if (this.#kinds.has(hash) || this.#kinds.size >= MOST) return;
    this.#fresh.add(word);
    this.#set(hash, kind);
  }

  /** What was stored elsewhere. Its words are not at hand. */
  adopt(stored: Readonly<Record<string, string>>): void {
    for (const [hash, kind] of Object.entries(stored)) {
      if (this.#kinds.size >= MOST) return;
      if (!this.#kinds.has(hash)) this.#set(hash, kind);
    }
  }

  kindOf(hash: string): string | undefined {
    return this.#kinds.get(hash);
  }

  /** The spelling by which a word that is said is known as a name. It is looked up only once. */
  nameOf(said: string, look: (word: string) => string | undefined): string | undefined {
    const name = this.#seen.get(said);
    if (name !== undefined || this.#seen.has(said)) return name;
    const found = look(said);
    if (this.#seen.size >= WORDS_SEEN) this.#seen.clear();
    this.#seen.set(said, found);
    return found;
  }

  /** Long texts come again: every model call is sent the conversation so far. They are masked once while nobody new is known. */
  once(text: string, mask: (text: string) => string): string {
    if (text.length < LONG) return mask(text);
    const before = this.#masked.get(text);
    if (before !== undefined) return before;
    const size = this.size;
    const masked = mask(text);
    if (this.size !== size) return masked;
    this.#kept += text.length;
    if (this.#kept > MOST_KEPT) {
      this.#masked.clear();
      this.#kept = text.length;
    }
    this.#masked.set(text, masked);
    return masked;
  }

  #set(hash: string, kind: string): void {
    this.#kinds.set(hash, kind);
    this.#seen.clear();
    this.#masked.clear();
    this.#kept = 0;
    if (kind === 'birth date') this.#births = true;
    if (kind === 'card end' || kind === 'postcode') this.#numbers = true;
  }

  /** As it is stored. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#kinds);
  }
}
