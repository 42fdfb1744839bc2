import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { NightdeskError } from '#shared/errors/index.ts';

/** Where this operating system wants an application's data. */
export function defaultDataDir(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  home = homedir(),
): string {
  if (platform === 'win32') {
    return path.join(env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'Nightdesk');
  }
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Nightdesk');
  return path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'nightdesk');
}

/** Makes the folder, for its owner only. Throws `storage_failed` in words. */
export function prepareDataDir(dir: string): string {
  const full = path.resolve(dir);
  try {
    mkdirSync(full, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new NightdeskError(
      'storage_failed',
      `The data folder cannot be made: ${full}. Name another one with --data DIR.`,
      { cause },
    );
  }
  return full;
}
