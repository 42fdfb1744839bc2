/** Keeps the bits of facets true to the rows of conversations, in the transaction that changes these. */
import type { WriteDb } from '#core/cache/db.ts';
import type { Facet } from './facets.ts';
import { decode } from './json.ts';
import { blockOf, emptyBlock, setBit } from './key-set.ts';

const FIND = 'SELECT id FROM facets WHERE kind = ? AND value = ?';
const ADD = 'INSERT INTO facets (kind, value) VALUES (?, ?)';
const READ = 'SELECT bits FROM facet_bits WHERE facet = ? AND block = ?';
const WRITE = `INSERT INTO facet_bits (facet, block, bits) VALUES (?, ?, ?)
  ON CONFLICT (facet, block) DO UPDATE SET bits = excluded.bits`;
const REMOVE = 'DELETE FROM facet_bits WHERE facet = ? AND block = ?';

/** For one transaction: changes are collected and written by `flush`, a block of a facet at a time. */
export class FacetWriter {
  readonly #db: WriteDb;
  readonly #ids = new Map<string, number>();
  /** Facet → block → key → whether it has the facet. */
  readonly #changes = new Map<number, Map<number, Map<number, boolean>>>();

  constructor(db: WriteDb) {
    this.#db = db;
  }

  /** The facets a stored conversation has, as its row tells; null when it has no row. */
  of(key: number): number[] | null {
    const stored = this.#db.value<string>('SELECT facets FROM conversations WHERE key = ?', key);
    return stored === undefined ? null : decode<number[]>(stored);
  }

  /** Answers what is to stand in the row: the ids of all its facets, but for `pinned`. */
  change(key: number, before: readonly number[] | null, facets: readonly Facet[]): string {
    const ids = facets.map((facet) => this.#id(facet)).sort((a, b) => a - b);
    const now = new Set(ids);
    const then = new Set(before ?? []);
    for (const id of then) if (!now.has(id)) this.#note(id, key, false);
    for (const id of now) if (!then.has(id)) this.#note(id, key, true);
    return JSON.stringify(ids);
  }

  pin(key: number, pinned: boolean): void {
    this.#note(this.#id({ kind: 'pinned', value: '' }), key, pinned);
  }

  /** Before its row goes. */
  remove(key: number): void {
    for (const id of this.of(key) ?? []) this.#note(id, key, false);
    this.pin(key, false);
  }

  flush(): void {
    for (const [facet, blocks] of this.#changes) {
      for (const [block, keys] of blocks) {
        const bits = this.#db.value<Uint8Array>(READ, facet, block) ?? emptyBlock();
        for (const [key, on] of keys) setBit(bits, key, on);
        if (bits.some((byte) => byte !== 0)) this.#db.run(WRITE, facet, block, bits);
        else this.#db.run(REMOVE, facet, block);
      }
    }
    this.#changes.clear();
  }

  #id({ kind, value }: Facet): number {
    const name = `${kind} ${value}`;
    const known = this.#ids.get(name) ?? this.#db.value<number>(FIND, kind, value);
    const id = known ?? Number(this.#db.run(ADD, kind, value).lastInsertRowid);
    this.#ids.set(name, id);
    return id;
  }

  #note(facet: number, key: number, on: boolean): void {
    const blocks = this.#changes.get(facet) ?? new Map<number, Map<number, boolean>>();
    this.#changes.set(facet, blocks);
    const keys = blocks.get(blockOf(key)) ?? new Map<number, boolean>();
    blocks.set(blockOf(key), keys);
    keys.set(key, on);
  }
}

/** Values that no conversation has any more. Few rows: all at once. */
export function forgetFacets(db: WriteDb): void {
  db.run('DELETE FROM facets WHERE NOT EXISTS (SELECT 1 FROM facet_bits WHERE facet = facets.id)');
}
