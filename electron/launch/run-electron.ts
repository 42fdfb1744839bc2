import { spawn } from 'node:child_process';

/** An end this soon, and not a good one, means that it could not start at all: a missing library, mostly. */
const TOO_SOON_MS = 5000;

/** Runs Electron to its end. Answers its exit code, or 'unusable' when it never came up. */
export function runElectron(
  binary: string,
  root: string,
  argv: readonly string[],
): Promise<number | 'unusable'> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(binary, [root, ...argv], { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGINT', pass);
    process.on('SIGTERM', pass);
    const end = (result: number | 'unusable') => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
      resolve(result);
    };
    child.once('error', () => end('unusable'));
    child.once('exit', (code, signal) => {
      const failed = code !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM';
      end(failed && performance.now() - startedAt < TOO_SOON_MS ? 'unusable' : (code ?? 0));
    });
  });
}
