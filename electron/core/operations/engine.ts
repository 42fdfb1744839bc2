import type { Actions } from '#core/actions/engine.ts';
import type { Locks } from '#core/actions/locks.ts';
import type { Cache } from '#core/cache/client.ts';
import type { Clock, CoreDeps, LoadedConfig } from '#core/deps.ts';
import type { Identity } from '#core/identity/identity.ts';
import type { Sync } from '#core/sync/sync.ts';
import type { Topic } from '#shared/contract/index.ts';
import type { Config } from '#shared/model/config.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';
import type { ConfigKeeper } from './config-keeper.ts';
import type { SituationReader } from './situation.ts';

/** All that handlers work with. Replaced as a whole when the configuration changes. */
export interface Engine {
  deps: CoreDeps;
  loaded: LoadedConfig;
  /** Without services and sources while the configuration cannot be used. */
  config: Config;
  signals: readonly SignalDefinition[];
  cache: Cache;
  clock: Clock;
  sync: Sync;
  situations: SituationReader;
  actions: Actions;
  locks: Locks;
  identity: Identity;
  configKeeper: ConfigKeeper;
  publish: (topics: Topic[]) => void;
  /** Reads the configuration anew and starts over with it. */
  reload: (loaded: LoadedConfig) => Promise<void>;
}
