/** Personal data leaves every span here, before anything of it is stored; see ../../masking. */
import { CONVERSATION_ATTRIBUTES } from '#core/analysis/turn-read.ts';
import type { WriteDb } from '#core/cache/db.ts';
import { Known } from '#core/masking/known.ts';
import { Masker } from '#core/masking/masker.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { IS_IMPORTED } from '#shared/util/imported.ts';
import { conversationOfTurn, turnRange } from './conversation-row.ts';
import { decode, storable } from './json.ts';

export interface ToldSpan {
  record: SpanRecord;
  json: string;
}

/** A conversation with the people that are known in it. */
interface Circle {
  /** The correlation ID. */
  conversation: string;
  known: Known;
  /** So many were known before this batch. */
  before: number;
  /** All that is stored of it is masked again. */
  again: boolean;
}

/** More words than these are not looked for one by one: all that is stored of the conversation is masked again. */
const MOST_WORDS = 12;
/** A text without what the spellings of a name differ in, as far as they are ASCII; see `nameKey`. */
const LOOSE = (text: string) =>
  `replace(replace(replace(replace(replace(lower(${text}), '''', ''), 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'aa', 'a')`;
/** Letters may lie in it that a name is spelled with too, as they are or encoded. Marks are none. */
const SPELLED_OTHERWISE = `(s.record GLOB '*[\u0080-\u27e5\u27e8-\u{10ffff}]*'
  OR instr(s.record, '\\u') > 0 OR instr(s.record, '%') > 0 OR instr(s.record, '&#') > 0)`;

const maskers = new WeakMap<WriteDb, { of: unknown; masker: Masker }>();

/** Null where the configuration wants no masking. */
export function maskerOf(db: WriteDb): Masker | null {
  const { masking } = db.settings;
  if (masking === null) return null;
  const had = maskers.get(db);
  if (had?.of === masking) return had.masker;
  const masker = new Masker(masking);
  maskers.set(db, { of: masking, masker });
  return masker;
}

/** The people of the conversations that one batch touches. */
export class People {
  readonly #db: WriteDb;
  readonly #masker: Masker | null;
  readonly #circles = new Map<string, Circle>();
  readonly #ofTrace = new Map<string, Circle>();
  #wipes = false;

  /** What an imported bundle tells of people must not change what is stored of others, nor the other way round. */
  readonly #side: string;

  constructor(db: WriteDb, side: 'live' | 'imported') {
    this.#db = db;
    this.#masker = maskerOf(db);
    this.#side = side === 'imported' ? IS_IMPORTED : `NOT ${IS_IMPORTED}`;
  }

  /** Masks all spans in place, each also by what the others of its conversation tell of people. */
  mask(traces: ReadonlyMap<string, ToldSpan[]>): void {
    if (this.#masker === null) return;
    this.#gather(traces);
    for (const [traceId, spans] of traces) this.#maskAll(traceId, spans);
    for (const [traceId, spans] of traces) if (this.#grew(traceId)) this.#maskAll(traceId, spans);
  }

  /** Turns that are stored and must be masked again: somebody they name became known only now. */
  late(): string[] {
    const traces: string[] = [];
    for (const circle of this.#circles.values()) {
      if (!circle.again && circle.known.size === circle.before) continue;
      for (const traceId of this.#turnsOf(circle)) {
        if (this.#ofTrace.has(traceId)) continue;
        this.#ofTrace.set(traceId, circle);
        traces.push(traceId);
      }
    }
    return traces;
  }

  /** What is stored of this turn may have to be masked again. */
  renews(traceId: string): boolean {
    return this.#grew(traceId) || this.#ofTrace.get(traceId)?.again === true;
  }

  /** A span that is stored, masked by what became known since; null when nothing is different. */
  again(traceId: string, json: string): ToldSpan | null {
    const circle = this.#ofTrace.get(traceId);
    if (circle === undefined || !this.renews(traceId)) return null;
    const span = { record: decode<SpanRecord>(json), json };
    this.#maskSpan(span, circle.known);
    if (span.json === json) return null;
    this.#wipe(true);
    return span;
  }

  /** All stored turns of these conversations are masked again, by the settings as they are now. */
  renew(keys: readonly number[]): void {
    const rows = this.#db.all<{ id: string; people: string }>(
      'SELECT id, people FROM conversations WHERE key IN (SELECT value FROM json_each(?))',
      JSON.stringify(keys),
    );
    for (const { id, people } of rows) this.#circle(id, people).again = true;
    // What one turn tells of people holds for those before it.
    for (const circle of this.#circles.values()) {
      for (const traceId of this.#turnsOf(circle)) {
        const turn = this.#db.value<number>('SELECT id FROM turns WHERE trace_id = ?', traceId);
        if (turn === undefined) continue;
        for (const json of this.#db.column<string>('SELECT record FROM spans WHERE turn = ?', turn))
          this.#masker?.record(decode<SpanRecord>(json), circle.known);
      }
    }
  }

  /** Once the conversations are written. */
  keep(): void {
    for (const { conversation, known, before } of this.#circles.values()) {
      if (known.size === before) continue;
      this.#db.run(
        `UPDATE conversations SET people = ? WHERE id = ? AND ${this.#side}`,
        JSON.stringify(known),
        conversation,
      );
    }
    if (this.#wipes) this.#wipe(false);
  }

  #grew(traceId: string): boolean {
    const circle = this.#ofTrace.get(traceId);
    return circle !== undefined && circle.known.size > circle.before;
  }

  #maskAll(traceId: string, spans: readonly ToldSpan[]): void {
    const known = this.#ofTrace.get(traceId)?.known;
    if (known) for (const span of spans) this.#maskSpan(span, known);
  }

  #maskSpan(span: ToldSpan, known: Known): void {
    const masked = this.#masker?.record(span.record, known) ?? span.record;
    if (masked === span.record) return;
    span.record = masked;
    span.json = JSON.stringify(masked);
  }

  /**
   * What was replaced must not stay in the file's free space, in the word index or in the log: where it lay is written over while
   * this is on, and the log is emptied after the transaction.
   */
  #wipe(on: boolean): void {
    if (this.#wipes === on) return;
    this.#wipes = on;
    this.#db.pragma(`secure_delete = ${on ? 'ON' : 'FAST'}`);
    this.#db.run(`INSERT INTO turns_fts (turns_fts, rank) VALUES ('secure-delete', ${on ? 1 : 0})`);
    if (this.#db.holdsOld === 'nowhere') this.#db.holdsOld = 'in the log';
  }

  /** Finds the conversation of each trace, and who is known in it: three questions for the whole batch. */
  #gather(traces: ReadonlyMap<string, ToldSpan[]>): void {
    const stored = this.#stored([...traces.keys()]);
    const names = new Map<string, string>();
    for (const [traceId, spans] of traces) {
      const name = told(spans) ?? stored.get(traceId)?.id ?? traceId;
      names.set(traceId, name);
    }
    const rows = this.#db.all<{ id: string; people: string }>(
      `SELECT id, people FROM conversations
       WHERE id IN (SELECT value FROM json_each(?)) AND people <> '{}' AND ${this.#side}`,
      JSON.stringify([...new Set(names.values())]),
    );
    for (const { id, people } of rows) this.#circle(id, people);
    for (const [traceId, name] of names) {
      const circle = this.#circle(name, '{}');
      this.#ofTrace.set(traceId, circle);
      const before = stored.get(traceId);
      // Its conversation is told only now: who was known where it lay is known there from now on.
      if (before !== undefined && before.id !== name) {
        circle.known.adopt(decode(before.people));
        circle.again = true;
      }
    }
  }

  /** Traces that are stored already → the conversation they are in. */
  #stored(traceIds: readonly string[]): Map<string, { id: string; people: string }> {
    const turns = this.#db.all<{ trace: string; turn: number }>(
      `SELECT trace_id AS trace, id AS turn FROM turns
       WHERE trace_id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(traceIds),
    );
    const found = new Map<string, { id: string; people: string }>();
    for (const { trace, turn } of turns) {
      const row = this.#db.get<{ id: string; people: string }>(
        'SELECT id, people FROM conversations WHERE key = ?',
        conversationOfTurn(turn),
      );
      if (row) found.set(trace, row);
    }
    return found;
  }

  #circle(conversation: string, people: string): Circle {
    const seen = this.#circles.get(conversation);
    if (seen !== undefined) {
      // Another service's part of the conversation.
      if (people !== '{}') {
        seen.known.adopt(decode(people));
        seen.before = seen.known.size;
      }
      return seen;
    }
    const known = new Known(decode(people));
    const circle: Circle = { conversation, known, before: known.size, again: false };
    this.#circles.set(conversation, circle);
    return circle;
  }

  /** Its stored turns in which a word may stand that is known only now. */
  #turnsOf({ conversation, known, again }: Circle): string[] {
    const words = [...known.fresh];
    const sought =
      !again && words.length <= MOST_WORDS && words.every((word) => /^[ -~]+$/.test(word));
    const keys = this.#db.column<number>(
      `SELECT key FROM conversations WHERE id = ? AND ${this.#side}`,
      conversation,
    );
    return keys.flatMap((key) => {
      const { from, to } = turnRange(key);
      return this.#db.column<string>(
        sought
          ? `SELECT trace_id FROM turns t WHERE id >= ?1 AND id < ?2 AND EXISTS (
               SELECT 1 FROM spans s, json_each(?3) w
               WHERE s.turn = t.id
                 AND (instr(${LOOSE('s.record')}, ${LOOSE('w.value')}) > 0 OR ${SPELLED_OTHERWISE}))`
          : 'SELECT trace_id FROM turns WHERE id >= ?1 AND id < ?2',
        from,
        to,
        ...(sought ? [JSON.stringify(words)] : []),
      );
    });
  }
}

/** The correlation ID that its best-known attribute names. */
function told(spans: readonly ToldSpan[]): string | null {
  let best: string | null = null;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const { record } of spans) {
    const { conversation, span } = record;
    if (conversation === null) continue;
    const rank = CONVERSATION_ATTRIBUTES.findIndex(
      (name) => span.attributes[name] === conversation,
    );
    if (rank >= bestRank) continue;
    best = conversation;
    bestRank = rank;
  }
  return best === null ? null : storable(best);
}
