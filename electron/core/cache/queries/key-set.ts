/**
 * Sets of conversation keys as bits, in blocks: what a filter lets through is a handful of ANDs and ORs over
 * them, whatever the number of conversations. Pure.
 */

/** Keys of one block. 512 bytes lie well inside a page of the database. */
export const BLOCK_KEYS = 4096;
const BYTES = BLOCK_KEYS / 8;

const POPULATION = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

export const blockOf = (key: number): number => Math.floor(key / BLOCK_KEYS);
export const emptyBlock = (): Uint8Array => new Uint8Array(BYTES);

export function setBit(bits: Uint8Array, key: number, on: boolean): void {
  const at = key % BLOCK_KEYS;
  const byte = bits[at >> 3] ?? 0;
  bits[at >> 3] = on ? byte | (1 << (at & 7)) : byte & ~(1 << (at & 7));
}

export interface Block {
  block: number;
  bits: Uint8Array;
}

/** Never changed once it is made. */
export class KeySet {
  readonly #blocks: ReadonlyMap<number, Uint8Array>;
  #count: number | undefined;

  private constructor(blocks: ReadonlyMap<number, Uint8Array>) {
    this.#blocks = blocks;
  }

  /** All keys of all blocks; several may be about the same keys. */
  static union(blocks: Iterable<Block>): KeySet {
    const joined = new Map<number, Uint8Array>();
    for (const { block, bits } of blocks) {
      const known = joined.get(block);
      // Copied, so that none of what was read is changed.
      if (!known) joined.set(block, Uint8Array.from(bits));
      else for (let at = 0; at < BYTES; at++) known[at] = (known[at] ?? 0) | (bits[at] ?? 0);
    }
    return new KeySet(joined);
  }

  static of(keys: Iterable<number>): KeySet {
    const blocks = new Map<number, Uint8Array>();
    for (const key of keys) {
      const bits = blocks.get(blockOf(key)) ?? emptyBlock();
      blocks.set(blockOf(key), bits);
      setBit(bits, key, true);
    }
    return new KeySet(blocks);
  }

  and(other: KeySet): KeySet {
    return this.#combine(other, (own, its) =>
      its ? own.map((byte, at) => byte & (its[at] ?? 0)) : null,
    );
  }

  without(other: KeySet): KeySet {
    return this.#combine(other, (own, its) =>
      its ? own.map((byte, at) => byte & ~(its[at] ?? 0)) : own,
    );
  }

  #combine(
    other: KeySet,
    join: (own: Uint8Array, its: Uint8Array | undefined) => Uint8Array | null,
  ): KeySet {
    const blocks = new Map<number, Uint8Array>();
    for (const [block, own] of this.#blocks) {
      const bits = join(own, other.#blocks.get(block));
      if (bits) blocks.set(block, bits);
    }
    return new KeySet(blocks);
  }

  has(key: number): boolean {
    const byte = this.#blocks.get(blockOf(key))?.[(key % BLOCK_KEYS) >> 3] ?? 0;
    return (byte & (1 << (key & 7))) !== 0;
  }

  get count(): number {
    if (this.#count === undefined) {
      let count = 0;
      for (const bits of this.#blocks.values()) {
        for (const byte of bits) count += POPULATION[byte] ?? 0;
      }
      this.#count = count;
    }
    return this.#count;
  }

  /** Largest first, which is the latest arrival. At most `limit`. */
  keys(limit = Number.POSITIVE_INFINITY): number[] {
    const found: number[] = [];
    for (const block of [...this.#blocks.keys()].sort((a, b) => b - a)) {
      const bits = this.#blocks.get(block) ?? emptyBlock();
      for (let at = BYTES - 1; at >= 0; at--) {
        const byte = bits[at] ?? 0;
        if (byte === 0) continue;
        for (let bit = 7; bit >= 0; bit--) {
          if ((byte & (1 << bit)) === 0) continue;
          if (found.length >= limit) return found;
          found.push(block * BLOCK_KEYS + at * 8 + bit);
        }
      }
    }
    return found;
  }

  /** The smallest and the largest key, or null when there is none. */
  get bounds(): { first: number; last: number } | null {
    const [last] = this.keys(1);
    if (last === undefined) return null;
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b);
    for (const [block, bits] of blocks) {
      const at = bits.findIndex((byte) => byte !== 0);
      if (at < 0) continue;
      const byte = bits[at] ?? 0;
      return { first: block * BLOCK_KEYS + at * 8 + Math.log2(byte & -byte), last };
    }
    return null;
  }
}
