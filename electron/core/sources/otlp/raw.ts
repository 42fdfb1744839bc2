/** What both encodings are decoded to, before it is known what it means. */
import type { Attributes, Budget } from './limits.ts';

/** Times are nanoseconds as milliseconds with their fraction; 0 = not told. Ids are hex, '' = none or not valid. */
export interface RawSpan {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  start: number;
  end: number;
  /** 0 unset, 1 ok, 2 error. */
  status: number;
  statusMessage: string;
  attributes: Attributes;
  events: RawEvent[];
  budget: Budget;
}

export interface RawEvent {
  name: string;
  at: number;
  attributes: Attributes;
}

export interface RawLog {
  traceId: string;
  spanId: string;
  eventName: string;
  at: number;
  body: unknown;
  attributes: Attributes;
  budget: Budget;
}

/** One resource with what it sent; items are decoded one by one, so that the reader can pause between them. */
export interface RawGroup<T> {
  resource: Attributes;
  items: Iterable<T>;
}
export type Raw<T> = Iterable<RawGroup<T>>;

/** The body as a whole cannot be read. The message is for the sender. */
export class MalformedBody extends Error {
  override readonly name = 'MalformedBody';
}
