/** What every connector to an outside system offers. One folder per system implements it. */
import type { NightdeskError } from '#shared/errors/index.ts';
import type { Alert, Matcher, Silence } from '#shared/model/alert.ts';
import type { Change } from '#shared/model/change.ts';
import type { Span } from '#shared/model/conversation.ts';
import type { Flag, FlagEvent, FlagState } from '#shared/model/flag.ts';
import type { Runbook } from '#shared/model/runbook.ts';
import type { SeriesKey } from '#shared/model/signal.ts';
import type { Capability, CheckReport, SourceKind } from '#shared/model/source.ts';

/** Points of one series, oldest first. `ts` in milliseconds. The arrays are transferred: do not touch them afterwards. */
export interface SeriesPoints {
  key: SeriesKey;
  ts: Float64Array;
  value: Float64Array;
}

/** A span with what the cache needs to place it. `conversation` is null when the span itself does not say. */
export interface SpanRecord {
  span: Span;
  conversation: string | null;
  service: string;
  environment: string;
  /** Model version from the resource or the span; '' = not told. */
  version: string;
}

/**
 * What one committed batch holds. Snapshots (`flags`, `alerts`, `silences`, `runbooks`) replace all
 * that the cache has of that source; the rest adds or overwrites by its key, so that a batch may come twice.
 */
export interface Batch {
  points?: SeriesPoints[];
  spans?: SpanRecord[];
  flags?: Flag[];
  flagEvents?: FlagEvent[];
  alerts?: Alert[];
  silences?: Silence[];
  runbooks?: Runbook[];
  changes?: Change[];
  /** Committed with the batch; the next pull starts from it. Opaque JSON text. */
  cursor?: string;
  progress?: { what: string; done: number; total: number };
  /** What came but could not be used: counted and shown on the source. */
  rejected?: { reason: string; count: number }[];
}

/** What a flag service answers when asked what clients get. */
export interface Served {
  /** Variant name (or `on` / `off`) → how many of the probes got it. */
  counts: Record<string, number>;
  probes: number;
}

export interface FlagWrite {
  flag: string;
  environment: string;
  from: FlagState;
  to: FlagState;
  comment: string;
  /** Awaited after the re-read and before the first call that changes anything; when it fails nothing is sent. */
  ready: () => Promise<void>;
}

/** Somebody who wrote the same at the same moment. */
export interface OtherWriter {
  by: string;
  /** They were faster, and what was sent from here changed nothing; null: that cannot be told, both stand under one name. */
  first: true | null;
}

/** For connectors that can change the world. Every method throws NightdeskError. */
export interface FlagControl {
  read(flag: string, environment: string, signal: AbortSignal): Promise<FlagState>;
  /**
   * Makes the flag equal to `to`, calling as little as possible. Re-reads just before writing and throws
   * `conflict` (detail: both states) when the outside is not `from`; `pending_approval` when an approval
   * workflow stands between.
   */
  write(change: FlagWrite, signal: AbortSignal): Promise<void>;
  /** Pure: whether `present` is what a write that ended on the way leaves, with nothing of anybody else in it. */
  isPartOf(from: FlagState, to: FlagState, present: FlagState): boolean;
  /** Evaluates the flag as clients do, for many users. */
  evaluate(flag: string, environment: string, probes: number, signal: AbortSignal): Promise<Served>;
  /** Who changed the flag last, by the source's own history; null when that tells nothing. */
  lastChange?(
    flag: string,
    environment: string,
    signal: AbortSignal,
  ): Promise<{ by: string; at: number } | null>;
  /** After a write: who else made the same since its re-read, by the source's own history; null: nobody, as far as it tells. */
  otherWriter?(
    change: Pick<FlagWrite, 'flag' | 'environment' | 'from' | 'to'>,
    signal: AbortSignal,
  ): Promise<OtherWriter | null>;
  /** Whether writes wait for an approval, asked without writing; null when the source does not tell. */
  approval?(
    environment: string,
    signal: AbortSignal,
  ): Promise<{ needed: boolean; how: string } | null>;
}

/** Control over silences, as the alert service holds them now. Every method throws NightdeskError. */
export interface SilenceControl {
  /** Those that ended are among them for a while. */
  list(signal: AbortSignal): Promise<Silence[]>;
  /** Begins now; answers its id. */
  create(
    silence: { matchers: Matcher[]; endsAt: number; by: string; comment: string },
    signal: AbortSignal,
  ): Promise<string>;
  /** Ends it now. */
  expire(id: string, signal: AbortSignal): Promise<void>;
  /** The alerts, each with the silences that hold it. */
  alerts(signal: AbortSignal): Promise<Alert[]>;
}

/** Which conversation is asked for. */
export interface Wanted {
  conversation: string;
  /** The trace ids that are known of it. */
  traces: readonly string[];
  /** Null: all backends are asked. Else those that may have that service's, one after the other, until all traces are there. */
  service: string | null;
}

export interface FoundSpans {
  spans: SpanRecord[];
  rejected: { reason: string; count: number }[];
  /** What went wrong beside: at some backend, or for some trace. In one where it was more than one thing. */
  problem: NightdeskError | null;
}

/** Where single conversations can be asked for again. */
export interface ConversationLookup {
  /**
   * The spans of one conversation, whole traces, as the source has them: nothing is masked. Of another service that uses
   * the same ID too.
   * Throws NightdeskError where nothing came: `not_found`, or what went wrong; `cancelled` when the signal aborts.
   */
  find(wanted: Wanted, signal: AbortSignal): Promise<FoundSpans>;
}

export interface Connector {
  readonly id: string;
  readonly kind: SourceKind;
  readonly capabilities: readonly Capability[];
  /** Where it points, without credentials. */
  readonly address: string;
  /** Milliseconds between pulls; for a source that pushes, how often its state is looked at. */
  readonly everyMs: number;
  /** Never throws for what the outside does: a failed question is an item of the report. */
  check(signal: AbortSignal): Promise<CheckReport>;
  /** One pass. Yields batches in order; each is committed before the next is asked for. */
  pull(cursor: string | null, signal: AbortSignal): AsyncIterable<Batch>;
  /**
   * For sources that are not asked but tell: receivers and watchers. Runs until the signal aborts;
   * `emit` resolves when the batch is committed, which is when the sender may be told so.
   */
  listen?(emit: (batch: Batch) => Promise<void>, signal: AbortSignal): Promise<void>;
  control?: FlagControl;
  silences?: SilenceControl;
  lookup?: ConversationLookup;
}
