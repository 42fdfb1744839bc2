import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const execute = promisify(execFile);

const READY_MS = 60_000;
const STOP_MS = 8000;
const KEPT_OUTPUT = 8000;

export interface ServerProcess {
  pid: number;
  /** The last of what it printed. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a program and waits until `ready` answers true. Its output is in the error when it does not come up. */
export async function startProcess(options: {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  cwd?: string;
  ready: () => Promise<boolean>;
}): Promise<ServerProcess> {
  const child = spawn(options.command, options.args, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  let output = '';
  const keep = (text: unknown) => {
    output = (output + String(text)).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.once('error', keep);
  const server = { pid: child.pid ?? -1, output: () => output, stop: () => end(child) };

  const giveUpAt = Date.now() + READY_MS;
  while (!(await options.ready().catch(() => false))) {
    if (child.pid === undefined || child.exitCode !== null || Date.now() > giveUpAt) {
      await server.stop();
      throw new Error(`${options.name} did not come up:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return server;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}

export function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** A folder of its own in the temporary folder, and the way to remove it. */
export async function temporaryFolder(
  name: string,
): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), `nightdesk-${name}-`));
  return { dir, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The first of these programs that can be run, by its full path. */
export function findProgram(
  names: readonly string[],
  folders: readonly string[] = [],
): string | null {
  const places = [...(process.env.PATH ?? '').split(path.delimiter), ...folders];
  for (const name of names) {
    for (const place of places) {
      const file = path.join(place, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}
