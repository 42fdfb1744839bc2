import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PROBE_MS = 4000;
const DOWNLOAD_MS = 180_000;

function packageDir(): string {
  return path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
}

/** Electron's executable, or null where it was never downloaded. Reads files only: `require('electron')` would download. */
export function electronBinary(env: NodeJS.ProcessEnv = process.env): string | null {
  const dir = packageDir();
  const nameFile = path.join(dir, 'path.txt');
  const name = existsSync(nameFile) ? readFileSync(nameFile, 'utf8').trim() : platformName();
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH || path.join(dir, 'dist');
  const binary = path.join(dist, name);
  return existsSync(binary) ? binary : null;
}

function platformName(): string {
  if (process.platform === 'win32') return 'electron.exe';
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
}

/**
 * Tries once to download the binary, as Electron's own installer does. Answers why it did not work, in a
 * few words, or null. The place is asked first: without it, a firewall that drops packets would cost minutes.
 */
export async function downloadElectron(
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const mirror = env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? 'https://github.com/';
  try {
    await fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
  } catch {
    return `${new URL(mirror).host} is out of reach`;
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(packageDir(), 'install.js')], {
      stdio: 'ignore',
      timeout: DOWNLOAD_MS,
    });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      if (code === 0 && electronBinary(env)) resolve(null);
      else resolve(signal ? 'the download took too long' : 'the download failed');
    });
  });
}
