import type { Cache } from '#core/cache/client.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Frame } from '#shared/model/signal.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

type CachedFrame = Awaited<ReturnType<typeof readFrame>>;

function readFrame(cache: Cache, args: Parameters<typeof cache.read<'seriesFrame'>>[1]) {
  return cache.read('seriesFrame', args);
}

/** Typed columns as plain lists, which every transport can carry. */
export function toFrame({ resolution, series }: CachedFrame): Frame {
  return {
    resolution,
    series: series.map(({ key, ts, value, min, max }) => ({
      ...key,
      ts: Array.from(ts),
      value: Array.from(value),
      ...(min ? { min: Array.from(min) } : {}),
      ...(max ? { max: Array.from(max) } : {}),
    })),
  };
}

export function signalHandlers(
  engine: () => Engine,
): Pick<
  Handlers,
  'signals.list' | 'signals.query' | 'alerts.list' | 'alerts.silence' | 'changes.list'
> {
  return {
    'signals.list': async () => ({ signals: [...engine().signals] }),

    'signals.query': async (input) => {
      if (input.to <= input.from) {
        throw new NightdeskError('bad_input', 'The range must end after it begins.');
      }
      const { cache, sync } = engine();
      return {
        frame: toFrame(await readFrame(cache, input)),
        freshness: sync.freshness('signals'),
      };
    },

    'alerts.list': async ({ environment, states }) => {
      const { cache, sync } = engine();
      const [alerts, silences] = await Promise.all([
        cache.read('listAlerts', { environment, states }),
        cache.read('listSilences', {}),
      ]);
      return { alerts, silences, freshness: sync.freshness('alerts') };
    },

    'alerts.silence': async (
      { source, fingerprint, environment, until, reason },
      { caller, signal },
    ) => {
      const { cache, clock, sync, locks } = engine();
      if (until <= clock.now()) {
        throw new NightdeskError('bad_input', 'A silence must end in the future.');
      }
      locks.require(environment);
      const alerts = await cache.read('listAlerts', {
        environment,
        states: ['firing', 'suppressed'],
      });
      const alert = alerts.find((one) => one.source === source && one.fingerprint === fingerprint);
      if (!alert) throw new NightdeskError('not_found', 'This alert is no longer active.');
      const control = sync.connector(source).silences;
      if (!control) throw new NightdeskError('unsupported', `Source "${source}" has no silences.`);
      await cache.journal('append', {
        entry: {
          at: clock.now(),
          kind: 'intent',
          actor: caller.actor,
          action: null,
          environment,
          summary: `Silence ${alert.name} until ${new Date(until).toISOString()}: ${reason}`,
          data: { source, fingerprint, until, reason },
        },
      });
      const silence = await control.silence(alert, until, caller.actor, reason, signal);
      await cache.journal('append', {
        entry: {
          at: clock.now(),
          kind: 'outcome',
          actor: caller.actor,
          action: null,
          environment,
          summary: `Silenced ${alert.name} as ${silence.id}`,
          data: { silence },
        },
      });
      await sync.syncNow(source);
      return { silence };
    },

    'changes.list': async ({ environment, service, from, to, limit }) => {
      const { cache, sync } = engine();
      return {
        changes: await cache.read('listChanges', {
          environment,
          service: service ?? null,
          from,
          to,
          limit,
        }),
        freshness: sync.freshness('flags', 'conversations', 'alerts'),
      };
    },
  };
}
