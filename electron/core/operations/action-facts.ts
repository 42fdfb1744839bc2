import type { ActionFacts, Breach, ServiceFacts } from '#core/actions/facts.ts';
import { latestBreach } from '#core/analysis/breach.ts';
import type { Silence } from '#shared/model/alert.ts';
import { durationMs } from '#shared/util/duration.ts';
import type { Engine } from './engine.ts';

const BREACH_POINTS = 500;
const FINE_MS = 3_600_000;
const REQUEST_RATE = 'request_rate';

type Asked = Pick<Engine, 'cache' | 'clock' | 'config' | 'signals' | 'situations'> & {
  sync: Pick<Engine['sync'], 'freshness'>;
};

/** What the actions ask about the world, answered from the same reading that Now shows. */
export function createActionFacts(engine: () => Asked): ActionFacts {
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
      const standing = services.find(({ service }) => service.id === id);
      const found = standing?.versions.find((one) => one.version === version);
      if (standing === undefined || found === undefined) return [];
      const { bands } = standing.service;
      // A forecast of the past tells of the traffic of then as much as of the version.
      const isForecast = (signal: string) =>
        (bands[signal] ?? engine().signals.find((one) => one.id === signal)?.band)?.kind ===
        'forecast';
      // Also of a version that has no requests now: how it did when it had some is what is asked.
      const cells = [...found.cells.values()].filter(
        ({ signal, state }) => state !== 'bad' && !isForecast(signal),
      );
      const now = engine().clock.now();
      const windowMs = durationMs(engine().config.signals.window);
      const breachesSince = async (from: number): Promise<Breach[]> => {
        const { series } = await engine().cache.read('seriesFrame', {
          signals: [...new Set([...cells.map(({ signal }) => signal), REQUEST_RATE])],
          environment,
          services: [id],
          versions: [version],
          from,
          to: now + 1,
          maxPoints: BREACH_POINTS,
        });
        const rates = series.find(({ key }) => key.signal === REQUEST_RATE);
        return series.flatMap(({ key, ts, value }) => {
          const cell = cells.find(({ signal }) => signal === key.signal);
          const definition = engine().signals.find(({ id: signal }) => signal === key.signal);
          if (cell === undefined || definition === undefined) return [];
          const breach = latestBreach(definition, cell, { ts, value, rates, windowMs });
          return breach === null ? [] : [{ signal: key.signal, ...breach }];
        });
      };
      // A short break is lost among the coarse points of a long time.
      const breaches = await Promise.all(
        [since, Math.max(since, now - FINE_MS)].map(breachesSince),
      );
      const latest = new Map<string, Breach>();
      for (const one of breaches.flat().sort((a, b) => a.at - b.at)) latest.set(one.signal, one);
      return [...latest.values()].sort((a, b) => b.at - a.at);
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
