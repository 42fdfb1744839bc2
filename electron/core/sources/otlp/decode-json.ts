/** OTLP in JSON (the specification's mapping: ids in hex, enums as numbers, 64-bit integers as text or numbers). */
import { asJson, isFields } from '#core/analysis/turn-parse.ts';
import type { Breather } from '../breather.ts';
import { takeApart } from './json-pieces.ts';
import {
  type Attributes,
  Budget,
  double,
  integer,
  MAX_DEPTH,
  MAX_READ_DEPTH,
  milliseconds,
  put,
} from './limits.ts';
import { MalformedBody, type Raw, type RawEvent, type RawLog, type RawSpan } from './raw.ts';

/** Larger bodies are taken apart first, so that parsing them does not hold up everything else. */
const LARGE = 1024 * 1024;

/** Throws MalformedBody when the body is no export request; single items that are no objects are passed as empty ones. */
export async function jsonSpans(body: Buffer, breather: Breather): Promise<Raw<RawSpan>> {
  return groups(await open(body, breather), 'resourceSpans', 'scopeSpans', 'spans', spanOf);
}

export async function jsonLogs(body: Buffer, breather: Breather): Promise<Raw<RawLog>> {
  return groups(await open(body, breather), 'resourceLogs', 'scopeLogs', 'logRecords', logOf);
}

/** A request, and how to come by an item of it. */
interface Opened {
  request: unknown;
  item: (value: unknown) => unknown;
}

async function open(body: Buffer, breather: Breather): Promise<Opened> {
  if (body.length <= LARGE)
    return { request: parse(body.toString('utf8')), item: (value) => value };
  const { frame, items } = await takeApart(body, breather);
  return {
    request: parse(frame),
    item: (value) => {
      const place = typeof value === 'number' ? items[value] : undefined;
      return place === undefined ? value : parse(body.toString('utf8', ...place));
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedBody(`The body is not JSON: ${short(error)}`);
  }
}

function* groups<T>(
  { request, item }: Opened,
  key: string,
  scopes: string,
  itemKey: string,
  read: (item: Record<string, unknown>) => T,
): Raw<T> {
  if (!isFields(request)) throw new MalformedBody('The body is JSON, but not an object.');
  for (const group of list(request[key], key)) {
    yield { resource: resourceOf(group), items: items(group, scopes, itemKey, item, read) };
  }
}

function* items<T>(
  group: unknown,
  scopes: string,
  key: string,
  open: (value: unknown) => unknown,
  read: (item: Record<string, unknown>) => T,
): Generator<T> {
  if (!isFields(group)) return;
  for (const scope of list(group[scopes], scopes)) {
    if (!isFields(scope)) continue;
    for (const value of list(scope[key], key)) {
      const item = open(value);
      yield read(isFields(item) ? item : {});
    }
  }
}

function list(value: unknown, key: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedBody(`"${key}" is not a list.`);
  return value;
}

function resourceOf(group: unknown): Attributes {
  const resource = isFields(group) && isFields(group.resource) ? group.resource : {};
  return attributes(resource.attributes, new Budget());
}

function spanOf(span: Record<string, unknown>): RawSpan {
  const budget = new Budget();
  const status = isFields(span.status) ? span.status : {};
  return {
    traceId: id(span.traceId, 16),
    spanId: id(span.spanId, 8),
    parentId: id(span.parentSpanId, 8),
    name: text(span.name, 'name', budget),
    start: nanos(span.startTimeUnixNano),
    end: nanos(span.endTimeUnixNano),
    status: statusCode(status.code),
    statusMessage: text(status.message, 'status.message', budget),
    attributes: attributes(span.attributes, budget),
    events: events(span.events, budget),
    budget,
  };
}

function logOf(log: Record<string, unknown>): RawLog {
  const budget = new Budget();
  return {
    traceId: id(log.traceId, 16),
    spanId: id(log.spanId, 8),
    eventName: text(log.eventName, 'eventName', budget),
    at: nanos(log.timeUnixNano) || nanos(log.observedTimeUnixNano),
    body: anyValue(log.body, 'body', budget, 0),
    attributes: attributes(log.attributes, budget),
    budget,
  };
}

function events(value: unknown, budget: Budget): RawEvent[] {
  if (!Array.isArray(value)) return [];
  const read: RawEvent[] = [];
  for (const event of value) {
    if (!isFields(event)) continue;
    if (!budget.event(read.length)) break;
    read.push({
      name: text(event.name, 'event.name', budget),
      at: nanos(event.timeUnixNano),
      attributes: attributes(event.attributes, budget),
    });
  }
  return read;
}

function attributes(value: unknown, budget: Budget): Attributes {
  const read: Attributes = {};
  if (!Array.isArray(value)) return read;
  let count = 0;
  for (const pair of value) {
    if (!isFields(pair) || typeof pair.key !== 'string') continue;
    if (!budget.attribute(pair.key, count)) continue;
    if (put(read, pair.key, anyValue(pair.value, pair.key, budget, 0))) count++;
  }
  return read;
}

function anyValue(value: unknown, key: string, budget: Budget, depth: number): unknown {
  if (!isFields(value) || !budget.value()) return null;
  if (typeof value.stringValue === 'string') return budget.text(value.stringValue, key);
  if (value.intValue !== undefined) return integer(value.intValue);
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (value.doubleValue !== undefined) return double(Number(value.doubleValue));
  if (typeof value.bytesValue === 'string') return budget.text(value.bytesValue, key);
  if (depth >= MAX_READ_DEPTH) {
    budget.note(`${key.slice(0, 80)}: nested deeper than ${MAX_READ_DEPTH} levels, left out`);
    return null;
  }
  const nested = nestedValue(value, key, budget, depth);
  // What is nested too deep for a screen is kept as the text of it.
  return depth === MAX_DEPTH && nested !== null ? asJson(nested) : nested;
}

function nestedValue(
  value: Record<string, unknown>,
  key: string,
  budget: Budget,
  depth: number,
): unknown {
  if (isFields(value.arrayValue)) {
    const { values } = value.arrayValue;
    const read: unknown[] = [];
    for (const item of Array.isArray(values) ? values : []) {
      const one = anyValue(item, key, budget, depth + 1);
      if (budget.spent) break;
      read.push(one);
    }
    return read;
  }
  if (isFields(value.kvlistValue)) {
    const { values } = value.kvlistValue;
    const read: Attributes = {};
    for (const pair of Array.isArray(values) ? values : []) {
      if (!isFields(pair) || typeof pair.key !== 'string') continue;
      const one = anyValue(pair.value, key, budget, depth + 1);
      if (budget.spent) break;
      put(read, pair.key, one);
    }
    return read;
  }
  return null;
}

function text(value: unknown, key: string, budget: Budget): string {
  return typeof value === 'string' ? budget.text(value, key) : '';
}

function statusCode(value: unknown): number {
  if (value === 2 || value === 'STATUS_CODE_ERROR') return 2;
  return value === 1 || value === 'STATUS_CODE_OK' ? 1 : 0;
}

/** Hex; some senders write base64, as JSON of protobuf usually does. */
function id(value: unknown, bytes: number): string {
  if (typeof value !== 'string' || value === '') return '';
  if (value.length === bytes * 2) return /^[0-9a-f]+$/i.test(value) ? value.toLowerCase() : '';
  const read = value.length < bytes * 2 ? Buffer.from(value, 'base64') : null;
  return read?.length === bytes ? read.toString('hex') : '';
}

function nanos(value: unknown): number {
  return typeof value === 'string' || typeof value === 'number' ? milliseconds(Number(value)) : 0;
}

function short(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
