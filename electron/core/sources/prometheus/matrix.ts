/**
 * Reads the answer of `query_range`. Nearly all of it are pairs `[1435781430.781,"0.5"]`: these are read straight from the
 * bytes into columns, and only what is left goes through JSON.parse and the schema.
 * Bytes that are not spelt as Prometheus spells them take the slow way, with the same result.
 */
import { z } from 'zod';
import { NightdeskError } from '#shared/errors/index.ts';
import { parseJson } from '../http-answer.ts';

/**
 * Values that are NaN or infinite are left out: without traffic PromQL answers such, and nobody is to blame. So are
 * points that are not newer than their predecessor.
 */
export interface Columns {
  /** Milliseconds, ascending. */
  ts: Float64Array;
  value: Float64Array;
}

export interface Matrix {
  series: { metric: Record<string, string>; columns: Columns }[];
  warnings: string[];
}

/** `values` is an index into the columns that were read beside it, or the pairs themselves. */
const Envelope = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.union([z.number().int(), z.array(z.unknown())]).default([]),
      }),
    ),
  }),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
});

/** The bytes cannot occur inside a JSON string: its quotes would be escaped. */
const VALUES = Buffer.from('"values":[');

/** Throws `bad_answer`; `where` names the request. */
export function parseMatrix(bytes: Uint8Array, where: string): Matrix {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { text, columns } = takeValues(buffer);
  const { data, warnings, infos } = parseJson(text, Envelope, where);
  const series = data.result.map(({ metric, values }) => {
    const own = typeof values === 'number' ? columns[values] : columnsOf(values, where);
    if (own === undefined) throw bad(where);
    return { metric, columns: own };
  });
  return { series, warnings: [...(warnings ?? []), ...(infos ?? [])] };
}

/** The text of the answer with every array of values replaced by its number, and the arrays. */
function takeValues(bytes: Buffer): { text: string; columns: Columns[] } {
  const columns: Columns[] = [];
  let text = '';
  let kept = 0;
  for (let at = bytes.indexOf(VALUES); at >= 0; at = bytes.indexOf(VALUES, at)) {
    const start = at + VALUES.byteLength;
    const reader = new PairReader(bytes, start);
    const read = reader.read();
    at = start;
    if (read === null) continue;
    text += `${bytes.toString('utf8', kept, start - 1)}${columns.length}`;
    columns.push(read);
    kept = reader.position;
    at = kept;
  }
  return { text: text + bytes.toString('utf8', kept), columns };
}

const COMMA = 44;
const QUOTE = 34;
const OPEN = 91;
const CLOSE = 93;
const EXACT = 2 ** 53;
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);

class PairReader {
  position: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.position = start;
  }

  /** Reads pairs up to and with the closing bracket; null when anything is spelt otherwise. */
  read(): Columns | null {
    const bytes = this.#bytes;
    // A pair takes at least 9 bytes and usually 20 to 40.
    let ts = new Float64Array(256);
    let value = new Float64Array(256);
    let count = 0;
    let last = Number.NEGATIVE_INFINITY;
    if (bytes[this.position] === CLOSE) {
      this.position++;
      return { ts: new Float64Array(), value: new Float64Array() };
    }
    for (;;) {
      if (bytes[this.position++] !== OPEN) return null;
      const at = Math.round(this.#number(COMMA, 1000) ?? Number.NaN);
      if (!Number.isFinite(at) || bytes[this.position++] !== QUOTE) return null;
      const one = this.#number(QUOTE, 1);
      if (one === null || bytes[this.position++] !== CLOSE) return null;
      if (Number.isFinite(one) && at > last) {
        if (count === ts.length) {
          ts = grown(ts);
          value = grown(value);
        }
        ts[count] = at;
        value[count] = one;
        count++;
        last = at;
      }
      const next = bytes[this.position++];
      if (next === CLOSE) break;
      if (next !== COMMA) return null;
    }
    return { ts: ts.slice(0, count), value: value.slice(0, count) };
  }

  /** A number times `scale` that ends before `stop`, and steps over `stop`; null when it is none. */
  #number(stop: number, scale: number): number | null {
    const bytes = this.#bytes;
    const start = this.position;
    let position = start;
    let char = bytes[position];
    const negative = char === 45;
    if (negative) char = bytes[++position];
    let digits = 0;
    let decimals = 0;
    while (char !== undefined && char >= 48 && char <= 57) {
      digits = digits * 10 + (char - 48);
      char = bytes[++position];
    }
    if (char === 46) {
      const point = position;
      char = bytes[++position];
      while (char !== undefined && char >= 48 && char <= 57) {
        digits = digits * 10 + (char - 48);
        char = bytes[++position];
      }
      decimals = position - point - 1;
    }
    if (char === stop && position > start && digits * scale < EXACT && decimals <= 22) {
      this.position = position + 1;
      const value = (digits * scale) / (POWERS[decimals] ?? 1);
      return negative ? -value : value;
    }
    // Too many digits for the exact way, an exponent, NaN or an infinity.
    const end = bytes.indexOf(stop, start);
    if (end < 0 || end - start > 64) return null;
    this.position = end + 1;
    const value = numberOf(bytes.toString('latin1', start, end));
    return value === null ? null : value * scale;
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

/** A value as Prometheus spells it; null when it is no number. */
function numberOf(text: string): number | null {
  if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : null;
}

/** The slow way: pairs that went through JSON.parse. */
function columnsOf(pairs: readonly unknown[], where: string): Columns {
  const ts = new Float64Array(pairs.length);
  const value = new Float64Array(pairs.length);
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) throw bad(where);
    const [seconds, text]: unknown[] = pair;
    if (typeof seconds !== 'number' || typeof text !== 'string') throw bad(where);
    const one = numberOf(text);
    if (one === null) throw bad(where);
    const at = Math.round(seconds * 1000);
    if (!Number.isFinite(one) || at <= last) continue;
    ts[count] = at;
    value[count] = one;
    count++;
    last = at;
  }
  return { ts: ts.slice(0, count), value: value.slice(0, count) };
}

function bad(where: string): NightdeskError {
  return new NightdeskError(
    'bad_answer',
    `${where}: data.result.values is not as expected: pairs of a time and a number in quotes.`,
  );
}
