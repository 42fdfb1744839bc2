/**
 * Replaces values inside JSON text and leaves every other byte as it is: numbers of twenty digits, spaces, the order and repetition
 * of keys. What breaks off or is no JSON from some place on is handled up to there. Linear, and without recursion of its own.
 */
import type { Place } from './fields.ts';
import { isOfPerson } from './persons.ts';

export interface Replace {
  /** The text in the place of a value; the same text = it stays. */
  text(value: string, place: Place): string;
  /** The text in the place of a number, or null = it stays. */
  number(value: string, place: Place): string | null;
  /** What is no JSON, or the name of a field. */
  plain(text: string): string;
}

interface Frame {
  list: boolean;
  /** The field that this is the value of. */
  field: string | null;
  ofPerson: boolean;
  /** Of an object: the field whose value comes next. */
  next: string | null;
  fields: string[];
  values: Value[];
}

/** Between the quotes, or of a number. */
interface Value {
  from: number;
  to: number;
  field: string | null;
  quoted: boolean;
}

interface Edit {
  from: number;
  to: number;
  text: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LITERAL = /(?:-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)(?=[\s,\]}]|$)/y;

/** `ofPerson`: what it is as a whole is a person. */
export function replaceInJson(text: string, replace: Replace, ofPerson = false): string {
  const edits: Edit[] = [];
  const stack: Frame[] = [];
  let at = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Spaces, commas and colons only separate here.
    if (code <= 0x20 || code === 0x2c || code === 0x3a) continue;
    const frame = stack.at(-1);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (frame && !frame.list && frame.next === null) {
        if (end < 0) break;
        frame.next = text.slice(at + 1, end);
        frame.fields.push(frame.next);
        editName(frame.next, at + 1);
      } else {
        take({
          from: at + 1,
          to: end < 0 ? text.length : end,
          field: fieldOf(frame),
          quoted: true,
        });
      }
      at = end < 0 ? text.length : end;
    } else if (code === 0x7b || code === 0x5b) {
      const field = fieldOf(frame);
      if (frame) frame.next = null;
      stack.push({
        list: code === 0x5b,
        field,
        ofPerson: within(frame, field),
        next: null,
        fields: [],
        values: [],
      });
    } else if (code === 0x7d || code === 0x5d) {
      if (frame === undefined || frame.list !== (code === 0x5d)) break;
      stack.pop();
      close(frame);
      if (stack.length === 0) {
        at++;
        break;
      }
    } else {
      LITERAL.lastIndex = at;
      const literal = LITERAL.exec(text)?.[0];
      if (literal === undefined) break;
      const number = code === 0x2d || (code >= 0x30 && code <= 0x39);
      if (number) take({ from: at, to: at + literal.length, field: fieldOf(frame), quoted: false });
      else if (frame) frame.next = null;
      at += literal.length - 1;
    }
  }
  while (stack.length > 0) {
    const frame = stack.pop();
    if (frame) close(frame);
  }
  if (at < text.length) edit(at, text.length, replace.plain(text.slice(at)));
  return applied(text, edits);

  /** Of a list: the field that the whole list is the value of. */
  function fieldOf(frame: Frame | undefined): string | null {
    return frame === undefined || frame.list ? (frame?.field ?? null) : frame.next;
  }

  function within(frame: Frame | undefined, field: string | null): boolean {
    const outer = frame?.ofPerson ?? ofPerson;
    return field === null ? outer : isOfPerson(field, outer);
  }

  function take(value: Value): void {
    const frame = stack.at(-1);
    // What stands beside a value is known once its object ends.
    if (frame && !frame.list) {
      frame.values.push(value);
      frame.next = null;
    } else change(value, [], frame?.ofPerson ?? ofPerson);
  }

  function close({ values, fields, ofPerson }: Frame): void {
    for (const value of values) change(value, fields, ofPerson);
  }

  function change(
    { from, to, field, quoted }: Value,
    siblings: readonly string[],
    ofPerson: boolean,
  ): void {
    const raw = text.slice(from, to);
    const place = { field, siblings: () => siblings, ofPerson };
    if (!quoted) {
      const put = replace.number(raw, place);
      if (put !== null) edit(from, to, JSON.stringify(put));
      return;
    }
    const value = raw.includes('\\') ? opened(raw) : raw;
    const put = replace.text(value, place);
    if (put !== value) edit(from, to, value === raw ? put : JSON.stringify(put).slice(1, -1));
  }

  function editName(name: string, from: number): void {
    const put = replace.plain(name);
    if (put !== name) edit(from, from + name.length, put);
  }

  function edit(from: number, to: number, put: string): void {
    edits.push({ from, to, text: put });
  }
}

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** Without its escapes; as it stands where they are none. */
function opened(raw: string): string {
  try {
    const value: unknown = JSON.parse(`"${raw}"`);
    return typeof value === 'string' ? value : raw;
  } catch {
    return raw;
  }
}

function applied(text: string, edits: Edit[]): string {
  if (edits.length === 0) return text;
  edits.sort((a, b) => a.from - b.from);
  const pieces: string[] = [];
  let done = 0;
  for (const { from, to, text: put } of edits) {
    pieces.push(text.slice(done, from), put);
    done = to;
  }
  pieces.push(text.slice(done));
  return pieces.join('');
}
