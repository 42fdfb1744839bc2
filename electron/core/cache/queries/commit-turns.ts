/** Spans become turns: each touched trace is put together again from all its spans, old and new. */
import { type TurnFacts, turnFacts } from '#core/analysis/conversation.ts';
import { type AssembledTurn, assembleTurn } from '#core/analysis/turn.ts';
import { richer } from '#core/analysis/turn-steps.ts';
import type { WriteDb } from '#core/cache/db.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Change } from '#shared/model/change.ts';
import { IS_IMPORTED } from '#shared/util/imported.ts';
import { storeCombinations } from './commit-combinations.ts';
import { summariseConversation } from './commit-conversations.ts';
import { conversationOfTurn, turnRange } from './conversation-row.ts';
import { FacetWriter } from './facet-writer.ts';
import { decode, storable } from './json.ts';
import { People, type ToldSpan } from './people.ts';
import { encodeFacts } from './turn-row.ts';

/** A trace that never ends would be put together from all its spans again and again. */
const SPANS_PER_TRACE = 50_000;

export interface StoredSpans {
  /** Something is different from before. */
  changed: boolean;
  /** First sights of versions, prompts and indices. */
  changes: Change[];
}

interface StoredTurn {
  id: number;
  text: string;
}

interface Touched {
  traceId: string;
  before: StoredTurn | undefined;
  /** Span id → its JSON: only those that are new or different. */
  fresh: Map<string, { json: string; startedAt: number; known: boolean }>;
  assembled: AssembledTurn;
}

interface Placed extends Touched {
  id: number;
  conversation: number;
  /** The conversation had no turn before this batch. */
  begins: boolean;
  facts: TurnFacts;
}

/** `texts`: the records as JSON. */
export function storeSpans(
  db: WriteDb,
  source: string,
  texts: readonly string[],
  side: 'live' | 'imported' = 'live',
): StoredSpans {
  const traces = byTrace(texts);
  const people = new People(db, side);
  people.mask(traces);
  return store(db, source, traces, people);
}

/** Masks what is stored of these conversations once more. */
export function maskStored(db: WriteDb, keys: readonly number[]): void {
  const imported = new Set(
    db.column<number>(
      `SELECT key FROM conversations WHERE key IN (SELECT value FROM json_each(?)) AND ${IS_IMPORTED}`,
      JSON.stringify(keys),
    ),
  );
  for (const side of ['live', 'imported'] as const) {
    const own = keys.filter((key) => imported.has(key) === (side === 'imported'));
    if (own.length === 0) continue;
    const people = new People(db, side);
    people.renew(own);
    store(db, '', new Map(), people);
  }
}

function store(
  db: WriteDb,
  source: string,
  traces: ReadonlyMap<string, ToldSpan[]>,
  people: People,
): StoredSpans {
  const touched: Touched[] = [];
  const told = [...traces, ...people.late().map((late) => [late, []] as const)];
  const stored = storedTurns(db, told);
  for (const [traceId, spans] of told) {
    const one = touch(db, people, traceId, stored.get(traceId), spans);
    if (one) touched.push(one);
  }
  if (touched.length === 0) {
    people.keep();
    return { changed: false, changes: [] };
  }
  touched.sort((a, b) => a.assembled.turn.startedAt - b.assembled.turn.startedAt);
  const combinations = storeCombinations(
    db,
    source,
    touched.map((one) => one.assembled),
  );
  const emptied = new Set<number>();
  const added = new Map<number, Placed[]>();
  for (const turn of place(db, touched)) {
    if (turn.before && turn.before.id !== turn.id) emptied.add(move(db, turn.before, turn.id));
    writeTurn(db, turn, combinations.ids.get(turn.assembled) ?? 0);
    const turns = added.get(turn.conversation);
    if (turns) turns.push(turn);
    else added.set(turn.conversation, [turn]);
  }
  const facets = new FacetWriter(db);
  for (const [key, turns] of added) summariseConversation(db, facets, key, turns, source);
  for (const key of emptied) {
    if (!added.has(key)) summariseConversation(db, facets, key, [], '');
  }
  facets.flush();
  people.keep();
  return { changed: true, changes: combinations.changes };
}

function byTrace(texts: readonly string[]): Map<string, ToldSpan[]> {
  const traces = new Map<string, ToldSpan[]>();
  for (const json of texts) {
    const record = decode<SpanRecord>(json);
    const traceId = storable(record.span.traceId);
    const spans = traces.get(traceId);
    if (spans) spans.push({ record, json });
    else traces.set(traceId, [{ record, json }]);
  }
  return traces;
}

/** One question for the whole batch: most traces are new, and asking for each would cost more than the answer. */
function storedTurns(
  db: WriteDb,
  traces: readonly (readonly [traceId: string, spans: readonly ToldSpan[]])[],
): Map<string, StoredTurn> {
  const rows = db.all<StoredTurn & { trace: string }>(
    `SELECT trace_id AS trace, id, text FROM turns
     WHERE trace_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(traces.map(([traceId]) => traceId)),
  );
  return new Map(rows.map(({ trace, id, text }) => [trace, { id, text }]));
}

/** Undefined when these spans are all there already. `turn`: as it is stored. */
function touch(
  db: WriteDb,
  people: People,
  traceId: string,
  turn: StoredTurn | undefined,
  told: readonly ToldSpan[],
): Touched | undefined {
  const known = new Map<string, string>();
  if (turn) {
    const rows = db.all<{ span_id: string; record: string }>(
      'SELECT span_id, record FROM spans WHERE turn = ?',
      turn.id,
    );
    for (const row of rows) known.set(row.span_id, row.record);
  }
  const fresh: Touched['fresh'] = new Map();
  const all = new Map<string, SpanRecord>();
  for (const { record, json } of told) {
    const spanId = storable(record.span.spanId);
    const old = known.get(spanId);
    if (old === json || (old === undefined && known.size + all.size >= SPANS_PER_TRACE)) continue;
    // A span told twice, once cut short: whichever came first, the one that knows more stays.
    const before = all.get(spanId) ?? (old === undefined ? undefined : decode<SpanRecord>(old));
    if (before !== undefined && richer(before, record) !== record) continue;
    const startedAt = Number.isFinite(record.span.startedAt) ? record.span.startedAt : 0;
    fresh.set(spanId, { json, startedAt, known: old !== undefined });
    all.set(spanId, record);
  }
  if (fresh.size === 0 && !people.renews(traceId)) return undefined;
  for (const [spanId, json] of known) {
    if (all.has(spanId)) continue;
    const masked = people.again(traceId, json);
    const record = masked?.record ?? decode<SpanRecord>(json);
    if (masked) {
      fresh.set(spanId, { json: masked.json, startedAt: record.span.startedAt, known: true });
    }
    all.set(spanId, record);
  }
  if (fresh.size === 0) return undefined;
  const assembled = assembleTurn([...all.values()]);
  return { traceId, before: turn, fresh, assembled };
}

/**
 * Gives every turn its conversation and its id there. Given in order of time, so that keys grow with it;
 * answered in order of ids: FTS5 flushes its index whenever a row comes before the last one.
 */
function place(db: WriteDb, inTime: Touched[]): Placed[] {
  const conversations = new Map<string, { key: number; begins: boolean }>();
  const nextIds = new Map<number, number>();
  let nextKey: number | undefined;
  const conversationOf = ({ conversation, service, environment }: AssembledTurn) => {
    const names = [storable(conversation), storable(service), storable(environment)] as const;
    const name = JSON.stringify(names);
    const seen = conversations.get(name);
    if (seen) return seen;
    const known = db.value<number>(
      'SELECT key FROM conversations WHERE id = ? AND service = ? AND environment = ?',
      ...names,
    );
    nextKey ??= 1 + (db.value<number | null>('SELECT max(key) FROM conversations') ?? 0);
    const found = { key: known ?? nextKey++, begins: known === undefined };
    conversations.set(name, found);
    return found;
  };
  const nextId = (conversation: number, begins: boolean): number => {
    const { from, to } = turnRange(conversation);
    const last =
      nextIds.get(conversation) ??
      (begins
        ? null
        : db.value<number | null>('SELECT max(id) FROM turns WHERE id >= ? AND id < ?', from, to));
    const id = typeof last === 'number' ? last + 1 : from;
    nextIds.set(conversation, id);
    return id;
  };
  const placed = inTime.map((one): Placed => {
    const { key, begins } = conversationOf(one.assembled);
    const stays = one.before && conversationOfTurn(one.before.id) === key;
    const id = stays ? (one.before?.id ?? 0) : nextId(key, begins);
    const facts = { ...turnFacts(one.assembled.turn), tools: one.assembled.tools };
    return { ...one, conversation: key, begins, id, facts };
  });
  // After a million turns a conversation takes no more: its ids would run into the next one's.
  return placed
    .filter(({ id, conversation }) => id < turnRange(conversation).to)
    .sort((a, b) => a.id - b.id);
}

/** A late span told the conversation: the turn leaves the one it was first put into. Returns that one's key. */
function move(db: WriteDb, before: StoredTurn, to: number): number {
  removeText(db, before);
  db.run('DELETE FROM turns WHERE id = ?', before.id);
  db.run('UPDATE spans SET turn = ? WHERE turn = ?', to, before.id);
  return conversationOfTurn(before.id);
}

function removeText(db: WriteDb, turn: StoredTurn): void {
  db.run(
    "INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', ?, ?)",
    turn.id,
    turn.text,
  );
}

const UPDATE_TURN = `UPDATE turns SET combination = ?, started_at = ?, facts = ?, messages = ?, text = ?
  WHERE id = ?`;
const INSERT_TURN = `INSERT INTO turns (combination, started_at, facts, messages, text, id, trace_id)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const INSERT_TEXT = 'INSERT INTO turns_fts (rowid, text) VALUES (?, ?)';
/** With a new key, the highest: so a revision (see conversation-row.ts) tells that something is different. */
const UPDATE_SPAN = `UPDATE spans SET key = (SELECT max(key) + 1 FROM spans), started_at = ?, record = ?
  WHERE turn = ? AND span_id = ?`;
const INSERT_SPAN = 'INSERT INTO spans (started_at, record, turn, span_id) VALUES (?, ?, ?, ?)';

function writeTurn(db: WriteDb, placed: Placed, combination: number): void {
  const { id, traceId, before, fresh, assembled, facts } = placed;
  const { turn } = assembled;
  const text = storable(assembled.text);
  const stays = before?.id === id;
  if (stays && before.text !== text) removeText(db, before);
  const values = [
    combination,
    turn.startedAt,
    encodeFacts(turn, facts),
    JSON.stringify(turn.messages),
    text,
    id,
  ];
  if (stays) db.statement(UPDATE_TURN).run(...values);
  else db.statement(INSERT_TURN).run(...values, traceId);
  if (!stays || before.text !== text) db.statement(INSERT_TEXT).run(id, text);
  const update = db.statement(UPDATE_SPAN);
  const insert = db.statement(INSERT_SPAN);
  for (const [spanId, { json, startedAt, known }] of fresh) {
    (known ? update : insert).run(startedAt, json, id, spanId);
  }
}
