/** Which conversations a filter lets through, as sets of their keys. */
import type { Bindable, ReadDb } from '#core/cache/db.ts';
import type { ConversationFilter } from '#shared/model/conversation-filter.ts';
import { importedFrom } from '#shared/util/imported.ts';
import { BUCKETS, type FacetKind, facetValue, flagValue } from './facets.ts';
import { type Block, KeySet } from './key-set.ts';

export interface Passing {
  /** All that pass, and some that share a bucket of time, duration or cost with them. */
  maybe: KeySet;
  /** Those of `maybe` that need not be looked at. */
  sure: KeySet;
  /** What tells for the others, over the columns of `conversations`. */
  sql: string;
  params: Bindable[];
}

const OF_VALUES = `SELECT block, bits FROM facet_bits WHERE facet IN (
  SELECT id FROM facets WHERE kind = ? AND value IN (SELECT value FROM json_each(?)))`;
const OF_BUCKETS = `SELECT block, bits FROM facet_bits WHERE facet IN (
  SELECT id FROM facets WHERE kind = ? AND CAST(value AS INTEGER) BETWEEN ? AND ?)`;

/** Conversations that have any of the values. */
export function having(db: ReadDb, kind: FacetKind, values: readonly string[]): KeySet {
  return KeySet.union(db.all<Block>(OF_VALUES, kind, JSON.stringify(values)));
}

/** Those whose bucket of a kind lies within, both ends included. */
export function inBuckets(
  db: ReadDb,
  kind: keyof typeof BUCKETS,
  first: number,
  last: number,
): KeySet {
  return KeySet.union(db.all<Block>(OF_BUCKETS, kind, first, last));
}

/** The buckets of a kind that any conversation falls into, smallest first. */
export function knownBuckets(db: ReadDb, kind: keyof typeof BUCKETS): number[] {
  return db
    .column<string>('SELECT value FROM facets WHERE kind = ?', kind)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Those that any conversation is in, from sources or from bundles. */
export function environmentsOf(db: ReadDb, imported: boolean): string[] {
  return db
    .column<string>("SELECT value FROM facets WHERE kind = 'environment'")
    .filter((one) => (importedFrom(one) !== null) === imported);
}

export function passing(db: ReadDb, filter: ConversationFilter): Passing {
  const { environment } = filter;
  let maybe =
    environment === undefined || filter.imported === true
      ? having(db, 'environment', environmentsOf(db, filter.imported === true))
      : having(db, 'environment', [facetValue(environment)]);
  const among = (kind: FacetKind, values: readonly string[] | undefined) => {
    if (values && values.length > 0) maybe = maybe.and(having(db, kind, values.map(facetValue)));
  };
  const is = (kind: FacetKind, wanted: boolean | undefined) => {
    if (wanted === undefined) return;
    const those = having(db, kind, ['']);
    maybe = wanted ? maybe.and(those) : maybe.without(those);
  };
  among('service', filter.services);
  among('version', filter.versions);
  among('channel', filter.channels);
  among('language', filter.languages);
  among('failure', filter.failures);
  among('feedback', filter.feedback);
  among('tool', filter.tools);
  among('tool_failed', filter.failedTools);
  is('failing', filter.failing);
  is('pinned', filter.pinned);
  const byFlag = Map.groupBy(filter.flags ?? [], ({ flag }) => flag);
  for (const variants of byFlag.values()) {
    const values = variants.map(({ flag, variant }) => flagValue(flag, variant));
    maybe = maybe.and(having(db, 'flag', values));
  }
  return within(db, filter, maybe);
}

interface Bound {
  kind: keyof typeof BUCKETS;
  column: string;
  /** At least so much. */
  from: number | undefined;
  /** Less than (`ended_at`), or at most, so much. */
  to: number | undefined;
  upTo: '<' | '<=';
  /** Some conversations do not tell it: they lie within no bounds. */
  optional?: true;
}

function within(db: ReadDb, filter: ConversationFilter, chosen: KeySet): Passing {
  const bounds: Bound[] = [
    { kind: 'hour', column: 'ended_at', from: filter.from, to: filter.to, upTo: '<' },
    {
      kind: 'slowest',
      column: 'slowest_ms',
      from: filter.minDurationMs,
      to: filter.maxDurationMs,
      upTo: '<=',
    },
    {
      kind: 'cost',
      column: 'cost_usd',
      from: filter.minCostUsd,
      to: filter.maxCostUsd,
      upTo: '<=',
      optional: true,
    },
  ];
  let maybe = chosen;
  let sure = chosen;
  const parts: string[] = [];
  const params: Bindable[] = [];
  for (const { kind, column, from, to, upTo, optional = false } of bounds) {
    if (from === undefined && to === undefined) continue;
    const { of, from: start } = BUCKETS[kind];
    const known = knownBuckets(db, kind);
    const [lowest = 0] = known;
    const highest = known.at(-1) ?? 0;
    const first = from === undefined ? lowest : of(from);
    const last = to === undefined ? highest : of(to);
    if (optional || first > lowest || last < highest)
      maybe = maybe.and(inBuckets(db, kind, first, last));
    const sureFirst = from === undefined || start(first) >= from ? first : first + 1;
    const sureLast = to === undefined || start(last + 1) <= to ? last : last - 1;
    if (optional || sureFirst > lowest || sureLast < highest) {
      sure = sure.and(inBuckets(db, kind, sureFirst, sureLast));
    }
    if (from !== undefined) {
      parts.push(`${column} >= ?`);
      params.push(from);
    }
    if (to !== undefined) {
      parts.push(`${column} ${upTo} ?`);
      params.push(to);
    }
  }
  return {
    maybe,
    sure: sure === chosen ? maybe : maybe.and(sure),
    sql: parts.length === 0 ? '1' : parts.join(' AND '),
    params,
  };
}
