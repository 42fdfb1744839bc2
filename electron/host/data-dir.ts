import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
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

/** What SQLite makes it makes for everybody: also what earlier versions left, and what was set aside. */
const DATABASE = /^(cache|journal)\.db/;

let usual: number | undefined;

/** What is started in `work` makes its own files as its user is used to. */
export function withUsualMask<T>(work: () => T): T {
  if (usual === undefined) return work();
  const own = process.umask(usual);
  try {
    return work();
  } finally {
    process.umask(own);
  }
}

/**
 * Makes the folder, for its owner only, as is every file that this process makes from now on and the databases that are
 * there. A folder that somebody else made keeps its mode. Throws `storage_failed` in words.
 */
export function prepareDataDir(dir: string): string {
  const before = process.umask(0o077);
  usual ??= before;
  const full = path.resolve(dir);
  try {
    mkdirSync(full, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(full)) {
      if (DATABASE.test(name)) closeToOthers(path.join(full, name));
    }
  } catch (cause) {
    throw new NightdeskError(
      'storage_failed',
      `The data folder cannot be made or read: ${full}. Name another one with --data DIR.`,
      { cause },
    );
  }
  return full;
}

/** Whether other accounts of this machine can look into the folder, or write there. Windows knows no such mode. */
export function isOpenToOthers(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
}

function closeToOthers(file: string): void {
  try {
    if (isOpenToOthers(file)) chmodSync(file, 0o600);
  } catch {
    // Gone by now, or not ours to change.
  }
}
