import type { ReadDb } from '#core/cache/db.ts';
import { type Candidate, COMPARE, candidates, summaries } from './candidates.ts';
import { BUCKETS } from './facets.ts';
import { environmentsOf, inBuckets, knownBuckets, type Passing, passing } from './filter-sets.ts';
import { matchExpression } from './match-expression.ts';
import { searchWords } from './search-words.ts';
import type { SearchArgs, SearchResult } from './types.ts';

/** So many conversations are looked up and sorted at once. */
const AT_ONCE = 2000;
/** How many that share a bucket with the edge of a range are looked at, to count them. */
const EDGES = 4000;

/**
 * Conversations by words and filter. `minDurationMs`, `maxDurationMs` and `slowest` look at the slowest turn.
 *
 * A text with neither letters nor figures in it finds nothing; no text at all finds whatever passes.
 *
 * Without words the order and, nearly always, the number are exact, whatever the filter. With words see
 * search-words.ts.
 */
export function searchConversations(db: ReadDb, args: SearchArgs): SearchResult {
  const match = matchExpression(args.text);
  const passes = passing(db, args.filter);
  if (match !== null) return searchWords(db, args, match, passes);
  if (args.text.trim() !== '') return { rows: [], total: 0, totalIs: 'exact' };
  const keys = pageOf(db, args, passes).map(({ key }) => key);
  return {
    rows: summaries(db, keys).map((row) => ({ ...row, snippet: null, hitTurn: null })),
    ...count(db, passes),
  };
}

function count(db: ReadDb, passes: Passing): Pick<SearchResult, 'total' | 'totalIs'> {
  const edges = passes.maybe.without(passes.sure);
  const looked = edges.keys(EDGES);
  const passed = looked.length === 0 ? 0 : candidates(db, looked, passes).length;
  return {
    total: passes.sure.count + passed,
    totalIs: looked.length === edges.count ? 'exact' : 'atLeast',
  };
}

function pageOf(db: ReadDb, args: SearchArgs, passes: Passing): Candidate[] {
  const { offset, limit, sort } = args;
  if (passes.maybe.count <= AT_ONCE) {
    return candidates(db, passes.maybe.keys(), passes)
      .sort(COMPARE[sort])
      .slice(offset, offset + limit);
  }
  return sort === 'newest' || sort === 'oldest'
    ? byHour(db, args, passes)
    : byIndex(db, args, passes, sort);
}

/** Hour by hour from one end: the hours before the page are only counted. */
function byHour(
  db: ReadDb,
  { filter, sort, offset, limit }: SearchArgs,
  passes: Passing,
): Candidate[] {
  const { of } = BUCKETS.hour;
  const first = filter.from === undefined ? Number.NEGATIVE_INFINITY : of(filter.from);
  const last = filter.to === undefined ? Number.POSITIVE_INFINITY : of(filter.to);
  const hours = knownBuckets(db, 'hour').filter((hour) => hour >= first && hour <= last);
  if (sort === 'newest') hours.reverse();
  const page: Candidate[] = [];
  let before = 0;
  for (const hour of hours) {
    const here = inBuckets(db, 'hour', hour, hour);
    const maybe = passes.maybe.and(here);
    if (maybe.count === 0) continue;
    if (page.length === 0 && before + maybe.count <= offset) {
      const sure = passes.sure.and(here);
      if (sure.count === maybe.count) {
        before += sure.count;
        continue;
      }
    }
    const found = candidates(db, maybe.keys(), passes).sort(COMPARE[sort]);
    page.push(...found.slice(Math.max(0, offset - before), offset + limit - before));
    before += found.length;
    if (before >= offset + limit) break;
  }
  return page.slice(0, limit);
}

const INDEXED = { slowest: 'slowest_ms', costliest: 'cost_usd' } as const;

/** From the top of the index of a number: the filter lets enough through that a page is soon full. */
function byIndex(
  db: ReadDb,
  { filter, offset, limit }: SearchArgs,
  passes: Passing,
  sort: keyof typeof INDEXED,
): Candidate[] {
  const wanted = offset + limit;
  const environments =
    filter.environment === undefined || filter.imported === true
      ? environmentsOf(db, filter.imported === true)
      : [filter.environment];
  const found: Candidate[] = [];
  for (const environment of environments) {
    const order = db.walk<number>(
      `SELECT key FROM conversations WHERE environment = ? ORDER BY ${INDEXED[sort]} DESC, key DESC`,
      environment,
    );
    const own: Candidate[] = [];
    let keys: number[] = [];
    const look = () => {
      own.push(...candidates(db, keys, passes));
      keys = [];
    };
    for (const key of order) {
      if (!passes.maybe.has(key)) continue;
      keys.push(key);
      if (own.length + keys.length < wanted) continue;
      look();
      if (own.length >= wanted) break;
    }
    look();
    found.push(...own);
  }
  return found.sort(COMPARE[sort]).slice(offset, wanted);
}
