import { OWN_WRITES_ASKED, withAskers } from '#core/actions/own-writes.ts';
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
): Pick<Handlers, 'signals.list' | 'signals.query' | 'alerts.list' | 'changes.list'> {
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

    'changes.list': async ({ environment, service, from, to, limit }) => {
      const { cache, sync, actions } = engine();
      const [changes, ours] = await Promise.all([
        cache.read('listChanges', { environment, service: service ?? null, from, to, limit }),
        actions.list({ environment, limit: OWN_WRITES_ASKED }),
      ]);
      return {
        changes: withAskers(changes, ours),
        freshness: sync.freshness('flags', 'conversations', 'alerts'),
      };
    },
  };
}
