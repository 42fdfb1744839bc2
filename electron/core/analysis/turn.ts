/** Puts the spans of one trace together to the turn they tell of. */
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Turn } from '#shared/model/conversation.ts';

export interface AssembledTurn {
  /** The correlation ID: the first that any span names, else the trace id. */
  conversation: string;
  service: string;
  environment: string;
  turn: Turn;
  /** What full-text search indexes: the words of the messages, bounded. */
  text: string;
}

/** `records`: all spans of one trace known so far, at least one, in any order; duplicates do not matter. */
export function assembleTurn(records: readonly SpanRecord[]): AssembledTurn {
  const first = records[0];
  if (first === undefined) throw new RangeError('a turn needs at least one span');
  throw new RangeError(`not built yet: ${first.span.traceId}`);
}
