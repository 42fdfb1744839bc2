/**
 * Replaces personal data by marks such as `⟦email k3f9⟧`. The same value gets the same mark, also after a restart and in another
 * batch: its four signs are a keyed hash of it, and nothing has to be remembered for it. So a tool call and its recorded result
 * still fit each other. Marks that stand in a text stay: masked once or twice, it is the same.
 */
import { hash } from 'node:crypto';
import { isFields } from '#core/analysis/turn-parse.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { boundedPattern } from '#shared/util/bounded-pattern.ts';
import { PLACEHOLDERS, placeholder, SIGN_LETTERS, splitMarks } from '#shared/util/placeholder.ts';
import { answersOfPeople } from './answers.ts';
import { daysIn, isBirth, tellsBirth } from './dates.ts';
import { DETECTORS } from './detectors.ts';
import { kindOfField, moreFields, type Place } from './fields.ts';
import { fold, folded, isEncoded } from './fold.ts';
import { compact, type Detector, type Found } from './found.ts';
import { type Replace, replaceInJson } from './json-text.ts';
import { Known } from './known.ts';
import { isOfPerson } from './persons.ts';
import type { MaskingSettings } from './settings.ts';
import { CODED, DATED, STRANGE, suspicion } from './suspicion.ts';
import { findKnown, namesIn } from './words.ts';

/** Attributes that name things and no people: ids, models, versions, flags, services. */
const TECHNICAL =
  /^(?:session\.id$|thread_id$|langfuse\.session\.id$|gen_ai\.(?:conversation\.id|request\.|response\.|usage\.|system$|provider\.|operation\.|tool\.(?:name|type|call\.id)$|agent\.|token\.|server\.)|ai\.(?:model|prompt|index)\.|feature_flag\.(?:key|result|variant|set|provider)|service\.|telemetry\.|deployment\.|nightdesk\.)/;
const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;
/** Objects nested deeper than any source lets through. */
const MAX_DEPTH = 200;
/** So often is looked at what is left between finds. */
const LOOKS = 8;
const TOO_DEEP = 'left out: nested too deeply to be masked';
/** What the span of a tool is named with where no attribute names the tool. */
const CALLS = 'execute_tool ';
/** A hash takes microseconds; the same words come again and again. */
const HASHES_KEPT = 20_000;

export class Masker {
  /** Long, random, and before the value: nobody can try out values without it. */
  readonly #key: string;
  /** The configured ones. */
  readonly #own: readonly Detector[];
  readonly #fields: ReadonlyMap<string, string>;
  readonly #hashes = new Map<string, string>();
  readonly #hashOf = (word: string) => this.#hash(word);

  constructor({ key, patterns, fields }: MaskingSettings) {
    this.#key = Buffer.from(key).toString('base64');
    this.#own = Object.entries(patterns).map(([kind, pattern]) => configured(kind, pattern));
    this.#fields = moreFields(fields);
  }

  /**
   * The record with its texts masked; the same object when there was nothing. What structured data tells of people is
   * added to `known`; what was said before it was told is found by masking again.
   */
  record(record: SpanRecord, known: Known): SpanRecord {
    const { span, conversation } = record;
    const ofPerson = looksUpPerson(record);
    // Whom they tell of is known then, and masked below wherever the name stands.
    for (const answer of answersOfPeople(span.attributes)) this.text(answer, known, true);
    const attributes = this.#attributes(span.attributes, known, conversation, ofPerson);
    let events = span.events;
    for (const [place, event] of events.entries()) {
      const masked = this.#attributes(event.attributes, known, conversation, ofPerson);
      if (masked === event.attributes) continue;
      if (events === span.events) events = [...events];
      events[place] = { ...event, attributes: masked };
    }
    const statusMessage = this.text(span.statusMessage, known);
    const name = this.text(span.name, known);
    if (
      attributes === span.attributes &&
      events === span.events &&
      statusMessage === span.statusMessage &&
      name === span.name
    ) {
      return record;
    }
    return { ...record, span: { ...span, name, attributes, events, statusMessage } };
  }

  /**
   * A text of any kind: JSON is looked into, field by field. The same text when there is nothing in it. `ofPerson`: what is told
   * in it is a person.
   */
  text(text: string, known: Known, ofPerson = false): string {
    if (text.length < 2) return text;
    return isJson(text)
      ? replaceInJson(text, this.#inJson(known), ofPerson)
      : this.#plain(text, known);
  }

  /** `keep`: the correlation ID. Whatever it looks like, it is what the conversation is found by. */
  #attributes(
    attributes: Record<string, unknown>,
    known: Known,
    keep: string | null,
    ofPerson: boolean,
  ) {
    let changed: Record<string, unknown> | null = null;
    const siblings = () => Object.keys(attributes);
    for (const name in attributes) {
      const value = attributes[name];
      if (value === keep || typeof value === 'boolean' || TECHNICAL.test(name)) continue;
      const masked = this.#value(value, { field: name, siblings, ofPerson }, known, 0);
      if (masked === value) continue;
      changed ??= { ...attributes };
      changed[name] = masked;
    }
    return changed ?? attributes;
  }

  #value(value: unknown, place: Place, known: Known, depth: number): unknown {
    if (typeof value === 'string') return this.#field(value, place, known);
    if (typeof value === 'number') return this.#number(String(value), place, known) ?? value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) return TOO_DEEP;
    const ofPerson = within(place);
    if (Array.isArray(value)) {
      const inList = { field: place.field, siblings: () => [], ofPerson };
      const masked = value.map((one) => this.#value(one, inList, known, depth + 1));
      return masked.some((one, at) => one !== value[at]) ? masked : value;
    }
    if (!isFields(value)) return value;
    const before = Object.entries(value);
    const siblings = () => Object.keys(value);
    const masked = before.map(
      ([field, one]) =>
        [
          this.#name(field, known),
          this.#value(one, { field, siblings, ofPerson }, known, depth + 1),
        ] as const,
    );
    const same = masked.every(
      ([name, one], at) => before[at]?.[0] === name && before[at][1] === one,
    );
    return same ? value : Object.fromEntries(masked);
  }

  #inJson(known: Known): Replace {
    return {
      text: (value, place) => this.#field(value, place, known),
      number: (value, place) => this.#number(value, place, known),
      plain: (text) => (text.length < 60 ? this.#name(text, known) : this.#plain(text, known)),
    };
  }

  #field(value: string, place: Place, known: Known): string {
    const kind = kindOfField(place, this.#fields, value);
    if (kind !== null) return this.#personal(value, kind, known);
    return this.text(value, known, isJson(value) && within(place));
  }

  /** Null = it stays. */
  #number(value: string, place: Place, known: Known): string | null {
    const kind = kindOfField(place, this.#fields, value);
    return kind === null ? null : this.#personal(value, kind, known);
  }

  /** The name of a field, which may be somebody's address: `{"ana@example.com": …}`. */
  #name(name: string, known: Known): string {
    return name.length < 6 ? name : this.#plain(name, known);
  }

  /** The whole value of a field that holds personal data. */
  #personal(value: string, kind: string, known: Known): string {
    if (value.replaceAll(PLACEHOLDERS, '').trim() === '') return value;
    if (kind === 'name') return this.#personsName(value, known);
    const plain = folded(value);
    if (kind === 'birth date') {
      const [day] = daysIn(plain);
      if (day) return this.#birth(day.days, known);
    }
    if (kind === 'card end') this.#learn(plain.replace(/\D/g, ''), kind, known);
    if (kind === 'postcode') this.#learn(plain.trim().toLowerCase(), kind, known);
    return this.#mark(kind, canonical(plain, kind));
  }

  /** Word by word, so that it is the same where only a part of it is said. */
  #personsName(value: string, known: Known): string {
    const put = (part: string) => {
      const { text, placeOf } = fold(part);
      const names = namesIn(text, known, this.#hashOf);
      for (const key of names.flatMap(({ keys }) => keys)) this.#learn(key, 'name', known);
      const found = names.map((one) => ({ ...one, from: placeOf(one.from), to: placeOf(one.to) }));
      return this.#put(part, found, known, 0);
    };
    // Whoever is known already may be known by an older spelling only.
    const named = outsideMarks(this.#plain(value, new Known()), put);
    return this.#plain(named, known);
  }

  /** Learns the day in all its readings, and answers the mark of the first. */
  #birth(days: readonly string[], known: Known): string {
    const told =
      days.find((day) => known.kindOf(this.#hash(day)) === 'birth date') ?? days[0] ?? '';
    for (const day of days) known.learn(this.#hash(day), 'birth date', day.slice(0, 4));
    return this.#mark('birth date', told);
  }

  #learn(word: string, kind: string, known: Known): void {
    known.learn(this.#hash(word), kind, word);
  }

  #plain(text: string, known: Known): string {
    return known.once(text, (whole) => outsideMarks(whole, (part) => this.#part(part, known)));
  }

  #part(text: string, known: Known, looks = LOOKS): string {
    const bits = suspicion(text);
    if (bits === 0 && known.size === 0 && this.#own.length === 0) return text;
    const found: Found[] = [];
    this.#findOwn(text, found);
    if ((bits & STRANGE) !== 0 || ((bits & CODED) !== 0 && isEncoded(text))) {
      const { text: plain, placeOf } = fold(text);
      const inPlain: Found[] = [];
      this.#findOwn(plain, inPlain);
      this.#find(plain, suspicion(plain), known, inPlain);
      for (const one of inPlain)
        found.push({ ...one, from: placeOf(one.from), to: placeOf(one.to) });
    } else this.#find(text, bits, known, found);
    return found.length === 0 ? text : this.#put(text, apart(found), known, looks - 1);
  }

  /** What is configured is looked for in the text as it came, too. */
  #findOwn(text: string, found: Found[]): void {
    for (const detect of this.#own) for (const one of detect(text)) found.push(one);
  }

  /** In a text that is folded. `bits`: what is suspected of it. */
  #find(text: string, bits: number, known: Known, found: Found[]): void {
    // Half the figures of a tool's result are moments.
    const moment = text.length < 36 && MOMENT.test(text);
    for (const { needs, detect } of DETECTORS) {
      if ((needs & bits) !== 0 && !moment) for (const one of detect(text)) found.push(one);
    }
    if ((bits & DATED) !== 0 && (known.births || (!moment && tellsBirth(text)))) {
      const days = moment ? [{ from: 0, to: 10, days: [text.slice(0, 10)] }] : daysIn(text);
      for (const { from, to, days: readings } of days) {
        const told = readings.find((day) => known.kindOf(this.#hash(day)) === 'birth date');
        if (told === undefined && !isBirth(text, from)) continue;
        if (told === undefined) this.#birth(readings, known);
        found.push({ from, to, kind: 'birth date', value: told ?? readings[0] ?? '' });
      }
    }
    if (known.size > 0) {
      for (const one of findKnown(text, known, this.#hashOf, (bits & DATED) !== 0)) found.push(one);
    }
  }

  /** What stands between is looked at once more, by itself: glued to a number, the next one did not look like a number. */
  #put(text: string, found: readonly Found[], known: Known, looks: number): string {
    const left = (from: number, to?: number) => {
      const piece = text.slice(from, to);
      return looks > 0 ? this.#part(piece, known, looks) : piece;
    };
    let masked = '';
    let done = 0;
    for (const { from, to, kind, value } of found) {
      masked += left(done, from) + this.#mark(kind, value);
      done = to;
    }
    return masked + left(done);
  }

  #mark(kind: string, value: string): string {
    return placeholder(kind, this.#hash(value).slice(0, 4));
  }

  #hash(value: string): string {
    const seen = this.#hashes.get(value);
    if (seen !== undefined) return seen;
    const digest = hash('sha256', this.#key + value.normalize('NFC'), 'buffer');
    const letters = SIGN_LETTERS.length;
    const made = Array.from(digest.subarray(0, 10), (byte) => SIGN_LETTERS[byte % letters]).join(
      '',
    );
    if (this.#hashes.size >= HASHES_KEPT) this.#hashes.clear();
    this.#hashes.set(value, made);
    return made;
  }
}

/** Or what begins like it. */
function isJson(text: string): boolean {
  let first = 0;
  while (text.charCodeAt(first) <= 0x20) first++;
  const sign = text.charCodeAt(first);
  return sign === 0x7b || sign === 0x5b;
}

/** Whether what a value holds, when it holds more, is a person. */
function within({ field, ofPerson }: Place): boolean {
  return field === null ? ofPerson : isOfPerson(field, ofPerson);
}

/** Whether it is the call of a tool that answers with people. */
function looksUpPerson({ span }: SpanRecord): boolean {
  const tool =
    span.attributes['gen_ai.tool.name'] ??
    (span.name.startsWith(CALLS) ? span.name.slice(CALLS.length) : null);
  return typeof tool === 'string' && isOfPerson(tool, false);
}

/** By place, none over another: where two overlap, what was found first stays. */
function apart(found: readonly Found[]): Found[] {
  const ranked = found.map((one, rank) => ({ one, rank }));
  ranked.sort((a, b) => a.one.from - b.one.from || a.rank - b.rank);
  const kept: typeof ranked = [];
  for (const next of ranked) {
    const last = kept.at(-1);
    if (last === undefined || last.one.to <= next.one.from) kept.push(next);
    else if (next.rank < last.rank) kept[kept.length - 1] = next;
  }
  return kept.map(({ one }) => one);
}

function outsideMarks(text: string, change: (part: string) => string): string {
  if (!text.includes('⟦')) return change(text);
  return splitMarks(text)
    .map((piece) =>
      typeof piece === 'string' ? change(piece) : placeholder(piece.kind, piece.sign),
    )
    .join('');
}

/** One spelling of a value, as the detectors give it for the same value in running text. */
function canonical(value: string, kind: string): string {
  if (kind === 'phone') return value.replace(/\D/g, '').replace(/^00/, '');
  if (kind === 'iban' || kind === 'card' || kind === 'id') return compact(value);
  if (kind === 'address') {
    return value
      .toLowerCase()
      .replace(/[\s.,]+/g, ' ')
      .trim();
  }
  return value.trim().toLowerCase();
}

/** The configuration has been checked: what cannot be used finds nothing. */
function configured(kind: string, pattern: string): Detector {
  const bounded = boundedPattern(pattern);
  if ('problem' in bounded) return () => [];
  const shape = new RegExp(bounded.source, 'gu');
  return function* own(text) {
    for (const { 0: value, index } of text.matchAll(shape)) {
      if (value !== '') yield { from: index, to: index + value.length, kind, value };
    }
  };
}
