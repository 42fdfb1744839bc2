import { LOG_OF, orderSteps, type Step } from '#core/analysis/turn-steps.ts';
import type { ReadDb } from '#core/cache/db.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Span, SpanOutline } from '#shared/model/conversation.ts';
import { FIRST_TOKEN_MS, figureOf } from '#shared/util/span-figures.ts';
import { revisionOf } from './conversation-row.ts';
import { decode, storable } from './json.ts';

/**
 * The spans of one trace by their start, log events among the events of their span. `total` counts the spans; of a trace
 * longer than `limit` all its records, which may be some more. `only`: those that can tell what an answer was given under,
 * which are calls of models and agents and what was looked up.
 */
export function spansOfTrace(
  db: ReadDb,
  args: { traceId: string; limit: number; only?: 'model' },
): { spans: Span[]; total: number } {
  const turn = turnOf(db, args.traceId);
  if (turn === undefined) return { spans: [], total: 0 };
  const { steps, total } = stepsOf(db, turn, args.limit, args.only === 'model' ? OF_MODEL : '');
  return { spans: steps.map(toSpan), total };
}

/** The same spans without what each tells; `null` while they are those that `revision` was given with. */
export function outlineOfTrace(
  db: ReadDb,
  args: { traceId: string; limit: number; revision: string | null },
): { revision: string; spans: SpanOutline[] | null; total: number } {
  const turn = turnOf(db, args.traceId);
  if (turn === undefined) return { revision: '', spans: [], total: 0 };
  const { revision, spans: count } = revisionOf(db, turn, turn + 1);
  if (revision === args.revision) return { revision, spans: null, total: count };
  const { steps, total } = stepsOf(db, turn, args.limit);
  return { revision, spans: steps.map(toOutline), total };
}

/** One span with its log events; null when it is not there. */
export function spanOfTrace(
  db: ReadDb,
  args: { traceId: string; spanId: string },
): { span: Span | null } {
  const turn = turnOf(db, args.traceId);
  if (turn === undefined) return { span: null };
  const spanId = storable(args.spanId);
  // Without reading every record of a long trace: its own, and those that name it, of which log events count.
  const records = db
    .column<string>(
      'SELECT record FROM spans WHERE turn = ?1 AND (span_id = ?2 OR instr(record, ?2) > 0)',
      turn,
      spanId,
    )
    .map((json) => decode<SpanRecord>(json))
    .filter(({ span }) => span.spanId === spanId || span.attributes[LOG_OF] === spanId);
  if (records.length === 0) return { span: null };
  const step = orderSteps(records).steps.find(({ id }) => id === spanId);
  return { span: step ? toSpan(step) : null };
}

function turnOf(db: ReadDb, traceId: string): number | undefined {
  return db.value<number>('SELECT id FROM turns WHERE trace_id = ?', traceId);
}

/** A long trace has thousands of small steps around these few; log events may belong to any of them. */
const OF_MODEL = `AND (
  json_extract(record, '$.span.operation') IN ('chat', 'turn', 'retrieval')
  OR instr(record, 'retrieval.documents') > 0
  OR instr(record, '${LOG_OF}') > 0
)`;

function stepsOf(
  db: ReadDb,
  turn: number,
  limit: number,
  only = '',
): { steps: Step[]; total: number } {
  const records = db.column<string>(
    `SELECT record FROM spans WHERE turn = ? ${only} ORDER BY started_at, key LIMIT ?`,
    turn,
    limit,
  );
  if (records.length === 0) return { steps: [], total: 0 };
  const { steps } = orderSteps(records.map((record) => decode<SpanRecord>(record)));
  const whole = records.length < limit;
  return {
    steps,
    total: whole
      ? steps.length
      : (db.value<number>('SELECT count(*) FROM spans WHERE turn = ?', turn) ?? 0),
  };
}

function toSpan({ record, id, attributes, events, operation }: Step): Span {
  return { ...record.span, spanId: id, operation, attributes, events };
}

function toOutline({ record, id, operation, attributes }: Step): SpanOutline {
  const { parentId, name, startedAt, durationMs, status } = record.span;
  return {
    spanId: id,
    parentId,
    name,
    operation,
    startedAt,
    durationMs,
    status,
    firstTokenMs: figureOf(attributes, FIRST_TOKEN_MS),
  };
}
