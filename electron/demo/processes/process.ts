/** What every process of the demo does: read its environment, serve on loopback, and end with whoever started it. */
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

/** A variable that the fleet sets. Throws when it is missing: then the fleet and the process are not of one build. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set; the demo fleet starts this process.`);
  return value;
}

/** Listens on 127.0.0.1; resolves when it does. */
export function listen(app: Hono, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () => resolve());
    server.once('error', reject);
  });
}

/**
 * Ends this process when its starter tells it to (SIGTERM), when the channel to the starter closes, or when the starter is
 * gone: under Electron there is no channel of Node's, so its pid is looked at as well.
 */
export function endWithParent(
  parentPid: number,
  tidyUp: () => Promise<void> = async () => {},
): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    // Whatever tidying up hangs on, it does not hold the process.
    setTimeout(() => process.exit(0), 400).unref();
    tidyUp().finally(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  // A terminal tells the whole group. When the fleet ends is for its starter to say, which hears it too.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.once('disconnect', end);
  setInterval(() => {
    if (!alive(parentPid)) end();
  }, 1000).unref();
}

/** Resolves when an address answers; the fleet starts all at once. Gives up, and throws, after a while. */
export async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer.`);
}

/** Runs the process; what fails before it serves is said on stderr, in one line, and ends it. */
export function run(main: () => Promise<void>): void {
  main().catch((cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    process.exit(1);
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // No right to signal it: it is there.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
