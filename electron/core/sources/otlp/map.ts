/** Decoded spans and log events → the records the cache keeps. */
import { createHash } from 'node:crypto';
import { CLOCK } from '#core/analysis/turn-odd.ts';
import { isFields } from '#core/analysis/turn-parse.ts';
import { CONVERSATION_ATTRIBUTES } from '#core/analysis/turn-read.ts';
import { LOG_OF } from '#core/analysis/turn-steps.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { classify } from './classify.ts';
import { type Attributes, SHORTENED } from './limits.ts';
import type { RawLog, RawSpan } from './raw.ts';
import { firstText, type Sender } from './resource.ts';

/** A clock may be this far ahead before it is not believed. */
const MAX_AHEAD_MS = 24 * 3_600_000;
const MAX_DURATION_MS = 7 * 24 * 3_600_000;
const MAX_ID = 512;

export interface Mapping {
  /** Configured attributes, then the standard ones. */
  conversationAttributes: readonly string[];
  /** Milliseconds; replaces times that cannot be. */
  now: number;
}

/** Why an item cannot be used; counted on the source. `ordinary`: nothing is wrong with it, the sender is not told. */
export interface Refusal {
  refused: string;
  ordinary?: true;
}

export function conversationAttributes(configured: readonly string[]): string[] {
  return [...configured, ...CONVERSATION_ATTRIBUTES];
}

export function mapSpan(raw: RawSpan, sender: Sender, mapping: Mapping): SpanRecord | Refusal {
  if (!isId(raw.traceId)) return { refused: 'span without a valid trace id' };
  if (!isId(raw.spanId)) return { refused: 'span without a valid span id' };
  const { attributes } = raw;
  const time = believable(raw.start, raw.end, mapping.now);
  if (time.problem !== null) attributes[CLOCK] = time.problem;
  if (raw.budget.notes !== null) attributes[SHORTENED] = raw.budget.notes;
  const version = firstText(attributes, sender.versionAttributes);
  if (version !== null && attributes['ai.model.version'] === undefined) {
    attributes['ai.model.version'] = version;
  }
  const { events } = raw;
  for (const event of events) {
    if (event.at <= 0 || event.at > mapping.now + MAX_AHEAD_MS) event.at = time.startedAt;
  }
  return {
    span: {
      traceId: raw.traceId,
      spanId: raw.spanId,
      parentId: isId(raw.parentId) && raw.parentId !== raw.spanId ? raw.parentId : null,
      name: raw.name || 'span without a name',
      operation: classify(attributes),
      startedAt: time.startedAt,
      durationMs: time.durationMs,
      status: raw.status === 2 ? 'error' : raw.status === 1 ? 'ok' : 'unset',
      statusMessage: raw.statusMessage,
      attributes,
      events,
    },
    conversation: conversationIn(attributes, mapping),
    service: sender.service,
    environment: sender.environment,
    version: version ?? sender.version,
  };
}

/** Log events that tell of a conversation or its circumstances. */
const USED = /^(gen_ai\.|feature_flag\.evaluation$|exception$)/;

/**
 * A log event becomes a record of its own, with an id made from what it says: it may come before its span,
 * after it or twice. analysis/turn-steps.ts joins it to the span.
 */
export function mapLog(raw: RawLog, sender: Sender, mapping: Mapping): SpanRecord | Refusal {
  const name = raw.eventName || raw.attributes['event.name'];
  if (typeof name !== 'string' || !USED.test(name)) {
    return { refused: 'log record that is no GenAI event', ordinary: true };
  }
  if (!isId(raw.traceId) || !isId(raw.spanId)) {
    return { refused: 'GenAI log event without trace and span id' };
  }
  const attributes: Attributes = { ...raw.attributes };
  delete attributes['event.name'];
  if (isFields(raw.body)) Object.assign(attributes, raw.body);
  else if (raw.body !== null && attributes.content === undefined) attributes.content = raw.body;
  const digest = createHash('sha1')
    .update(JSON.stringify([name, raw.at, attributes]))
    .digest('hex')
    .slice(0, 16);
  if (raw.budget.notes !== null) attributes[SHORTENED] = raw.budget.notes;
  attributes[LOG_OF] = raw.spanId;
  const time = believable(raw.at, raw.at, mapping.now);
  return {
    span: {
      traceId: raw.traceId,
      spanId: `${raw.spanId}-${digest}`,
      parentId: raw.spanId,
      name,
      operation: 'other',
      startedAt: time.startedAt,
      durationMs: 0,
      status: 'unset',
      statusMessage: '',
      attributes,
      events: [],
    },
    conversation: conversationIn(attributes, mapping),
    service: sender.service,
    environment: sender.environment,
    version: firstText(attributes, sender.versionAttributes) ?? sender.version,
  };
}

function conversationIn(attributes: Attributes, mapping: Mapping): string | null {
  for (const name of mapping.conversationAttributes) {
    const value = attributes[name];
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') continue;
    const id = value.replace(/\p{Cc}+/gu, '').trim();
    // A longer text is no id; cutting it could make two conversations one.
    if (id !== '' && id.length <= MAX_ID) return id;
  }
  return null;
}

/** Times in microseconds' precision; what no clock can have meant is replaced, and said so. */
function believable(start: number, end: number, now: number) {
  let startedAt = start > 0 ? start : end;
  let problem: string | null = null;
  let durationMs = end - start;
  if (startedAt <= 0) {
    startedAt = now;
    durationMs = 0;
    problem = 'no time told: time of receipt used';
  } else if (startedAt > now + MAX_AHEAD_MS) {
    problem = `start told as ${isoDate(startedAt)}, more than a day ahead: time of receipt used`;
    startedAt = now;
  }
  if (start <= 0 || end <= 0) durationMs = 0;
  else if (durationMs < 0) {
    durationMs = 0;
    problem ??= 'end before start: duration set to 0';
  } else if (durationMs > MAX_DURATION_MS) {
    durationMs = 0;
    problem ??= 'longer than 7 days: duration set to 0';
  }
  return { startedAt: micros(startedAt), durationMs: micros(durationMs), problem };
}

function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function isoDate(ms: number): string {
  return ms < 8.64e15 ? new Date(ms).toISOString() : 'a time beyond all calendars';
}

function isId(id: string): boolean {
  return id !== '' && id !== '0000000000000000' && id !== '00000000000000000000000000000000';
}
