/**
 * OTLP in protobuf; field numbers are those of opentelemetry-proto 1.x (trace/v1, logs/v1, common/v1,
 * resource/v1). `pbf` does not check lengths, so every length is checked here against its message's end:
 * a cut-off or hostile body is refused, never read past.
 */
import { PbfReader } from 'pbf';
import { asJson } from '#core/analysis/turn-parse.ts';
import { type Attributes, Budget, double, MAX_DEPTH, MAX_READ_DEPTH, put } from './limits.ts';
import { MalformedBody, type Raw, type RawEvent, type RawLog, type RawSpan } from './raw.ts';

const FIXED64 = 1;
const BYTES = 2;

interface Reader {
  pbf: PbfReader;
  bytes: Buffer;
}

/** Throws MalformedBody while it is iterated, when the bytes are no export request. */
export function protobufSpans(body: Buffer): Raw<RawSpan> {
  return groups(body, spanOf);
}

export function protobufLogs(body: Buffer): Raw<RawLog> {
  return groups(body, logOf);
}

/** Request.1 = resource group; group.1 = resource, .2 = scope group; scope group.2 = item. */
function* groups<T>(body: Buffer, read: (reader: Reader, end: number) => T): Raw<T> {
  const reader: Reader = { pbf: new PbfReader(body), bytes: body };
  const found: [number, number][] = [];
  each(reader, body.length, (field) => {
    if (field === 1) found.push(skipped(reader, body.length));
  });
  for (const [start, end] of found) {
    const scopes: [number, number][] = [];
    let resource: Attributes = {};
    reader.pbf.pos = start;
    each(reader, end, (field) => {
      if (field === 1) resource = resourceOf(reader, lengthEnd(reader, end));
      else if (field === 2) scopes.push(skipped(reader, end));
    });
    yield { resource, items: scopes.length === 0 ? [] : items(reader, scopes, read) };
  }
}

function* items<T>(
  reader: Reader,
  scopes: readonly [number, number][],
  read: (reader: Reader, end: number) => T,
): Generator<T> {
  for (const [start, end] of scopes) {
    const found: [number, number][] = [];
    reader.pbf.pos = start;
    each(reader, end, (field) => {
      if (field === 2) found.push(skipped(reader, end));
    });
    for (const [itemStart, itemEnd] of found) {
      reader.pbf.pos = itemStart;
      yield read(reader, itemEnd);
    }
  }
}

function resourceOf(reader: Reader, end: number): Attributes {
  const attributes: Attributes = {};
  const budget = new Budget();
  let count = 0;
  each(reader, end, (field) => {
    if (field === 1 && attribute(reader, lengthEnd(reader, end), attributes, budget, count))
      count++;
  });
  return attributes;
}

function spanOf(reader: Reader, end: number): RawSpan {
  const { pbf } = reader;
  const span: RawSpan = {
    traceId: '',
    spanId: '',
    parentId: '',
    name: '',
    start: 0,
    end: 0,
    status: 0,
    statusMessage: '',
    attributes: {},
    events: [],
    budget: new Budget(),
  };
  const { budget } = span;
  let count = 0;
  each(reader, end, (field) => {
    switch (field) {
      case 1:
        span.traceId = id(reader, end, 16);
        break;
      case 2:
        span.spanId = id(reader, end, 8);
        break;
      case 4:
        span.parentId = id(reader, end, 8);
        break;
      case 5:
        span.name = budget.text(text(reader, end), 'name');
        break;
      case 7:
        span.start = nanos(reader);
        break;
      case 8:
        span.end = nanos(reader);
        break;
      case 9:
        if (attribute(reader, lengthEnd(reader, end), span.attributes, budget, count)) count++;
        break;
      case 11: {
        const stop = lengthEnd(reader, end);
        if (budget.event(span.events.length)) span.events.push(eventOf(reader, stop, budget));
        else pbf.pos = stop;
        break;
      }
      case 15: {
        const stop = lengthEnd(reader, end);
        each(reader, stop, (inner) => {
          if (inner === 2) span.statusMessage = budget.text(text(reader, stop), 'status.message');
          else if (inner === 3) span.status = pbf.readVarint();
        });
        break;
      }
    }
  });
  return span;
}

function eventOf(reader: Reader, end: number, budget: Budget): RawEvent {
  const event: RawEvent = { name: '', at: 0, attributes: {} };
  let count = 0;
  each(reader, end, (field) => {
    if (field === 1) event.at = nanos(reader);
    else if (field === 2) event.name = budget.text(text(reader, end), 'event.name');
    else if (field === 3) {
      if (attribute(reader, lengthEnd(reader, end), event.attributes, budget, count)) count++;
    }
  });
  return event;
}

function logOf(reader: Reader, end: number): RawLog {
  const log: RawLog = {
    traceId: '',
    spanId: '',
    eventName: '',
    at: 0,
    body: null,
    attributes: {},
    budget: new Budget(),
  };
  const { budget } = log;
  let observed = 0;
  let count = 0;
  each(reader, end, (field) => {
    if (field === 1) log.at = nanos(reader);
    else if (field === 5) log.body = anyValue(reader, lengthEnd(reader, end), 'body', budget, 0);
    else if (field === 6) {
      if (attribute(reader, lengthEnd(reader, end), log.attributes, budget, count)) count++;
    } else if (field === 9) log.traceId = id(reader, end, 16);
    else if (field === 10) log.spanId = id(reader, end, 8);
    else if (field === 11) observed = nanos(reader);
    else if (field === 12) log.eventName = budget.text(text(reader, end), 'eventName');
  });
  log.at ||= observed;
  return log;
}

/** Reads a KeyValue into `into`; false when it was left out. */
function attribute(
  reader: Reader,
  end: number,
  into: Attributes,
  budget: Budget,
  count: number,
): boolean {
  let key = '';
  let at: [number, number] | null = null;
  each(reader, end, (field) => {
    if (field === 1) key = text(reader, end);
    else if (field === 2) at = skipped(reader, end);
  });
  return keyValue(
    reader,
    end,
    key,
    at,
    (name, read) => {
      if (!budget.attribute(name, count)) return false;
      return put(into, name, read(name));
    },
    budget,
    0,
  );
}

function keyValue(
  reader: Reader,
  end: number,
  key: string,
  at: [number, number] | null,
  take: (key: string, read: (name: string) => unknown) => boolean,
  budget: Budget,
  depth: number,
): boolean {
  const taken = take(key, (name) => {
    if (at === null) return null;
    reader.pbf.pos = at[0];
    return anyValue(reader, at[1], name, budget, depth);
  });
  reader.pbf.pos = end;
  return taken;
}

function anyValue(
  reader: Reader,
  end: number,
  key: string,
  budget: Budget,
  depth: number,
): unknown {
  const { pbf } = reader;
  if (!budget.value()) {
    pbf.pos = end;
    return null;
  }
  let value: unknown = null;
  each(reader, end, (field) => {
    if (field === 1) value = budget.text(text(reader, end), key);
    else if (field === 2) value = pbf.readVarint() !== 0;
    else if (field === 3) value = signed(reader);
    else if (field === 4) {
      expect(pbf, FIXED64);
      value = double(pbf.readDouble());
    } else if (field === 7) {
      const stop = lengthEnd(reader, end);
      value = budget.text(reader.bytes.toString('base64', pbf.pos, stop), key);
      pbf.pos = stop;
    } else if (field === 5 || field === 6) {
      value = nestedValue(reader, lengthEnd(reader, end), field === 5, key, budget, depth);
    }
  });
  return value;
}

function nestedValue(
  reader: Reader,
  end: number,
  isList: boolean,
  key: string,
  budget: Budget,
  depth: number,
): unknown {
  const { pbf } = reader;
  if (depth >= MAX_READ_DEPTH) {
    budget.note(`${key.slice(0, 80)}: nested deeper than ${MAX_READ_DEPTH} levels, left out`);
    pbf.pos = end;
    return null;
  }
  const read: unknown[] = [];
  const fields: Attributes = {};
  each(reader, end, (field) => {
    if (field !== 1) return;
    const stop = lengthEnd(reader, end);
    if (budget.spent) {
      pbf.pos = stop;
      return;
    }
    if (isList) {
      const one = anyValue(reader, stop, key, budget, depth + 1);
      if (!budget.spent) read.push(one);
      return;
    }
    let name = '';
    let at: [number, number] | null = null;
    each(reader, stop, (inner) => {
      if (inner === 1) name = text(reader, stop);
      else if (inner === 2) at = skipped(reader, stop);
    });
    keyValue(
      reader,
      stop,
      name,
      at,
      (own, value) => {
        const one = value(key);
        return !budget.spent && put(fields, own, one);
      },
      budget,
      depth + 1,
    );
  });
  const value = isList ? read : fields;
  // What is nested too deep for a screen is kept as the text of it.
  return depth === MAX_DEPTH ? asJson(value) : value;
}

/** Calls `onField` for each field of the message that ends at `end`; fields it does not read are skipped. */
function each(reader: Reader, end: number, onField: (field: number) => void): void {
  const { pbf } = reader;
  try {
    for (let field = pbf.nextField(end); field !== 0; field = pbf.nextField(end)) {
      onField(field);
      if (pbf.pos > end) throw cutOff();
    }
  } catch (error) {
    if (error instanceof MalformedBody) throw error;
    throw new MalformedBody(`The body is not OTLP protobuf: ${String(error).slice(0, 120)}`);
  }
  if (pbf.pos !== end) throw cutOff();
}

/** Where the length-delimited value at the reader's position ends; the position is moved to its first byte. */
function lengthEnd(reader: Reader, end: number): number {
  const { pbf } = reader;
  expect(pbf, BYTES);
  const stop = pbf.readVarint() + pbf.pos;
  if (!(stop <= end)) throw cutOff();
  return stop;
}

/** Passes a length-delimited value and answers where it lies. */
function skipped(reader: Reader, end: number): [number, number] {
  const stop = lengthEnd(reader, end);
  const start = reader.pbf.pos;
  reader.pbf.pos = stop;
  return [start, stop];
}

/** Bytes that are no UTF-8 become U+FFFD. */
function text(reader: Reader, end: number): string {
  const [start, stop] = skipped(reader, end);
  return reader.bytes.toString('utf8', start, stop);
}

function id(reader: Reader, end: number, bytes: number): string {
  const [start, stop] = skipped(reader, end);
  return stop - start === bytes ? reader.bytes.toString('hex', start, stop) : '';
}

function nanos(reader: Reader): number {
  const { pbf } = reader;
  expect(pbf, FIXED64);
  return pbf.readFixed64() / 1e6;
}

/** An int64; as text where a number would round it. */
function signed(reader: Reader): unknown {
  const { pbf } = reader;
  const from = pbf.pos;
  const value = pbf.readVarint(true);
  if (Number.isSafeInteger(value)) return value;
  let exact = 0n;
  for (let i = from, shift = 0n; i < pbf.pos; i++, shift += 7n) {
    exact |= BigInt((reader.bytes[i] ?? 0) & 0x7f) << shift;
  }
  return String(BigInt.asIntN(64, exact));
}

function expect(pbf: PbfReader, type: number): void {
  if (pbf.type !== type)
    throw new MalformedBody('The body is not OTLP protobuf: a field has the wrong type.');
}

function cutOff(): MalformedBody {
  return new MalformedBody('The body is not OTLP protobuf, or is cut off.');
}
