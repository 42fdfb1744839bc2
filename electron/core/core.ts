/** The engine's only entrance: a host creates one core and passes calls and events between it and a window. */
import { createActions } from '#core/actions/engine.ts';
import { createLocks } from '#core/actions/locks.ts';
import { openCache } from '#core/cache/open.ts';
import { createIdentity } from '#core/identity/identity.ts';
import {
  type CoreEvent,
  contract,
  isOperation,
  type OperationName,
} from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Config } from '#shared/model/config.ts';
import { DEFAULT_SIGNALS, mergeSignals } from '#shared/model/default-signals.ts';
import { roleAllows } from '#shared/model/session.ts';
import { slowTurnOf } from '#shared/util/failures.ts';
import type { CallContext, Caller, CoreDeps, LoadedConfig } from './deps.ts';
import { Events } from './events.ts';
import { maskingKey } from './masking/key.ts';
import { maskingSettings } from './masking/settings.ts';
import { createActionFacts } from './operations/action-facts.ts';
import { actionHandlers } from './operations/actions.ts';
import { createConfigKeeper } from './operations/config-keeper.ts';
import { conversationHandlers } from './operations/conversations.ts';
import type { Engine } from './operations/engine.ts';
import { flagHandlers } from './operations/flags.ts';
import type { Handlers } from './operations/handlers.ts';
import { journalHandlers } from './operations/journal.ts';
import { createJournalKeeper } from './operations/journal-keeper.ts';
import { lookupHandlers } from './operations/lookups.ts';
import { overviewHandlers } from './operations/overview.ts';
import { createPreparer } from './operations/prepare.ts';
import { replayHandlers } from './operations/replay.ts';
import { runbookHandlers } from './operations/runbooks.ts';
import { searchHandlers } from './operations/searches.ts';
import { shareHandlers } from './operations/share.ts';
import { signalHandlers } from './operations/signals.ts';
import { SituationReader } from './operations/situation.ts';
import { systemHandlers } from './operations/system.ts';
import { createReplays } from './replay/engine.ts';
import { createNightly } from './replay/nightly.ts';
import { createConnector } from './sources/registry.ts';
import { keepMasked } from './sync/mask-older.ts';
import { keepTidy } from './sync/retention.ts';
import { Sync } from './sync/sync.ts';

export interface Core {
  /**
   * Carries out one operation of the contract.
   * @throws NightdeskError `bad_input` for an unknown operation or an input that does not fit its schema,
   *   `forbidden` when the caller's role does not allow it, and what the operation itself throws.
   */
  call(name: string, input: unknown, caller: Caller, signal?: AbortSignal): Promise<unknown>;
  subscribe(listener: (event: CoreEvent) => void): () => void;
  /** Opens a place in the window, as a deep link does. */
  open(path: string): void;
  close(): Promise<void>;
}

const NOTHING_CONFIGURED: Config = {
  version: 1,
  environments: [{ name: 'production', protected: true }],
  services: [],
  sources: [],
  endpoints: [],
  replay: {
    budget: { requests: 500, tokens: 2_000_000, usd: 5, time: '15m' },
    unsurePhrases: [],
    refusalPhrases: [],
  },
  signals: { window: '5m', definitions: [] },
  actions: { hold: '3m', giveUp: '15m', unlockFor: '15m', minRequests: 30 },
  drills: [],
  masking: { enabled: true, patterns: {}, fields: {} },
  retention: {
    raw: '7d',
    fiveMinutes: '60d',
    oneHour: '400d',
    conversations: '30d',
    maxMegabytes: 2048,
  },
};

export async function createCore(deps: CoreDeps): Promise<Core> {
  const events = new Events();
  const firstConfig = deps.loaded.config ?? NOTHING_CONFIGURED;
  const key = maskingKey(deps.dataDir);
  const cache = await openCache({
    dataDir: deps.dataDir,
    worker: deps.cacheWorker,
    log: deps.log,
    now: deps.clock.now,
    ...cacheSettings(firstConfig, key),
  });
  await cache.write('configure', cacheSettings(firstConfig, key));
  const locks = createLocks({
    cache,
    clock: deps.clock,
    protectedEnvironments: () =>
      engine.config.environments.filter((one) => one.protected).map((one) => one.name),
    ranOut: () => events.changed(['session']),
  });
  const identity = createIdentity({
    ...deps,
    cache,
    publish: events.changed,
    left: async (actor, why) => {
      await locks.lockAll(actor, why);
      events.changed(['session', 'journal']);
    },
  });
  const configKeeper = createConfigKeeper({ cache, clock: deps.clock });
  let engine: Engine;
  const current = () => engine;
  const actions = createActions({
    cache,
    clock: deps.clock,
    log: deps.log,
    locks,
    config: () => engine.config,
    control: (source) => engine.sync.connector(source).control,
    silences: (source) => engine.sync.connector(source).silences,
    facts: createActionFacts(current),
    publish: events.changed,
  });

  const replays = createReplays({
    cache,
    clock: deps.clock,
    log: deps.log,
    secrets: deps.secrets,
    config: () => engine.config,
    publish: events.changed,
  });

  const nightly = createNightly({ ...deps, cache, config: () => engine.config, replays });

  async function build(loaded: LoadedConfig): Promise<Engine> {
    const config = loaded.config ?? NOTHING_CONFIGURED;
    const signals = mergeSignals(DEFAULT_SIGNALS, config.signals.definitions);
    const context = {
      clock: deps.clock,
      random: deps.random,
      log: deps.log,
      secrets: deps.secrets,
      config,
      signals,
      baseDir: loaded.baseDir,
    };
    const connectors = config.sources.map((source) => createConnector(source, context));
    await identity.configure(config.signIn);
    return {
      deps,
      loaded,
      config,
      signals,
      cache,
      clock: deps.clock,
      sync: await Sync.create(connectors, { ...deps, cache, publish: events.changed }),
      situations: new SituationReader({ cache, clock: deps.clock, config, signals }),
      actions,
      locks,
      identity,
      configKeeper,
      publish: events.changed,
      reload,
    };
  }

  let closed = false;
  async function reload(loaded: LoadedConfig): Promise<void> {
    await engine.sync.stop();
    await cache.write('configure', cacheSettings(loaded.config ?? NOTHING_CONFIGURED, key));
    engine = await build(loaded);
    if (closed) return;
    masking.again();
    engine.sync.start();
    events.changed(['session', 'sources', 'signals', 'flags', 'runbooks']);
  }

  await configKeeper.found(deps.loaded);
  engine = await build(deps.loaded);
  const masking = keepMasked({ ...deps, cache, publish: events.changed });
  const keeper = createJournalKeeper({ ...deps, cache, publish: events.changed });
  const handlers: Handlers = {
    ...overviewHandlers(current),
    ...signalHandlers(current),
    ...conversationHandlers(current),
    ...searchHandlers(current),
    ...lookupHandlers(current),
    ...shareHandlers(current, { dataDir: deps.dataDir, key, now: deps.clock.now }),
    ...flagHandlers(current),
    ...actionHandlers({ actions, identity }),
    ...journalHandlers({ cache, clock: deps.clock, keeper }),
    ...runbookHandlers(current),
    ...replayHandlers({ replays, nightly }),
    ...systemHandlers(current),
  };
  engine.sync.start();
  keeper.start();
  const stopTidying = keepTidy({
    cache,
    clock: deps.clock,
    log: deps.log,
    config: () => engine.config,
  });
  await actions.reconcile();
  const prepare = createPreparer(current, deps.log);
  const stopPreparing = events.subscribe((event) => {
    if (event.type === 'changed') prepare(event.topics);
  });
  await replays.reconcile();

  return {
    async call(name, input, caller, signal = new AbortController().signal) {
      if (!isOperation(name)) {
        throw new NightdeskError(
          'bad_input',
          `There is no operation "${String(name).slice(0, 80)}".`,
        );
      }
      const { role } = contract[name];
      const person = identity.person(caller);
      if (!roleAllows(person.role, role)) {
        throw new NightdeskError(
          'forbidden',
          person.kind === 'nobody'
            ? `This needs the role "${role}", and nobody is signed in. Sign in first.`
            : `This needs the role "${role}"; yours is "${person.role}".`,
        );
      }
      signal.throwIfAborted();
      return carryOut(handlers, name, input, { caller: person, signal });
    },
    subscribe: (listener) => events.subscribe(listener),
    open: (path) => events.emit({ type: 'open', path }),
    async close() {
      closed = true;
      stopTidying();
      masking.stop();
      identity.close();
      locks.close();
      stopPreparing();
      nightly.stop();
      keeper.stop();
      await engine.sync.stop();
      await actions.close();
      await replays.close();
      events.close();
      await cache.close();
    },
  };
}

/** Characters of what is said about an input that does not fit. */
const MAX_COMPLAINT = 500;

/** One generic step, so that the schema and the handler of the same name stay together for the compiler. */
async function carryOut<K extends OperationName>(
  handlers: Handlers,
  name: K,
  input: unknown,
  context: CallContext,
): Promise<unknown> {
  const parsed = contract[name].input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.join('.') || 'the input';
    // The keys of the input stand in these texts: as many of them as somebody cares to send.
    throw new NightdeskError(
      'bad_input',
      shorten(`${name}: ${place}: ${issue?.message ?? 'does not fit'}`, MAX_COMPLAINT),
      {
        detail: {
          issues: parsed.error.issues.slice(0, 10).map(({ path, message }) => ({
            path: path.slice(0, 20).map((part) => shorten(String(part), 100)),
            message: shorten(message, MAX_COMPLAINT),
          })),
        },
      },
    );
  }
  return handlers[name](parsed.data as Parameters<Handlers[K]>[0], context);
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** What the cache itself must know of the configuration. */
function cacheSettings(config: Config, key: Uint8Array) {
  const flagServices: Record<string, { service: string }[]> = {};
  for (const service of config.services) {
    for (const ref of [service.modelFlag, service.killSwitch]) {
      if (!ref) continue;
      flagServices[ref.flag] = [...(flagServices[ref.flag] ?? []), { service: service.id }];
    }
  }
  return {
    slowTurnMs: Object.fromEntries(config.services.map(({ id }) => [id, slowTurnOf(config, id)])),
    flagServices,
    masking: maskingSettings(config, key),
  };
}
