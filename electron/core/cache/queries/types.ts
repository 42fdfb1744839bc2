/** What goes into and comes out of the named queries, beside the domain's own types. */
import type { Batch } from '#core/sources/connector.ts';
import type { Topic } from '#shared/contract/index.ts';
import type { Alert } from '#shared/model/alert.ts';
import type {
  Conversation,
  ConversationSummary,
  LiveCombination,
} from '#shared/model/conversation.ts';
import type { ConversationFilter, ConversationSort } from '#shared/model/conversation-filter.ts';
import type { Frame, SeriesKey } from '#shared/model/signal.ts';

/** Half-open, milliseconds. */
export interface Range {
  from: number;
  to: number;
}

export interface FrameArgs extends Range {
  signals: string[];
  environment: string;
  /** Empty = all. */
  services: string[];
  /** Empty = all; `''` is the service as a whole. */
  versions: string[];
  maxPoints: number;
}

/** One series as columns, oldest first. `min` and `max` are there when points were joined. */
export interface FrameColumns {
  key: SeriesKey;
  ts: Float64Array;
  value: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
}

export interface FrameResult {
  resolution: Frame['resolution'];
  series: FrameColumns[];
}

export interface LatestValue {
  key: SeriesKey;
  ts: number;
  value: number;
}

export interface WindowStats {
  key: SeriesKey;
  avg: number;
  min: number;
  max: number;
  count: number;
  last: number;
  lastTs: number;
}

export interface AlertArgs {
  /** Null = all. */
  environment: string | null;
  states: Alert['state'][];
}

export interface ChangeArgs extends Range {
  environment: string;
  /** Null = all. Changes that touch no single service are always in. */
  service: string | null;
  limit: number;
}

export interface FlagEventArgs {
  source: string | null;
  key: string | null;
  environment: string;
  limit: number;
}

export interface SearchArgs {
  text: string;
  filter: ConversationFilter;
  sort: ConversationSort;
  limit: number;
  offset: number;
}

/** `hitTurn`: the turn whose trace ID was asked for, from 0 on. `exact`: all of the ID, not only how it begins. */
export type FoundConversation = ConversationSummary & { hitTurn: number | null; exact: boolean };
export type SearchRow = ConversationSummary & { snippet: string | null; hitTurn: number | null };

export interface SearchResult {
  rows: SearchRow[];
  total: number;
  totalIs: 'exact' | 'atLeast';
}

export interface ReadConversationArgs {
  id: string;
  service: string | null;
  environment: string | null;
  firstTurn: number;
  maxTurns: number;
}

export interface ReadConversationResult {
  conversation: Conversation;
  /** Changes with any of its turns. */
  revision: string;
  /** Others under the same id. */
  others: ConversationSummary[];
}

export interface FailingResult {
  /** Newest first. */
  rows: ConversationSummary[];
  total: number;
  byVersion: Record<string, number>;
}

export type CombinationCount = LiveCombination & { turns: number };

export interface ObservedVersion {
  service: string;
  version: string;
  firstSeenAt: number;
  lastSeenAt: number;
  conversations: number;
}

export interface SyncState {
  source: string;
  cursor: string | null;
  lastSuccessAt: number | null;
  lastAttemptAt: number | null;
  failures: number;
  error: { code: string; message: string } | null;
}

export interface CommitArgs {
  source: string;
  batch: Batch;
  /**
   * The spans of the batch as JSON, one text each, instead of `batch.spans`: so they cross to the writer,
   * which stores these texts as they are. Cloning the objects and writing the JSON there costs twice as much.
   */
  spanTexts?: string[];
}

export interface CommitResult {
  /** What views must read again. Empty when the batch told nothing new. */
  topics: Topic[];
  /** How many records the batch held. */
  records: number;
}

export interface PruneArgs {
  now: number;
  /** How long each is kept, milliseconds. */
  raw: number;
  fiveMinutes: number;
  oneHour: number;
  conversations: number;
  /** Of the whole file. */
  maxBytes: number;
}

export interface PruneResult {
  samples: number;
  conversations: number;
  /** Changes, flag history, resolved alerts. */
  records: number;
  /** Bytes in use afterwards. */
  bytes: number;
  /** There is more to prune: call again. One call does a bounded piece, so that others get their turn. */
  more: boolean;
  topics: Topic[];
}
