import { spawn } from 'node:child_process';
import { passSignals } from './pass-signals.mjs';

/** An end this soon, and not a good one, means that it could not start at all: a missing library, mostly. */
const TOO_SOON_MS = 5000;

/**
 * Runs Electron to its end. Answers its exit code, or 'unusable' when it never came up; what was told to end in the
 * meantime is not that.
 */
export function runElectron(
  binary: string,
  root: string,
  argv: readonly string[],
): Promise<number | 'unusable'> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(binary, [root, ...argv], { stdio: 'inherit' });
    const asked = passSignals(child);
    child.once('error', () => resolve('unusable'));
    child.once('exit', (code) => {
      if (asked()) return resolve(code ?? 0);
      const failed = code !== 0 && performance.now() - startedAt < TOO_SOON_MS;
      resolve(failed ? 'unusable' : (code ?? 1));
    });
  });
}
