/** Conversations by words: the hits of full-text search, and what the filter lets through of them. */
import type { ReadDb } from '#core/cache/db.ts';
import { setTogether } from '#shared/util/unspaced.ts';
import { type Candidate, COMPARE, candidates, summaries } from './candidates.ts';
import { conversationOfTurn, turnNumber, turnRange } from './conversation-row.ts';
import type { Passing } from './filter-sets.ts';
import type { SearchArgs, SearchResult } from './types.ts';

/** How many matching conversations are collected before they are sorted, while that is cheap. */
const CANDIDATES = 500;
/** So many hits are cheap. */
const CHEAP = 8000;
/** How many more than are shown are collected even so: arrival and end are nearly, not quite, the same order. */
const BEYOND = 50;
/** How many hits are looked at, at most, when the filter lets few of them through. */
const HITS = 400_000;
/** Hits of one step of the walk: each step costs a descent into the index, so they grow. */
const CHUNK = { first: 1000, most: 4000 };
/** In a longer conversation it is not told which turn has the hit: all turns before it would be read for that. */
const COUNTED_TURNS = 500;
/** So few conversations are asked one by one whether the words are in them, once the words are known to be common. */
const FEW = 800;

/**
 * The hits are walked from the newest arrival back (`oldest`: from the first on) until enough conversations pass the
 * filter; only these are sorted. So a common word costs no more than a rare one, and `totalIs` is `atLeast` when
 * there was more to walk: the order is then that of the ones looked at.
 */
export function searchWords(
  db: ReadDb,
  args: SearchArgs,
  match: string,
  passes: Passing,
): SearchResult {
  const wanted = args.offset + args.limit + BEYOND;
  const { found, hits, exhausted } = matching(db, match, passes, wanted, args.sort === 'oldest');
  found.sort(COMPARE[args.sort]);
  const page = found.slice(args.offset, args.offset + args.limit).map(({ key }) => key);
  const rows = summaries(db, page).map((row) => {
    const hit = hits.get(row.key);
    if (hit === undefined) return { ...row, snippet: null, hitTurn: null };
    const snippet = db.value<string>(
      `SELECT snippet(turns_fts, 0, '', '', '…', 24) FROM turns_fts
       WHERE turns_fts MATCH ? AND rowid = CAST(? AS INTEGER)`,
      match,
      hit,
    );
    return {
      ...row,
      snippet: snippet === undefined ? null : setTogether(snippet),
      hitTurn: row.turns <= COUNTED_TURNS ? turnNumber(db, hit) : null,
    };
  });
  return { rows, total: found.length, totalIs: exhausted ? 'exact' : 'atLeast' };
}

export interface Matching {
  found: Candidate[];
  /** Conversation → the turn that was found first in it. */
  hits: Map<number, number>;
  /** False when `wanted` were found, or the walk was given up, before all hits were seen. */
  exhausted: boolean;
}

/**
 * At least `wanted` conversations with the words of `match` that pass, if there are so many; from the latest arrival
 * back, unless `oldest`.
 */
export function matching(
  db: ReadDb,
  match: string,
  passes: Passing,
  wanted: number,
  oldest = false,
): Matching {
  const found: Candidate[] = [];
  const hits = new Map<number, number>();
  const bounds = passes.maybe.bounds;
  if (!bounds) return { found, hits, exhausted: true };
  const few = passes.maybe.count <= FEW;
  let { from } = turnRange(bounds.first);
  let { to } = turnRange(bounds.last);
  let looked = 0;
  for (let chunk = CHUNK.first; looked < HITS; chunk = Math.min(2 * chunk, CHUNK.most)) {
    const turns = hitsWithin(db, match, { from, to }, oldest, chunk);
    looked += turns.length;
    const fresh: number[] = [];
    for (const turn of turns) {
      const key = conversationOfTurn(turn);
      if (hits.has(key) || !passes.maybe.has(key)) continue;
      hits.set(key, turn);
      fresh.push(key);
    }
    if (fresh.length > 0) found.push(...candidates(db, fresh, passes));
    if (turns.length < chunk) return { found, hits, exhausted: true };
    if (found.length >= (looked < CHEAP ? Math.max(wanted, CANDIDATES) : wanted)) break;
    // The next step goes on behind the last hit of this one.
    const last = turns.at(-1) ?? 0;
    if (oldest) from = last + 1;
    else to = last;
    if (few && looked >= CHEAP / 2) {
      const left = passes.maybe
        .keys()
        .filter((key) => !hits.has(key) && from < turnRange(key).to && turnRange(key).from < to);
      if (oldest) left.reverse();
      return oneByOne(db, match, passes, wanted, left, { found, hits });
    }
  }
  return { found, hits, exhausted: false };
}

/**
 * Turns with the words, `from` ≤ turn < `to`. Numbers beyond 32 bits are bound as REAL, and FTS5 leaves a comparison of
 * rowid with a REAL out without a word: hence the casts.
 */
function hitsWithin(
  db: ReadDb,
  match: string,
  { from, to }: { from: number; to: number },
  oldest: boolean,
  limit: number,
): number[] {
  return db.column<number>(
    `SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?
       AND rowid >= CAST(? AS INTEGER) AND rowid < CAST(? AS INTEGER)
     ORDER BY rowid ${oldest ? 'ASC' : 'DESC'} LIMIT ?`,
    match,
    from,
    to,
    limit,
  );
}

/** Where hits are many and conversations few: from each of these straight to whether it has a hit. */
function oneByOne(
  db: ReadDb,
  match: string,
  passes: Passing,
  wanted: number,
  keys: readonly number[],
  { found, hits }: Pick<Matching, 'found' | 'hits'>,
): Matching {
  for (const key of keys) {
    if (found.length >= wanted) return { found, hits, exhausted: false };
    // Ascending: FTS5 skips to the first row of the range only in this direction.
    const [hit] = hitsWithin(db, match, turnRange(key), true, 1);
    if (hit === undefined) continue;
    hits.set(key, hit);
    found.push(...candidates(db, [key], passes));
  }
  return { found, hits, exhausted: true };
}
