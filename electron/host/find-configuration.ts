import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '#core/config/load.ts';
import type { LoadedConfig } from '#core/deps.ts';

export const CONFIG_NAME = 'nightdesk.yml';

/**
 * The configuration that was named, else the one in the data folder; null when there is neither, which
 * means the demo. One that cannot be used is not null: the console starts and says what is wrong with it.
 */
export async function findConfiguration(
  named: string | null,
  dataDir: string,
): Promise<LoadedConfig | null> {
  if (named !== null) return loadConfig(path.resolve(named));
  const usual = path.join(dataDir, CONFIG_NAME);
  return existsSync(usual) ? loadConfig(usual) : null;
}
