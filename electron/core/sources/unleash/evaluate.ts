/** What clients get: Unleash's own client library, fed with what the server serves to clients. */
import { EventEmitter } from 'node:events';
import type { UnleashConfig } from 'unleash-client';
import { Breather } from '#core/sources/breather.ts';
import type { Served } from '#core/sources/connector.ts';
import type { WireClientFeatures } from './wire.ts';

const PROBES_AT_ONCE = 500;

type Repository = NonNullable<UnleashConfig['repository']>;
type Feature = ReturnType<Repository['getToggles']>[number];
type Segment = NonNullable<ReturnType<Repository['getSegment']>>;

/** Holds what was fetched; never fetches by itself. */
class FetchedRepository extends EventEmitter implements Repository {
  readonly #features: ReadonlyMap<string, Feature>;
  readonly #segments: ReadonlyMap<number, Segment>;

  constructor(served: WireClientFeatures) {
    super();
    this.#features = new Map(served.features.map((one) => [one.name, feature(one)]));
    this.#segments = new Map((served.segments ?? []).map((one) => [one.id, segment(one)]));
  }
  getToggle(name: string) {
    return this.#features.get(name);
  }
  getToggles() {
    return [...this.#features.values()];
  }
  getTogglesWithSegmentData() {
    return [];
  }
  getSegment(id: number) {
    return this.#segments.get(id);
  }
  async start() {
    this.emit('ready');
  }
  stop() {}
}

/** What the library reads of a feature; each default is what the library takes a missing field for. */
function feature(wire: Record<string, unknown> & { name: string }): Feature {
  return {
    type: '',
    description: '',
    project: '',
    enabled: false,
    stale: false,
    impressionData: false,
    strategies: [],
    variants: [],
    ...wire,
  };
}

function segment(wire: Record<string, unknown> & { id: number }): Segment {
  return { constraints: [], ...wire };
}

/**
 * Evaluates `flag` for `probes` made-up users; the same users each time, so that counts can be compared.
 * A flag that is on and has no variants counts as `on`; one that is off for the user as `off`.
 */
export async function evaluateAsClient(
  served: WireClientFeatures,
  flag: string,
  environment: string,
  probes: number,
): Promise<Served> {
  // 30 MB of it: loaded with the first action, not with every console.
  const { Unleash } = await import('unleash-client');
  const client = new Unleash({
    appName: 'nightdesk',
    // Asked for by the library; nothing is ever sent there.
    url: 'http://127.0.0.1/',
    environment,
    repository: new FetchedRepository(served),
    disableMetrics: true,
    disableAutoStart: true,
    skipInstanceCountWarning: true,
  });
  client.on('error', () => undefined);
  client.on('warn', () => undefined);
  try {
    await client.start();
    const counts: Record<string, number> = {};
    const breather = new Breather();
    for (let probe = 0; probe < probes; probe++) {
      if (probe % PROBES_AT_ONCE === 0) await breather.rest();
      const id = `nightdesk-probe-${probe}`;
      const variant = client.getVariant(flag, {
        userId: id,
        sessionId: id,
        remoteAddress: '127.0.0.1',
      });
      const on = variant.feature_enabled ?? variant.featureEnabled ?? false;
      const answer = !on ? 'off' : variant.name === 'disabled' ? 'on' : variant.name;
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
    return { counts, probes };
  } finally {
    client.destroy();
  }
}
