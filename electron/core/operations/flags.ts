import { type DrilledReader, drilledReader } from '#core/actions/drills.ts';
import { askedBy, OWN_WRITES_ASKED } from '#core/actions/own-writes.ts';
import { flagRollout } from '#core/analysis/rollout.ts';
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Action } from '#shared/model/action.ts';
import type { Flag } from '#shared/model/flag.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

const EVENTS_LOOKED_AT = 500;
const LIVE_AROUND_MS = 5 * 60_000;

export function flagHandlers(
  engine: () => Engine,
): Pick<Handlers, 'flags.list' | 'flags.read' | 'flags.history' | 'models.list' | 'models.liveAt'> {
  return {
    'flags.list': async ({ environment }) => {
      const { cache, sync, actions } = engine();
      const [flags, ours, drilled, events] = await Promise.all([
        cache.read('listFlags', { environment }),
        actions.list({ environment, limit: OWN_WRITES_ASKED }),
        drills(engine()),
        cache.read('listFlagEvents', {
          source: null,
          key: null,
          environment,
          limit: EVENTS_LOOKED_AT,
        }),
      ]);
      const rows = flags.map((flag) => {
        const last = events.find((event) => event.key === flag.key && event.source === flag.source);
        return toRow(engine(), flag, last, ours, drilled);
      });
      return { flags: rows, freshness: sync.freshness('flags') };
    },

    'flags.read': async ({ source, key, environment }) => {
      const { cache, sync, actions } = engine();
      const [flag, ours, drilled, events] = await Promise.all([
        cache.read('readFlag', { source, key, environment }),
        actions.list({ environment, limit: OWN_WRITES_ASKED }),
        drills(engine()),
        cache.read('listFlagEvents', { source, key, environment, limit: 1 }),
      ]);
      if (!flag)
        throw new NightdeskError('not_found', `There is no flag "${key}" in ${environment}.`);
      const row = toRow(engine(), flag, events[0], ours, drilled);
      return { flag: row, freshness: sync.freshness('flags') };
    },

    'flags.history': async ({ source, key, environment, limit }) => {
      const { cache, sync, actions } = engine();
      const [events, ours] = await Promise.all([
        cache.read('listFlagEvents', {
          source: source ?? null,
          key: key ?? null,
          environment,
          limit,
        }),
        actions.list({ environment, limit: OWN_WRITES_ASKED }),
      ]);
      return {
        events: events.map((event) => ({
          ...event,
          by: askedBy({ at: event.at, flag: event.key }, ours) ?? event.by,
        })),
        freshness: sync.freshness('flag-history'),
      };
    },

    'models.list': async ({ environment }) => ({
      models: await listModels(engine(), environment),
      freshness: engine().sync.freshness('signals', 'flags', 'conversations'),
    }),

    'models.liveAt': async ({ service, environment, at }) => ({
      combinations: await engine().cache.read('liveCombinations', {
        service,
        environment,
        from: at - LIVE_AROUND_MS,
        to: at + LIVE_AROUND_MS,
      }),
      freshness: engine().sync.freshness('conversations'),
    }),
  };
}

function toRow(
  { config }: Engine,
  flag: Flag,
  last: { at: number; by: string } | undefined,
  ours: readonly Action[],
  drilled: DrilledReader,
): FlagRow {
  const roles = config.services.flatMap((service) => {
    const is = (ref: { source: string; flag: string } | undefined) =>
      ref?.flag === flag.key && ref.source === flag.source;
    return [
      ...(is(service.modelFlag) ? [{ service: service.id, role: 'model' as const }] : []),
      ...(is(service.killSwitch) ? [{ service: service.id, role: 'kill_switch' as const }] : []),
    ];
  });
  return {
    ...flag,
    roles,
    rollout: flagRollout(flag.state),
    lastChangedAt: last?.at ?? flag.createdAt,
    lastChangedBy:
      last === undefined ? null : (askedBy({ at: last.at, flag: flag.key }, ours) ?? last.by),
    lastDrilledAt: roles
      .map(({ service, role }) => drilled(service, role === 'model' ? 'rollback' : role).at)
      .reduce(latest, null),
  };
}

async function listModels(engine: Engine, environment: string): Promise<ModelRow[]> {
  const [situation, observed, drilled] = await Promise.all([
    engine.situations.read(environment),
    engine.cache.read('observedVersions', { environment }),
    drills(engine),
  ]);
  const watched = engine.signals.filter((signal) => signal.watch).map((signal) => signal.id);
  return situation.services.flatMap(({ service, versions }) => {
    const seen = observed.filter((one) => one.service === service.id);
    return versions.map((version): ModelRow => {
      const record = seen.find((one) => one.version === version.version);
      return {
        service: service.id,
        environment,
        version: version.version,
        part: version.part === 'whole' ? 'other' : version.part,
        flag: service.modelFlag?.flag ?? null,
        rollout: version.rollout,
        trafficShare: version.trafficShare,
        firstSeenAt: record?.firstSeenAt ?? null,
        lastSeenAt: latest(record?.lastSeenAt ?? null, version.lastSeenAt),
        conversations: record?.conversations ?? 0,
        cells: watched.flatMap((signal) => version.cells.get(signal) ?? []),
        lastDrilledAt: drilled(service.id, 'rollback').at,
      };
    });
  });
}

function drills({ cache, clock, config }: Engine): Promise<DrilledReader> {
  return drilledReader({ cache, clock, config: () => config });
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
