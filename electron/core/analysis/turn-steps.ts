/**
 * The spans of a trace, brought into one order that does not depend on how they arrived: duplicates dropped,
 * GenAI log events joined to their span, the root found.
 *
 * The receiver stores a log event as a record of its own whose span id is made from the event and whose
 * `LOG_OF` attribute names the span it belongs to. So an event may come before its span, after it, twice,
 * or for a span that never comes: it is joined here, each time the turn is assembled.
 */
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Span, SpanOperation } from '#shared/model/conversation.ts';

/** Attribute of a stored log event: the id of the span it was logged in. */
export const LOG_OF = 'nightdesk.log_of';
/** The one log event that carries attributes of its span rather than a message. */
export const OPERATION_DETAILS = 'gen_ai.client.inference.operation.details';

/** Ancestors looked at; also ends loops that hostile parent ids make. */
const DEEPEST = 1000;

type SpanEvent = Span['events'][number];

/** A span with its log events merged in; or what log events tell of a span that has not come. */
export interface Step {
  record: SpanRecord;
  /** Log events of the span, by time. */
  logs: readonly SpanRecord[];
  id: string;
  parentId: string | null;
  operation: SpanOperation;
  startedAt: number;
  endedAt: number;
  attributes: Record<string, unknown>;
  events: SpanEvent[];
  /** False while only log events tell of the span. */
  arrived: boolean;
}

export interface Steps {
  /** By time, then id. Late feedback is among them. */
  steps: Step[];
  /** The span without a parent, once it is here. */
  root: Step | null;
  /** The step that is the service's answer to the user: the uppermost agent call, else the root, else the first. */
  entry: Step;
  /** Number of different spans, log events not counted. */
  spanCount: number;
}

export function orderSteps(records: readonly SpanRecord[]): Steps {
  const bySpan = new Map<string, SpanRecord>();
  const logs = new Map<string, SpanRecord[]>();
  const unique = new Map<string, SpanRecord>();
  for (const record of records) {
    const known = unique.get(record.span.spanId);
    unique.set(record.span.spanId, known === undefined ? record : richer(known, record));
  }
  for (const record of unique.values()) {
    const of = record.span.attributes[LOG_OF];
    if (typeof of !== 'string') {
      bySpan.set(record.span.spanId, record);
      continue;
    }
    const list = logs.get(of);
    if (list === undefined) logs.set(of, [record]);
    else list.push(record);
  }
  const steps: Step[] = [];
  for (const record of bySpan.values()) {
    steps.push(stepOf(record, logs.get(record.span.spanId) ?? []));
  }
  for (const [id, list] of logs) {
    if (!bySpan.has(id)) steps.push(pendingStep(id, list));
  }
  steps.sort(byTime);
  const first = steps[0];
  if (first === undefined) throw new RangeError('a turn needs at least one span');
  const root = rootOf(steps);
  return { steps, root, entry: entryOf(steps) ?? root ?? first, spanCount: bySpan.size };
}

/** Feedback comes seconds or hours after the answer: it does not count into the turn's time. */
export function isFeedback(step: Step): boolean {
  return step.attributes['ai.feedback'] !== undefined;
}

function byTime(a: Step, b: Step): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Of two versions of one span the one that knows more; the same whichever came first. */
export function richer(a: SpanRecord, b: SpanRecord): SpanRecord {
  if (a === b) return a;
  const more =
    b.span.startedAt + b.span.durationMs - (a.span.startedAt + a.span.durationMs) ||
    Object.keys(b.span.attributes).length - Object.keys(a.span.attributes).length ||
    b.span.events.length - a.span.events.length;
  if (more !== 0) return more > 0 ? b : a;
  return JSON.stringify(b) > JSON.stringify(a) ? b : a;
}

function stepOf(record: SpanRecord, logs: readonly SpanRecord[]): Step {
  const { span } = record;
  const told = tellings(logs);
  return {
    record,
    logs: told.sorted,
    id: span.spanId,
    parentId: span.parentId,
    operation: span.operation,
    startedAt: span.startedAt,
    endedAt: span.startedAt + span.durationMs,
    attributes: told.some ? { ...told.attributes, ...span.attributes } : span.attributes,
    events: told.events.length > 0 ? [...span.events, ...told.events] : span.events,
    arrived: true,
  };
}

function pendingStep(id: string, logs: readonly SpanRecord[]): Step {
  const told = tellings(logs);
  const first = told.sorted[0];
  if (first === undefined) throw new RangeError('a span needs at least one log event');
  return {
    record: first,
    logs: told.sorted,
    id,
    parentId: null,
    operation: 'chat',
    startedAt: first.span.startedAt,
    endedAt: told.sorted.at(-1)?.span.startedAt ?? first.span.startedAt,
    attributes: told.attributes,
    events: told.events,
    arrived: false,
  };
}

interface Tellings {
  sorted: readonly SpanRecord[];
  attributes: Record<string, unknown>;
  events: SpanEvent[];
  some: boolean;
}

const NOTHING_TOLD: Tellings = { sorted: [], attributes: {}, events: [], some: false };

function tellings(logs: readonly SpanRecord[]): Tellings {
  if (logs.length === 0) return NOTHING_TOLD;
  const sorted = [...logs].sort(
    (a, b) => a.span.startedAt - b.span.startedAt || (a.span.spanId < b.span.spanId ? -1 : 1),
  );
  const attributes: Record<string, unknown> = {};
  const events: SpanEvent[] = [];
  for (const { span } of sorted) {
    if (span.name === OPERATION_DETAILS) Object.assign(attributes, span.attributes);
    else events.push({ name: span.name, at: span.startedAt, attributes: span.attributes });
  }
  delete attributes[LOG_OF];
  return { sorted, attributes, events, some: true };
}

function rootOf(steps: readonly Step[]): Step | null {
  const parentless = steps.filter((step) => step.arrived && step.parentId === null);
  const candidates = parentless.filter((step) => !isFeedback(step));
  return candidates.find((step) => step.operation === 'turn') ?? candidates[0] ?? null;
}

/** The first agent call that is not inside another one. */
function entryOf(steps: readonly Step[]): Step | null {
  const turns = steps.filter((step) => step.operation === 'turn' && step.arrived);
  const byId = new Map(steps.map((step) => [step.id, step]));
  return turns.find((step) => !insideTurn(step, byId)) ?? turns[0] ?? null;
}

function insideTurn(step: Step, byId: ReadonlyMap<string, Step>): boolean {
  const seen = new Set<string>([step.id]);
  let above = step.parentId === null ? undefined : byId.get(step.parentId);
  while (above !== undefined && !seen.has(above.id) && seen.size < DEEPEST) {
    if (above.operation === 'turn') return true;
    seen.add(above.id);
    above = above.parentId === null ? undefined : byId.get(above.parentId);
  }
  return false;
}
