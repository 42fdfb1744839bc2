/** What plans and proofs must know of the world beside what they change. The core answers it from the cache. */
import type { Beyond } from '#core/analysis/breach.ts';
import type { Silence } from '#shared/model/alert.ts';
import type { Freshness } from '#shared/model/basics.ts';
import type { Change } from '#shared/model/change.ts';
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';

export interface VersionFacts {
  /** `''` is the service as a whole. */
  version: string;
  /** 0–1: what really arrives; null = unknown. */
  trafficShare: number | null;
  requestsPerSecond: number | null;
  /** Newest point of any of its signals. */
  lastSeenAt: number | null;
  /** By signal id, judged against its band. */
  cells: ReadonlyMap<string, Cell>;
}

export interface ServiceFacts {
  whole: VersionFacts;
  versions: readonly VersionFacts[];
}

/** A value that lay outside its band. */
export interface Breach extends Beyond {
  signal: string;
}

export interface ActionFacts {
  /** How a service stands now; null when it is not known in that environment. */
  service(service: string, environment: string): Promise<ServiceFacts | null>;
  /** Conversations since `since` whose turns ran on one of the versions; of all versions when none is named. */
  conversations(args: {
    service: string;
    environment: string;
    versions: readonly string[];
    since: number;
  }): Promise<number>;
  /** Changes of the service since `since`, newest first. */
  changes(args: { service: string; environment: string; since: number }): Promise<Change[]>;
  /**
   * Where a version was outside the bands of now since `since` by more than chance explains, forecasts apart: per signal
   * its latest such value, latest first.
   */
  breaches(args: {
    service: string;
    environment: string;
    version: string;
    since: number;
  }): Promise<Breach[]>;
  /** Silences that hold alerts of the service now. */
  silences(service: string, environment: string): Promise<Silence[]>;
  /** How old what the cache has is, per source that feeds the view of a service. */
  freshness(environment: string): Promise<Freshness[]>;
  /** The signals, for titles and units. */
  signals(): readonly SignalDefinition[];
}
