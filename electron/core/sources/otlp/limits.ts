/**
 * What one span may hold. A span is hostile input: whatever it carries is stored bounded, and what was
 * shortened says so in the span's `SHORTENED` attribute.
 */
export const SHORTENED = 'nightdesk.shortened';

/** Attributes whose text is the conversation: never cut before the whole span's budget is used up. */
const WHOLE = /^(gen_ai\.|ai\.|langfuse\.|traceloop\.|content$|message$|body$|tool_calls$)/;

const MAX_SPAN_CHARACTERS = 8 * 1024 * 1024;
const MAX_TEXT = 256 * 1024;
const MAX_KEY = 256;
const MAX_VALUES = 50_000;
const MAX_ATTRIBUTES = 1_000;
const MAX_WHOLE_ATTRIBUTES = 4_000;
const MAX_EVENTS = 2_000;
const MAX_NOTES = 20;
/** Nested deeper than this becomes JSON text. */
export const MAX_DEPTH = 16;
/** Nested deeper than this is left out. */
export const MAX_READ_DEPTH = 64;

export type Attributes = Record<string, unknown>;

export class Budget {
  #characters = MAX_SPAN_CHARACTERS;
  #values = MAX_VALUES;
  #notes: string[] | null = null;
  #left = 0;

  /** Text that fits, in whole characters only; `key` names the attribute in the note. */
  text(text: string, key: string): string {
    let kept = text;
    if (text.length > MAX_TEXT || text.length > this.#characters) {
      const most = WHOLE.test(key) ? this.#characters : Math.min(MAX_TEXT, this.#characters);
      if (text.length > most) {
        kept = text.slice(0, most);
        this.note(`${key.slice(0, 80)}: ${most} of ${text.length} characters`);
      }
    }
    this.#characters -= kept.length;
    return kept.isWellFormed() ? kept : kept.toWellFormed();
  }

  /** False when the span has had its number of values; nested values count each. */
  value(): boolean {
    if (this.#values > 0) {
      this.#values--;
      return true;
    }
    if (this.#left++ === 0) this.note(`values beyond the first ${MAX_VALUES} left out`);
    return false;
  }

  /** True once a value was refused. */
  get spent(): boolean {
    return this.#left > 0;
  }

  event(count: number): boolean {
    if (count < MAX_EVENTS) return true;
    if (count === MAX_EVENTS) this.note(`events beyond the first ${MAX_EVENTS} left out`);
    return false;
  }

  /** True when an attribute with this key still fits beside `count` others. */
  attribute(key: string, count: number): boolean {
    if (count < MAX_ATTRIBUTES || (count < MAX_WHOLE_ATTRIBUTES && WHOLE.test(key))) return true;
    this.note(`attributes beyond the first ${MAX_ATTRIBUTES} left out`);
    return false;
  }

  note(text: string): void {
    this.#notes ??= [];
    if (this.#notes.length < MAX_NOTES && !this.#notes.includes(text)) this.#notes.push(text);
  }

  /** What was shortened, in words; null when nothing was. */
  get notes(): string[] | null {
    return this.#notes;
  }
}

/** Nanoseconds → milliseconds with a fraction, to the microsecond; 0 for what is no time. */
export function milliseconds(nanos: number): number {
  return nanos > 0 && nanos < Number.POSITIVE_INFINITY ? Math.round(nanos / 1000) / 1000 : 0;
}

/** Sets an attribute; the first of two with one key stays, as the specification allows no second. */
export function put(into: Attributes, key: string, value: unknown): boolean {
  const name = key.length > MAX_KEY ? `${key.slice(0, MAX_KEY - 1)}…` : key;
  if (into[name] !== undefined && Object.hasOwn(into, name)) return false;
  if (name === '__proto__') {
    Object.defineProperty(into, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    into[name] = value;
  }
  return true;
}

/** An integer as a number, or as text where a number would round it. */
export function integer(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return value ?? null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A double as JSON can say it: what is not finite becomes its name. */
export function double(value: number): unknown {
  return Number.isFinite(value) ? value : String(value);
}
