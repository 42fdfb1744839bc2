/**
 * Reads an exposition, the Prometheus text format 0.0.4 or OpenMetrics 1.0, chunk by chunk as it arrives.
 *
 * Built for millions of lines: a line's series (all before the value) is compared as bytes with the
 * series that followed its predecessor the last time, since expositions repeat their order; only a series never seen is
 * decoded. No object is made per line.
 */
import {
  checkExemplar,
  LineError,
  parseComment,
  parseNumber,
  parseSeries,
} from './exposition-text.ts';

/** What the reader needs of the world: what a series means, and where samples go. */
export interface ExpositionSink<T> {
  /** Asked once per spelling of a series; null when nobody wants it. */
  resolve(name: string, labels: Record<string, string>): T | null;
  /** `ts` in milliseconds, NaN when the line carries none. */
  sample(series: T, value: number, ts: number): void;
  /** A line that cannot be used, counted from 1. */
  reject(reason: string, line: number): void;
}

interface Spelling<T> {
  bytes: Uint8Array;
  labelled: boolean;
  series: T | null;
  /** What came after it the last time. */
  next: Spelling<T> | null;
}

/** What can be kept from one document of a target to the next: the spellings of its series. */
export class Spellings<T> {
  readonly byText = new Map<string, Spelling<T>>();
  first: Spelling<T> | null = null;

  /** Forgets all when there are far more than a document has: a target whose labels keep changing. */
  bound(samples: number): void {
    if (this.byText.size <= samples * 2 + 1000) return;
    this.byText.clear();
    this.first = null;
  }
}

const MAX_LINE = 1 << 20;
const NEWLINE = 10;
const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const EXACT = 2 ** 53;
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);

export class ExpositionReader<T> {
  /** Lines and samples so far; samples nobody wants count too. */
  lines = 0;
  samples = 0;
  /** Lines that could not be used. */
  refused = 0;
  /** `# EOF` was there. */
  complete = false;
  readonly #sink: ExpositionSink<T>;
  readonly #openMetrics: boolean;
  readonly #spellings: Spellings<T>;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #rest: Buffer = Buffer.alloc(0);
  #skipping = false;
  #predicted: Spelling<T> | null;
  #previous: Spelling<T> | null = null;
  /** Where the part read last ends. */
  #position = 0;

  constructor(sink: ExpositionSink<T>, openMetrics: boolean, spellings = new Spellings<T>()) {
    this.#sink = sink;
    this.#openMetrics = openMetrics;
    this.#spellings = spellings;
    this.#predicted = spellings.first;
  }

  /** Reads the next bytes of the document, up to the last line end in them. */
  push(chunk: Uint8Array): void {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#rest.byteLength > 0) bytes = Buffer.concat([this.#rest, bytes]);
    const stop = bytes.lastIndexOf(NEWLINE) + 1;
    let position = 0;
    if (this.#skipping && stop > 0) {
      position = bytes.indexOf(NEWLINE) + 1;
      this.#skipping = false;
    }
    while (position < stop) position = this.#line(bytes, position);
    // Copied, because the chunk may be used again by whoever lent it.
    this.#rest = this.#skipping ? Buffer.alloc(0) : Buffer.from(bytes.subarray(stop));
    if (this.#rest.byteLength > MAX_LINE) {
      this.lines++;
      this.#refuse('a line of more than 1 MB');
      this.#rest = Buffer.alloc(0);
      this.#skipping = true;
    }
  }

  /** The document has ended. Only `# EOF` may stand without a line end; a sample could be half a number. */
  end(): void {
    const rest = this.#rest.toString('latin1').trimEnd();
    this.#rest = Buffer.alloc(0);
    if (rest === '# EOF') this.complete = true;
    else if (rest !== '') {
      this.lines++;
      this.#refuse('a last line without an end');
    }
    this.#spellings.bound(this.samples);
  }

  /** Reads the line at `start`; answers where the next one begins. There is a line end somewhere ahead. */
  #line(bytes: Buffer, start: number): number {
    this.lines++;
    const first = bytes[start];
    if (first === NEWLINE) return start + 1;
    this.#position = start;
    try {
      if (first === HASH) {
        this.#comment(bytes, start);
      } else if (this.complete) {
        throw new LineError('a line after # EOF');
      } else {
        this.#sample(bytes, start);
      }
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const end = bytes.indexOf(NEWLINE, start);
      // An empty line with spaces or a carriage return is none.
      if (bytes.toString('latin1', start, end).trim() !== '') this.#refuse(error.message);
      return end + 1;
    }
    return this.#position + 1;
  }

  #refuse(reason: string): void {
    this.refused++;
    this.#sink.reject(reason, this.lines);
  }

  #comment(bytes: Buffer, start: number): void {
    const end = bytes.indexOf(NEWLINE, start);
    this.#position = end;
    if (parseComment(bytes.toString('latin1', start, end).trimEnd())) {
      this.complete = this.#openMetrics;
    }
  }

  #sample(bytes: Buffer, start: number): void {
    const spelling = this.#spelling(bytes, start);
    let position = start + spelling.bytes.byteLength;
    let value = this.#number(bytes, position, 1);
    if (Number.isNaN(value)) value = this.#slowNumber(bytes, position, 1);
    position = this.#position;
    let ts = Number.NaN;
    let char = bytes[position] ?? NEWLINE;
    if (char !== NEWLINE) {
      position = skipSpace(bytes, position);
      char = bytes[position] ?? NEWLINE;
      if (char !== NEWLINE && char !== HASH) {
        // OpenMetrics writes seconds, the text format milliseconds.
        const scale = this.#openMetrics ? 1000 : 1;
        ts = this.#number(bytes, position, scale);
        if (Number.isNaN(ts)) ts = this.#slowNumber(bytes, position, scale);
        if (!Number.isFinite(ts)) throw new LineError('a timestamp that is no number');
        position = skipSpace(bytes, this.#position);
        char = bytes[position] ?? NEWLINE;
      }
      if (char !== NEWLINE) {
        const end = bytes.indexOf(NEWLINE, position);
        if (char !== HASH || !this.#openMetrics) {
          throw new LineError('something after the value and the timestamp');
        }
        checkExemplar(bytes.toString('latin1', position, end).trimEnd());
        position = end;
      }
    }
    this.#position = position;
    this.samples++;
    if (spelling.series !== null) this.#sink.sample(spelling.series, value, ts);
  }

  /** The series of the line, and links it to the one before. */
  #spelling(bytes: Buffer, start: number): Spelling<T> {
    let spelling = this.#predicted;
    if (spelling === null || !startsWith(bytes, start, spelling)) {
      spelling = this.#lookUp(bytes, start);
      if (this.#previous === null) this.#spellings.first = spelling;
      else this.#previous.next = spelling;
    }
    this.#previous = spelling;
    this.#predicted = spelling.next;
    return spelling;
  }

  #lookUp(bytes: Buffer, start: number): Spelling<T> {
    const end = endOfSeries(bytes, start);
    const key = bytes.toString('latin1', start, end);
    const known = this.#spellings.byText.get(key);
    if (known !== undefined) return known;
    const own = Uint8Array.from(bytes.subarray(start, end));
    let text: string;
    try {
      text = this.#utf8.decode(own);
    } catch {
      throw new LineError('bytes that are not UTF-8');
    }
    const { name, labels } = parseSeries(text);
    const spelling: Spelling<T> = {
      bytes: own,
      labelled: text.includes('{'),
      series: this.#sink.resolve(name, labels),
      next: null,
    };
    this.#spellings.byText.set(key, spelling);
    return spelling;
  }

  /**
   * A plain decimal number times `scale`, exact while its digits fit 2^53 (Clinger's fast path);
   * NaN when it is anything else, which `#slowNumber` then reads.
   */
  #number(bytes: Buffer, start: number, scale: number): number {
    let position = start;
    let char = bytes[position] ?? NEWLINE;
    while (char === SPACE || char === TAB) char = bytes[++position] ?? NEWLINE;
    const negative = char === 45;
    if (negative) char = bytes[++position] ?? NEWLINE;
    const begin = position;
    let digits = 0;
    while (char >= 48 && char <= 57) {
      digits = digits * 10 + (char - 48);
      char = bytes[++position] ?? NEWLINE;
    }
    let decimals = 0;
    if (position === begin) return Number.NaN;
    if (char === 46) {
      const point = position;
      char = bytes[++position] ?? NEWLINE;
      while (char >= 48 && char <= 57) {
        digits = digits * 10 + (char - 48);
        char = bytes[++position] ?? NEWLINE;
      }
      decimals = position - point - 1;
    }
    if ((char !== NEWLINE && char !== SPACE) || digits * scale >= EXACT || decimals > 22) {
      return Number.NaN;
    }
    this.#position = position;
    const value = (digits * scale) / (POWERS[decimals] ?? 1);
    return negative ? -value : value;
  }

  #slowNumber(bytes: Buffer, start: number, scale: number): number {
    const from = skipSpace(bytes, start);
    let end = from;
    while ((bytes[end] ?? NEWLINE) > SPACE) end++;
    const value = parseNumber(bytes.toString('latin1', from, end));
    this.#position = skipSpace(bytes, end);
    return value * scale;
  }
}

function startsWith<T>(bytes: Buffer, start: number, spelling: Spelling<T>): boolean {
  const own = spelling.bytes;
  const length = own.length;
  for (let index = 0; index < length; index++) {
    if (bytes[start + index] !== own[index]) return false;
  }
  const after = bytes[start + length];
  if (after !== SPACE && after !== TAB) return false;
  // `name {…}` is another series than `name`.
  return spelling.labelled || bytes[skipSpace(bytes, start + length)] !== OPEN;
}

/** Where the value's part begins: after the braces, or after the name. Throws LineError. */
function endOfSeries(bytes: Buffer, start: number): number {
  let position = start;
  let char = bytes[position] ?? NEWLINE;
  while (char !== OPEN && char !== SPACE && char !== TAB && char !== NEWLINE) {
    char = bytes[++position] ?? NEWLINE;
  }
  const brace = skipSpace(bytes, position);
  if (bytes[brace] !== OPEN) {
    if (char === NEWLINE) throw new LineError('no value');
    return position;
  }
  position = brace + 1;
  let quoted = false;
  for (;;) {
    char = bytes[position] ?? NEWLINE;
    if (char === NEWLINE) throw new LineError('labels without an end');
    if (char === QUOTE) quoted = !quoted;
    else if (quoted && char === BACKSLASH && bytes[position + 1] !== NEWLINE) position++;
    else if (!quoted && char === CLOSE) return position + 1;
    position++;
  }
}

function skipSpace(bytes: Buffer, start: number): number {
  let position = start;
  let char = bytes[position];
  while (char === SPACE || char === TAB || char === 13) char = bytes[++position];
  return position;
}
