import { readFileSync } from 'node:fs';

const PATIENCE_MS = 8000;
/** A terminal signals the whole group, and whoever started us passes it on: what comes so soon is the same wish. */
const ECHO_MS = 1000;
const PARENT_CHECK_MS = 2000;
/** npm, and the shell between it and us; one more where an older Node handed over (launch/node.mjs). */
const GENERATIONS = process.env.NIGHTDESK_HANDED_OVER ? 3 : 2;

/**
 * Runs `close` once when this process is asked to end: by a signal, by the closing of the channel to its
 * parent, or because the npm that started it is gone; the exit code is 0. Who asks by another signal, later than
 * an echo of the first, does not want to wait: it ends at once, with 1.
 */
export function closeOnExit(close: () => Promise<void>): void {
  let begunAt: number | null = null;
  const end = () => {
    if (begunAt !== null) return;
    begunAt = performance.now();
    const last = setTimeout(() => process.exit(1), PATIENCE_MS);
    last.unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  const asked = () => {
    if (begunAt !== null && performance.now() - begunAt > ECHO_MS) process.exit(1);
    end();
  };
  process.on('SIGINT', asked);
  process.on('SIGTERM', asked);
  process.on('SIGHUP', asked);
  if (process.channel) process.on('disconnect', end);
  watchNpm(end);
}

/** npm ended by SIGKILL passes nothing on; without this the fleet would live on with nobody to end it. */
function watchNpm(gone: () => void): void {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return;
  const ancestors = () => {
    const line = [process.ppid];
    while (line.length < GENERATIONS) line.push(parentOf(line.at(-1) ?? 0) ?? 0);
    return line.join(' ');
  };
  const before = ancestors();
  setInterval(() => ancestors() !== before && gone(), PARENT_CHECK_MS).unref();
}

/** Null where the system does not tell as a file. */
function parentOf(pid: number): number | null {
  try {
    // "pid (name) state ppid …"; the name may hold anything, also brackets.
    const [parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) \S+ /s, '')
      .split(' ');
    return parent === undefined ? null : Number(parent);
  } catch {
    return null;
  }
}
