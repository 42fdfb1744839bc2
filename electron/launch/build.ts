import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['electron', 'renderer', 'shared', 'electron.vite.config.ts', 'package.json'];
const RESULTS = ['out/main/server.js', 'out/main/cache-worker.js', 'out/renderer/index.html'];
const STAMP = 'out/.built';

/** Why a build is needed, or null when `out/` is as new as the sources. */
export function buildReason(root = ROOT): string | null {
  if (!RESULTS.every((file) => existsSync(path.join(root, file)))) return 'not built yet';
  const stamp = path.join(root, STAMP);
  if (!existsSync(stamp)) return 'not built by npm start';
  const built = statSync(stamp).mtimeMs;
  return SOURCES.some((source) => newest(path.join(root, source)) > built)
    ? 'the sources are newer'
    : null;
}

/** Builds where needed. Answers false, after printing what the build said, when that failed. */
export function ensureBuilt(say: (line: string) => void, root = ROOT): boolean {
  const reason = buildReason(root);
  if (reason === null) return true;
  say(`Building (${reason})…`);
  // Its time is that of the start: a source saved while the build runs makes the next one needed.
  const startedAt = new Date();
  const result = spawnSync(process.execPath, [electronVite(), 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (result.status !== 0) {
    say(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
    say('The build failed; see above. After pulling changes: npm ci');
    return false;
  }
  const stamp = path.join(root, STAMP);
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
  return true;
}

function electronVite(): string {
  const manifest = createRequire(import.meta.url).resolve('electron-vite/package.json');
  return path.join(path.dirname(manifest), 'bin', 'electron-vite.js');
}

function newest(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time changes when a file in it is removed or renamed.
  return readdirSync(file).reduce(
    (latest, name) => Math.max(latest, newest(path.join(file, name))),
    stat.mtimeMs,
  );
}
