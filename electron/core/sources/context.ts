import type { Clock, Log, Secrets } from '#core/deps.ts';
import type { Config } from '#shared/model/config.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';

/** What a connector is given beside its own configuration. */
export interface SourceContext {
  clock: Clock;
  /** 0 ≤ x < 1. */
  random: () => number;
  log: Log;
  secrets: Secrets;
  config: Config;
  /** The default signals with the configured ones merged in. */
  signals: readonly SignalDefinition[];
  /** The folder that relative paths in the configuration start from. */
  baseDir: string;
}
