import { readFileSync } from 'node:fs';

const PATIENCE_MS = 8000;
const PARENT_CHECK_MS = 2000;
/** npm, and the shell between it and us; one more where an older Node handed over (launch/node.mjs). */
const GENERATIONS = process.env.NIGHTDESK_HANDED_OVER ? 3 : 2;

/**
 * Runs `close` once when this process is asked to end: by a signal, by the closing of the channel to its
 * parent, or because the npm that started it is gone. A second signal ends it at once.
 */
export function closeOnExit(close: () => Promise<void>): void {
  let closing = false;
  const end = (code: number) => {
    if (closing) process.exit(code || 1);
    closing = true;
    const last = setTimeout(() => process.exit(1), PATIENCE_MS);
    last.unref();
    close().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
  process.on('SIGHUP', () => end(0));
  if (process.channel) process.on('disconnect', () => end(0));
  watchNpm(() => end(0));
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
