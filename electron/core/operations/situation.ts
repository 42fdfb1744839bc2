/**
 * How every service stands now: its versions, what the flag intends, what traffic really does, and each signal
 * beside its band. Overview, Flags & models and the plans of actions all start from this one reading.
 */
import { judge } from '#core/analysis/bands.ts';
import { rolloutByVersion } from '#core/analysis/rollout.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { Config, ServiceConfig } from '#shared/model/config.ts';
import type { Flag } from '#shared/model/flag.ts';
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';
import { durationMs } from '#shared/util/duration.ts';

export interface VersionSituation {
  /** `''` is the service as a whole. */
  version: string;
  part: 'stable' | 'candidate' | 'other' | 'whole';
  /** 0–1; null = unknown. */
  rollout: number | null;
  trafficShare: number | null;
  requestsPerSecond: number | null;
  /** Newest point of any of its signals. */
  lastSeenAt: number | null;
  /** By signal id. */
  cells: ReadonlyMap<string, Cell>;
}

export interface ServiceSituation {
  service: ServiceConfig;
  modelFlag: Flag | null;
  killSwitch: Flag | null;
  whole: VersionSituation;
  /** Stable first, then the candidate, then others that had traffic in the last hour. */
  versions: VersionSituation[];
}

export interface Situation {
  environment: string;
  at: number;
  services: ServiceSituation[];
}

export interface SituationDeps {
  cache: Cache;
  clock: Clock;
  config: Config;
  signals: readonly SignalDefinition[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BASELINE_OVER = DAY;
/** The day's average moves slowly: it need not be read again for every look. */
const BASELINE_KEPT = 60_000;
/** But while the console has just begun, its first sync may still be bringing that day. */
const BASELINE_KEPT_OF_AGE = 0.25;
const BASELINE_KEPT_AT_LEAST = 1_000;
const SITUATION_KEPT = 400;

interface Kept<T> {
  at: number;
  value: Promise<T>;
}

/** Answers how things stand; looks that come within a moment of each other share one reading. */
export class SituationReader {
  readonly #deps: SituationDeps;
  readonly #situations = new Map<string, Kept<Situation>>();
  readonly #baselines = new Map<string, Kept<Map<string, number>>>();

  readonly #since: number;

  constructor(deps: SituationDeps) {
    this.#deps = deps;
    this.#since = deps.clock.now();
  }

  read(environment: string): Promise<Situation> {
    return this.#keep(this.#situations, environment, SITUATION_KEPT, () => this.#read(environment));
  }

  #keep<T>(
    store: Map<string, Kept<T>>,
    key: string,
    forMs: number,
    make: () => Promise<T>,
  ): Promise<T> {
    const now = this.#deps.clock.now();
    const kept = store.get(key);
    if (kept && now - kept.at < forMs && now >= kept.at) return kept.value;
    const value = make();
    store.set(key, { at: now, value });
    value.catch(() => store.delete(key));
    return value;
  }

  async #read(environment: string): Promise<Situation> {
    const { cache, clock, config, signals } = this.#deps;
    const now = clock.now();
    const ids = signals.map((signal) => signal.id);
    const [points, lastHour, baselines, flags] = await Promise.all([
      cache.read('latestValues', { environment, signals: ids, since: now - HOUR }),
      cache.read('windowStats', {
        environment,
        signals: signals.filter(isRare).map((signal) => signal.id),
        from: now - HOUR,
        to: now,
      }),
      this.#keep(this.#baselines, environment, this.#baselineKept(now), () =>
        this.#readBaselines(environment, now),
      ),
      cache.read('listFlags', { environment }),
    ]);
    const newest = new Map(
      points.map(({ key, ts, value }) => [
        seriesId(key.service, key.version, key.signal),
        { at: ts, value },
      ]),
    );
    for (const { key, avg, lastTs } of lastHour) {
      newest.set(seriesId(key.service, key.version, key.signal), { at: lastTs, value: avg });
    }
    const services = config.services
      .filter((service) => service.environments[environment] !== undefined)
      .map((service) => {
        const versions = new Set(
          points.filter(({ key }) => key.service === service.id).map(({ key }) => key.version),
        );
        return this.#situate(service, versions, newest, baselines, flags, now);
      });
    return { environment, at: now, services };
  }

  #situate(
    service: ServiceConfig,
    seen: ReadonlySet<string>,
    newest: ReadonlyMap<string, { at: number; value: number }>,
    baselines: ReadonlyMap<string, number>,
    flags: readonly Flag[],
    now: number,
  ): ServiceSituation {
    const { config, signals } = this.#deps;
    const windowMs = durationMs(config.signals.window);
    const staleBefore = now - Math.max(2 * windowMs, 60_000);
    const find = (ref: { source: string; flag: string } | undefined) =>
      flags.find((flag) => flag.key === ref?.flag && flag.source === ref.source) ?? null;
    const modelFlag = find(service.modelFlag);
    const intended =
      modelFlag && service.modelFlag ? rolloutByVersion(service.modelFlag, modelFlag.state) : null;
    const stable = service.modelFlag?.stable ?? null;

    const situate = (version: string): VersionSituation => {
      const current = (signal: string) => {
        const point = newest.get(seriesId(service.id, version, signal));
        return point && point.at >= staleBefore ? point.value : null;
      };
      const rate = current('request_rate');
      const share = version === '' ? 1 : (current('traffic_share') ?? (rate === null ? 0 : null));
      let lastSeenAt: number | null = null;
      const cells = new Map<string, Cell>();
      for (const definition of signals) {
        const point = newest.get(seriesId(service.id, version, definition.id));
        if (point) lastSeenAt = Math.max(lastSeenAt ?? 0, point.at);
        const baseline = baselines.get(seriesId(service.id, stable ?? '', definition.id)) ?? null;
        cells.set(
          definition.id,
          judge(
            definition,
            service.bands[definition.id] ?? definition.band,
            { value: point?.value ?? null, at: point?.at ?? null },
            {
              baseline,
              baselineName: stable ?? 'the last day',
              share: share ?? 1,
              requests: rate === null ? null : (rate * windowMs) / 1000,
              minRequests: config.actions.minRequests,
            },
            staleBefore,
          ),
        );
      }
      return {
        version,
        part: partOf(version, service),
        rollout: version === '' ? null : (intended?.get(version) ?? (intended ? 0 : null)),
        trafficShare: share,
        requestsPerSecond: rate,
        lastSeenAt,
        cells,
      };
    };

    const names = new Set([...seen, ...(intended?.keys() ?? [])]);
    if (stable) names.add(stable);
    if (service.modelFlag?.candidate) names.add(service.modelFlag.candidate);
    names.delete('');
    const order = { stable: 0, candidate: 1, other: 2, whole: 3 };
    const versions = [...names]
      .map(situate)
      .sort((a, b) => order[a.part] - order[b.part] || a.version.localeCompare(b.version));
    return {
      service,
      modelFlag,
      killSwitch: find(service.killSwitch),
      whole: situate(''),
      versions,
    };
  }

  #baselineKept(now: number): number {
    const soon = Math.max((now - this.#since) * BASELINE_KEPT_OF_AGE, BASELINE_KEPT_AT_LEAST);
    return Math.min(soon, BASELINE_KEPT);
  }

  /** The average of each series over the last day; a short history is all there is on the first day. */
  async #readBaselines(environment: string, now: number): Promise<Map<string, number>> {
    const stats = await this.#deps.cache.read('windowStats', {
      environment,
      signals: this.#deps.signals.map((signal) => signal.id),
      from: now - BASELINE_OVER,
      to: now,
    });
    return new Map(
      stats.map(({ key, avg }) => [seriesId(key.service, key.version, key.signal), avg]),
    );
  }
}

/** Events counted by the hour are too rare for the short window of a rate: the hour's average is shown. */
function isRare({ expression }: SignalDefinition): boolean {
  return expression.kind === 'rate' && expression.per === 'hour';
}

function partOf(version: string, service: ServiceConfig): VersionSituation['part'] {
  if (version === '') return 'whole';
  if (version === service.modelFlag?.stable) return 'stable';
  return version === service.modelFlag?.candidate ? 'candidate' : 'other';
}

function seriesId(service: string, version: string, signal: string): string {
  return `${service}\u0000${version}\u0000${signal}`;
}
