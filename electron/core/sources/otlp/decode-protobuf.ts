/** OTLP in protobuf; field numbers are those of opentelemetry-proto 1.x (trace/v1, logs/v1, common/v1, resource/v1). */
import { asJson } from '#core/analysis/turn-parse.ts';
import { type Attributes, Budget, double, MAX_DEPTH, MAX_READ_DEPTH, put } from './limits.ts';
import { Reader } from './protobuf-reader.ts';
import { MalformedBody, type Raw, type RawEvent, type RawLog, type RawSpan } from './raw.ts';

/** Throws MalformedBody while it is iterated, when the bytes are no export request. */
export function protobufSpans(body: Buffer): Raw<RawSpan> {
  return groups(body, spanOf);
}

export function protobufLogs(body: Buffer): Raw<RawLog> {
  return groups(body, logOf);
}

/** Start and end of messages, one after the other. */
type Places = number[];

/** Request.1 = resource group; group.1 = resource, .2 = scope group; scope group.2 = item. */
function* groups<T>(body: Buffer, read: (reader: Reader, end: number) => T): Raw<T> {
  const reader = new Reader(body);
  for (const [start, end] of pairs(places(reader, 0, body.length, 1))) {
    const resource: Attributes = {};
    for (const [from, to] of pairs(places(reader, start, end, 1))) {
      readResource(reader, from, to, resource);
    }
    yield { resource, items: items(reader, places(reader, start, end, 2), read) };
  }
}

function* items<T>(
  reader: Reader,
  scopes: Places,
  read: (reader: Reader, end: number) => T,
): Generator<T> {
  for (const [start, end] of pairs(scopes)) {
    for (const [from, to] of pairs(places(reader, start, end, 2))) {
      reader.moveTo(from);
      yield guarded(() => read(reader, to));
    }
  }
}

/** Where the messages under one field number lie. */
function places(reader: Reader, start: number, end: number, wanted: number): Places {
  return guarded(() => {
    const found: Places = [];
    reader.moveTo(start);
    for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
      if (field !== wanted) continue;
      const stop = reader.enter(end);
      found.push(reader.position, stop);
      reader.moveTo(stop);
    }
    return found;
  });
}

function* pairs(list: Places): Generator<[number, number]> {
  for (let i = 0; i < list.length; i += 2) yield [list[i] ?? 0, list[i + 1] ?? 0];
}

/** What pbf throws on bytes that are no protobuf becomes a refusal. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBody) throw error;
    throw new MalformedBody(`The body is not OTLP protobuf: ${String(error).slice(0, 120)}`);
  }
}

function readResource(reader: Reader, start: number, end: number, into: Attributes): void {
  guarded(() => {
    const budget = new Budget();
    let count = 0;
    reader.moveTo(start);
    for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
      if (field === 1 && attribute(reader, reader.enter(end), into, budget, count)) count++;
    }
  });
}

function spanOf(reader: Reader, end: number): RawSpan {
  const budget = new Budget();
  const attributes: Attributes = {};
  const events: RawEvent[] = [];
  const span: RawSpan = {
    traceId: '',
    spanId: '',
    parentId: '',
    name: '',
    start: 0,
    end: 0,
    status: 0,
    statusMessage: '',
    attributes,
    events,
    budget,
  };
  let count = 0;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    switch (field) {
      case 1:
        span.traceId = reader.id(end, 16);
        break;
      case 2:
        span.spanId = reader.id(end, 8);
        break;
      case 4:
        span.parentId = reader.id(end, 8);
        break;
      case 5:
        span.name = budget.text(reader.text(end), 'name');
        break;
      case 7:
        span.start = reader.milliseconds();
        break;
      case 8:
        span.end = reader.milliseconds();
        break;
      case 9:
        if (attribute(reader, reader.enter(end), attributes, budget, count)) count++;
        break;
      case 11: {
        const stop = reader.enter(end);
        if (budget.event(events.length)) events.push(eventOf(reader, stop, budget));
        else reader.moveTo(stop);
        break;
      }
      case 15:
        readStatus(reader, reader.enter(end), span);
        break;
    }
  }
  return span;
}

function readStatus(reader: Reader, end: number, span: RawSpan): void {
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field === 2) span.statusMessage = span.budget.text(reader.text(end), 'status.message');
    else if (field === 3) span.status = reader.unsigned();
  }
}

function eventOf(reader: Reader, end: number, budget: Budget): RawEvent {
  const event: RawEvent = { name: '', at: 0, attributes: {} };
  let count = 0;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field === 1) event.at = reader.milliseconds();
    else if (field === 2) event.name = budget.text(reader.name(end), 'event.name');
    else if (field === 3) {
      if (attribute(reader, reader.enter(end), event.attributes, budget, count)) count++;
    }
  }
  return event;
}

function logOf(reader: Reader, end: number): RawLog {
  const budget = new Budget();
  const log: RawLog = {
    traceId: '',
    spanId: '',
    eventName: '',
    at: 0,
    body: null,
    attributes: {},
    budget,
  };
  let observed = 0;
  let count = 0;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field === 1) log.at = reader.milliseconds();
    else if (field === 5) log.body = anyValue(reader, reader.enter(end), 'body', budget, 0);
    else if (field === 6) {
      if (attribute(reader, reader.enter(end), log.attributes, budget, count)) count++;
    } else if (field === 9) log.traceId = reader.id(end, 16);
    else if (field === 10) log.spanId = reader.id(end, 8);
    else if (field === 11) observed = reader.milliseconds();
    else if (field === 12) log.eventName = budget.text(reader.name(end), 'eventName');
  }
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
  let at = -1;
  let stop = end;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field === 1) key = reader.name(end);
    else if (field === 2) {
      stop = reader.enter(end);
      at = reader.position;
      reader.moveTo(stop);
    }
  }
  if (!budget.attribute(key, count)) return false;
  const value = valueAt(reader, at, stop, key, budget, 0);
  reader.moveTo(end);
  return put(into, key, value);
}

/** The value between `at` and `stop`; null where there is none. */
function valueAt(
  reader: Reader,
  at: number,
  stop: number,
  key: string,
  budget: Budget,
  depth: number,
): unknown {
  if (at < 0) return null;
  reader.moveTo(at);
  return anyValue(reader, stop, key, budget, depth);
}

function anyValue(
  reader: Reader,
  end: number,
  key: string,
  budget: Budget,
  depth: number,
): unknown {
  if (!budget.value()) {
    reader.moveTo(end);
    return null;
  }
  let value: unknown = null;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    switch (field) {
      case 1:
        value = budget.text(reader.text(end), key);
        break;
      case 2:
        value = reader.unsigned() !== 0;
        break;
      case 3:
        value = reader.signed();
        break;
      case 4:
        value = double(reader.double());
        break;
      case 5:
      case 6:
        value = nestedValue(reader, reader.enter(end), field === 5, key, budget, depth);
        break;
      case 7:
        value = budget.text(reader.base64(end), key);
        break;
    }
  }
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
  if (depth >= MAX_READ_DEPTH) {
    budget.note(`${key.slice(0, 80)}: nested deeper than ${MAX_READ_DEPTH} levels, left out`);
    reader.moveTo(end);
    return null;
  }
  const list: unknown[] = [];
  const fields: Attributes = {};
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field !== 1) continue;
    const stop = reader.enter(end);
    if (budget.spent) reader.moveTo(stop);
    else if (isList) {
      const item = anyValue(reader, stop, key, budget, depth + 1);
      if (!budget.spent) list.push(item);
    } else readPair(reader, stop, fields, key, budget, depth + 1);
  }
  const value = isList ? list : fields;
  // What is nested too deep for a screen is kept as the text of it.
  return depth === MAX_DEPTH ? asJson(value) : value;
}

/** A KeyValue inside a value; `key` is that of the whole attribute. */
function readPair(
  reader: Reader,
  end: number,
  into: Attributes,
  key: string,
  budget: Budget,
  depth: number,
): void {
  let name = '';
  let at = -1;
  let stop = end;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field === 1) name = reader.name(end);
    else if (field === 2) {
      stop = reader.enter(end);
      at = reader.position;
      reader.moveTo(stop);
    }
  }
  const value = valueAt(reader, at, stop, key, budget, depth);
  reader.moveTo(end);
  if (!budget.spent) put(into, name, value);
}
