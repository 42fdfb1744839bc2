/**
 * Reading protobuf from hostile bytes. `pbf` does not check lengths, so every length is checked here against
 * its message's end: a cut-off or made-up body is refused, never read past.
 */
import { PbfReader } from 'pbf';
import { milliseconds } from './limits.ts';
import { MalformedBody } from './raw.ts';

const FIXED64 = 1;
const BYTES = 2;
const MAX_NAMES = 4096;
const MAX_NAME_BYTES = 64;

export class Reader {
  readonly #pbf: PbfReader;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#pbf = new PbfReader(bytes);
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#pbf.pos;
  }

  moveTo(position: number): void {
    this.#pbf.pos = position;
  }

  /** Number of the next field of the message that ends at `end`, 0 at its end; what was not read is skipped. */
  next(end: number): number {
    const pbf = this.#pbf;
    const field = pbf.nextField(end);
    if (pbf.pos > end) throw cutOff();
    return field;
  }

  /** Where the length-delimited value here ends; moves to its first byte. */
  enter(end: number): number {
    const pbf = this.#pbf;
    if (pbf.type !== BYTES) throw wrongType();
    const stop = pbf.readVarint() + pbf.pos;
    if (!(stop <= end)) throw cutOff();
    return stop;
  }

  /** Bytes that are no UTF-8 become U+FFFD. */
  text(end: number): string {
    const stop = this.enter(end);
    const start = this.#pbf.pos;
    this.#pbf.pos = stop;
    return this.#bytes.toString('utf8', start, stop);
  }

  /** A text that comes again and again: attribute keys. Kept, so that it is decoded once. */
  name(end: number): string {
    const stop = this.enter(end);
    const start = this.#pbf.pos;
    this.#pbf.pos = stop;
    return stop - start > MAX_NAME_BYTES
      ? this.#bytes.toString('utf8', start, stop)
      : knownName(this.#bytes, start, stop);
  }

  base64(end: number): string {
    const stop = this.enter(end);
    const start = this.#pbf.pos;
    this.#pbf.pos = stop;
    return this.#bytes.toString('base64', start, stop);
  }

  /** Hex, or '' when it has not so many bytes. */
  id(end: number, bytes: number): string {
    const stop = this.enter(end);
    const start = this.#pbf.pos;
    this.#pbf.pos = stop;
    return stop - start === bytes ? this.#bytes.toString('hex', start, stop) : '';
  }

  milliseconds(): number {
    if (this.#pbf.type !== FIXED64) throw wrongType();
    return milliseconds(this.#pbf.readFixed64());
  }

  double(): number {
    if (this.#pbf.type !== FIXED64) throw wrongType();
    return this.#pbf.readDouble();
  }

  unsigned(): number {
    return this.#pbf.readVarint();
  }

  /** An int64; as text where a number would round it. */
  signed(): number | string {
    const pbf = this.#pbf;
    const from = pbf.pos;
    const value = pbf.readVarint(true);
    if (Number.isSafeInteger(value)) return value;
    let exact = 0n;
    for (let i = from, shift = 0n; i < pbf.pos; i++, shift += 7n) {
      exact |= BigInt((this.#bytes[i] ?? 0) & 0x7f) << shift;
    }
    return String(BigInt.asIntN(64, exact));
  }
}

interface Name {
  bytes: Uint8Array;
  text: string;
}

const names = new Map<number, Name>();

/** Names by a hash of their bytes (FNV-1a); a collision is only slower. */
function knownName(bytes: Buffer, start: number, stop: number): string {
  let hash = 0x811c9dc5;
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  const known = names.get(hash);
  if (known !== undefined && equal(known.bytes, bytes, start, stop)) return known.text;
  const text = bytes.toString('utf8', start, stop);
  if (known === undefined && names.size < MAX_NAMES) {
    names.set(hash, { bytes: Uint8Array.prototype.slice.call(bytes, start, stop), text });
  }
  return text;
}

function equal(known: Uint8Array, bytes: Buffer, start: number, stop: number): boolean {
  if (known.length !== stop - start) return false;
  for (let i = 0; i < known.length; i++) {
    if (known[i] !== bytes[start + i]) return false;
  }
  return true;
}

function wrongType(): MalformedBody {
  return new MalformedBody('The body is not OTLP protobuf: a field has the wrong type.');
}

function cutOff(): MalformedBody {
  return new MalformedBody('The body is not OTLP protobuf, or is cut off.');
}
