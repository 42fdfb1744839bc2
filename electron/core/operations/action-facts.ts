import type { ActionFacts, Breach, ServiceFacts } from '#core/actions/facts.ts';
import { noise } from '#core/analysis/bands.ts';
import type { Silence } from '#shared/model/alert.ts';
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';
import { parseDuration } from '#shared/util/duration.ts';
import type { Engine } from './engine.ts';

const BREACH_POINTS = 500;
const BREACH_LASTS = 4;

/** What the actions ask about the world, answered from the same reading that Now shows. */
export function createActionFacts(engine: () => Engine): ActionFacts {
  return {
    async service(id, environment): Promise<ServiceFacts | null> {
      const { services } = await engine().situations.read(environment);
      return services.find(({ service }) => service.id === id) ?? null;
    },

    async conversations({ service, environment, versions, since }) {
      const { total } = await engine().cache.read('searchConversations', {
        text: '',
        filter: {
          environment,
          services: [service],
          from: since,
          ...(versions.length > 0 ? { versions: [...versions] } : {}),
        },
        sort: 'newest',
        limit: 1,
        offset: 0,
      });
      return total;
    },

    changes: ({ service, environment, since }) =>
      engine().cache.read('listChanges', {
        environment,
        service,
        from: since,
        to: engine().clock.now() + 1,
        limit: 50,
      }),

    async breaches({ service: id, environment, version, since }) {
      const { services } = await engine().situations.read(environment);
      const found = services
        .find(({ service }) => service.id === id)
        ?.versions.find((one) => one.version === version);
      if (found === undefined) return [];
      const cells = [...found.cells.values()].filter(({ state }) => state === 'ok');
      const frame = await engine().cache.read('seriesFrame', {
        signals: cells.map(({ signal }) => signal),
        environment,
        services: [id],
        versions: [version],
        from: since,
        to: engine().clock.now() + 1,
        maxPoints: BREACH_POINTS,
      });
      const windowMs = parseDuration(engine().config.signals.window) ?? 5 * 60_000;
      const requests =
        found.requestsPerSecond === null ? null : (found.requestsPerSecond * windowMs) / 1000;
      return frame.series
        .flatMap(({ key, ts, value }) => {
          const cell = cells.find(({ signal }) => signal === key.signal);
          const definition = engine().signals.find(({ id: signal }) => signal === key.signal);
          if (cell === undefined || definition === undefined) return [];
          return latestBreach(definition, cell, ts, value, requests);
        })
        .sort((a, b) => b.at - a.at);
    },

    async silences(service, environment) {
      const [alerts, silences] = await Promise.all([
        engine().cache.read('listAlerts', { environment, states: ['firing', 'suppressed'] }),
        engine().cache.read('listSilences', {}),
      ]);
      const held = new Set(
        alerts.flatMap((one) => (one.service === service ? one.silencedBy : [])),
      );
      const names = (silence: Silence) =>
        silence.matchers.some(
          (one) => one.isEqual && !one.isRegex && one.name === 'service' && one.value === service,
        );
      return silences.filter(
        (one) =>
          one.state === 'active' &&
          one.endsAt > engine().clock.now() &&
          (held.has(one.id) || names(one)),
      );
    },

    freshness: async () => engine().sync.freshness('signals', 'alerts', 'flags', 'conversations'),

    signals: () => engine().signals,
  };
}

/** The latest of several points in a row beyond the band as it is now, by more than chance among as many requests. */
function latestBreach(
  definition: SignalDefinition,
  { low, high }: Cell,
  ts: Float64Array,
  values: Float64Array,
  requests: number | null,
): Breach[] {
  let run: Breach[] = [];
  for (let i = ts.length - 1; i >= 0; i--) {
    const [at, value] = [ts[i], values[i]];
    if (at === undefined || value === undefined || !Number.isFinite(value)) continue;
    const limit = high !== null && value > high ? high : low !== null && value < low ? low : null;
    const beyond = limit === null ? 0 : Math.abs(value - limit);
    if (limit === null || beyond <= noise(definition, limit, value, requests)) run = [];
    else run = [...run, { signal: definition.id, at, value, limit }];
    // One point alone proves nothing.
    if (run.length >= BREACH_LASTS) return run.slice(0, 1);
  }
  return [];
}
