/** What the clustering of failures asks: who failed, what was said, and who says a phrase. Each call is short. */
import type { ReadDb } from '#core/cache/db.ts';
import type { Message } from '#shared/model/conversation.ts';
import type { ConversationFilter } from '#shared/model/conversation-filter.ts';
import { candidates } from './candidates.ts';
import { turnRange } from './conversation-row.ts';
import { BUCKETS, type FacetKind } from './facets.ts';
import { having, type Passing, passing } from './filter-sets.ts';
import { decode } from './json.ts';
import { type Block, KeySet } from './key-set.ts';
import { matchExpression } from './match-expression.ts';
import { matching } from './search-words.ts';

/** Conversations at the edges of a window that are looked at; beyond, all that share its first or last hour count. */
const EDGES = 20_000;
/** Turns of one conversation that are read, those that failed first. */
const TURNS = 30;
/** Characters of one turn's messages; a longer turn is known by its indexed text. */
const LONGEST = 200_000;
const TEXT = 2000;
/** Conversations with one phrase. */
const MOST = 5000;
const VALUES = 8;

function exactly(db: ReadDb, passes: Passing): KeySet {
  const edges = passes.maybe.without(passes.sure).keys(EDGES);
  const found = candidates(db, edges, passes).map(({ key }) => key);
  return KeySet.of([...passes.sure.keys(), ...found]);
}

/** Of how many conversations of a group a value is told. */
export interface Shares {
  value: string;
  conversations: number;
}

export interface Groups {
  failing: { total: number; keys: number[] };
  healthy: { total: number; keys: number[] };
  traits: Traits;
  /** By the hour of the day (UTC, 0 to 23) in which the last message ended. */
  hours: number[];
}

/** The most common values of a group. */
export interface Traits {
  versions: Shares[];
  channels: Shares[];
  languages: Shares[];
}

/** Who passes the filter, failing and not, with up to `most` of each, spread evenly over the time of their arrival. */
export function conversationGroups(
  db: ReadDb,
  args: { filter: ConversationFilter; most: number },
): Groups {
  const all = exactly(db, passing(db, args.filter));
  const failed = having(db, 'failing', ['']);
  const group = (set: KeySet) => ({ total: set.count, keys: spread(set.keys(), args.most) });
  return {
    failing: group(all.and(failed)),
    healthy: group(all.without(failed)),
    traits: traitsOf(db, all),
    hours: hoursOf(db, all, args.filter),
  };
}

const HOURS = 24;

/** Only hours of the window are looked at: a cache may know thousands. */
function hoursOf(db: ReadDb, set: KeySet, { from, to }: ConversationFilter): number[] {
  const { of } = BUCKETS.hour;
  const rows = db.all<Block & { hour: number }>(
    `SELECT CAST(value AS INTEGER) AS hour, block, bits FROM facets JOIN facet_bits ON facet = id
     WHERE kind = 'hour' AND CAST(value AS INTEGER) BETWEEN ? AND ?`,
    from === undefined ? 0 : of(from),
    to === undefined ? Number.MAX_SAFE_INTEGER : of(to),
  );
  const byHour = Map.groupBy(rows, ({ hour }) => hour % HOURS);
  return Array.from(
    { length: HOURS },
    (_, hour) => set.and(KeySet.union(byHour.get(hour) ?? [])).count,
  );
}

function spread(keys: readonly number[], most: number): number[] {
  if (keys.length <= most) return [...keys];
  return Array.from({ length: most }, (_, at) => keys[Math.floor((at * keys.length) / most)] ?? 0);
}

function traitsOf(db: ReadDb, set: KeySet): Traits {
  return {
    versions: sharesOf(db, set, 'version'),
    channels: sharesOf(db, set, 'channel'),
    languages: sharesOf(db, set, 'language'),
  };
}

function sharesOf(db: ReadDb, set: KeySet, kind: FacetKind): Shares[] {
  return db
    .column<string>('SELECT value FROM facets WHERE kind = ?', kind)
    .map((value) => ({ value, conversations: set.and(having(db, kind, [value])).count }))
    .filter(({ value, conversations }) => value !== '' && conversations > 0)
    .sort((a, b) => b.conversations - a.conversations)
    .slice(0, VALUES);
}

/** What was said in each, by users and in answers. Give it few keys at a time. */
export function conversationTexts(
  db: ReadDb,
  args: { keys: number[] },
): { key: number; texts: string[] }[] {
  return args.keys.map((key) => {
    const { from, to } = turnRange(key);
    const turns = db.all<{ messages: string | null; text: string }>(
      `SELECT CASE WHEN length(messages) <= ${LONGEST} THEN messages END AS messages,
         substr(text, 1, ${TEXT}) AS text
       FROM turns WHERE id >= ? AND id < ?
       ORDER BY instr(facts, '"unsure":true') > 0 OR instr(facts, '"error":') > 0 DESC, id DESC
       LIMIT ${TURNS}`,
      from,
      to,
    );
    return {
      key,
      texts: turns.flatMap(({ messages, text }) => (messages ? said(messages) : [text])),
    };
  });
}

function said(messages: string): string[] {
  return decode<Message[]>(messages)
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.type === 'text' ? [part.content.slice(0, TEXT)] : []));
}

export interface PhraseArgs {
  text: string;
  /** Without `failing`. */
  filter: ConversationFilter;
}

export interface PhraseCount {
  failing: number;
  failingIs: 'exact' | 'atLeast';
  healthy: number;
  /** When the last message of each failing one ended, ascending. */
  times: number[];
  traits: Traits;
}

/** The conversations that a search for the phrase finds with this filter. Null when there is no word in it. */
export function phraseCount(db: ReadDb, { text, filter }: PhraseArgs): PhraseCount | null {
  const match = matchExpression(text);
  if (match === null) return null;
  const of = (failing: boolean) => matching(db, match, passing(db, { ...filter, failing }), MOST);
  const { found, exhausted } = of(true);
  const set = KeySet.of(found.map(({ key }) => key));
  return {
    failing: found.length,
    failingIs: exhausted ? 'exact' : 'atLeast',
    healthy: of(false).found.length,
    times: found.map((one) => one.ended_at).sort((a, b) => a - b),
    traits: traitsOf(db, set),
  };
}
