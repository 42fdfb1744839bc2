import { orderSteps } from '#core/analysis/turn-steps.ts';
import type { ReadDb } from '#core/cache/db.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Span } from '#shared/model/conversation.ts';
import { decode } from './json.ts';

/**
 * The spans of one trace by their start, log events among the events of their span. `total` counts the spans; of a trace
 * longer than `limit` all its records, which may be some more.
 */
export function spansOfTrace(
  db: ReadDb,
  args: { traceId: string; limit: number },
): { spans: Span[]; total: number } {
  const turn = db.value<number>('SELECT id FROM turns WHERE trace_id = ?', args.traceId);
  if (turn === undefined) return { spans: [], total: 0 };
  const records = db.column<string>(
    'SELECT record FROM spans WHERE turn = ? ORDER BY started_at, key LIMIT ?',
    turn,
    args.limit,
  );
  if (records.length === 0) return { spans: [], total: 0 };
  const { steps } = orderSteps(records.map((record) => decode<SpanRecord>(record)));
  const spans = steps.map(({ record, id, attributes, events, operation }) => ({
    ...record.span,
    spanId: id,
    operation,
    attributes,
    events,
  }));
  const whole = records.length < args.limit;
  return {
    spans,
    total: whole
      ? spans.length
      : (db.value<number>('SELECT count(*) FROM spans WHERE turn = ?', turn) ?? 0),
  };
}
