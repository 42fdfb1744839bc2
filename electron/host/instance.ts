import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { storageProblem } from '#core/cache/errors.ts';
import { NightdeskError } from '#shared/errors/index.ts';

const MAX_MESSAGE = 10_000;
const HAND_OVER_MS = 3000;
/** How often a second instance asks one that is still starting. */
const ASK_AGAIN_MS = 250;
/** Longer paths cannot be the address of a Unix socket (108 bytes on Linux, 104 on a Mac). */
const MAX_SOCKET_PATH = 100;

/** What the first instance tells a second one. */
export interface FirstInstance {
  /** Where its browser host listens, with the token; null when it is Electron's. */
  address: string | null;
  /** The same, to be opened: good for one browser, once. */
  addressOnce: string | null;
  /** How many windows are open on it. */
  windows: number;
}

export type Instance =
  | { first: true; release: () => void }
  | { first: false; running: FirstInstance };

export interface FirstRole {
  /** A second instance was started with this path; null = just come to the front. */
  onOpen: (path: string | null) => void;
  /** Null while it is still starting: the second one waits, and hands its path over when it can be shown. */
  describe: () => FirstInstance | null;
}

/**
 * Makes this process the one that uses the data folder, or hands `target` to the process that already
 * does; `onWait` is told once when that one is still starting, and `stop` ends the wait for it. Throws `conflict` when it
 * holds the folder but does not answer, and what `stop` says when it aborts.
 */
export async function takeInstance(
  dataDir: string,
  target: string | null,
  role: FirstRole,
  { onWait, stop }: { onWait?: () => void; stop?: AbortSignal } = {},
): Promise<Instance> {
  let waits = false;
  let heardAt = performance.now();
  for (;;) {
    stop?.throwIfAborted();
    // Tried again each time: where the other one fails to start, this one is the first.
    const unlock = lock(dataDir);
    if (unlock) return beFirst(dataDir, role, unlock);
    try {
      const running = await handOver(dataDir, target);
      if (running) return { first: false, running };
      if (!waits) onWait?.();
      waits = true;
      heardAt = performance.now();
    } catch (error) {
      // It has the lock a moment before it can be spoken to, and until a moment after.
      if (performance.now() - heardAt > HAND_OVER_MS) throw error;
    }
    await sleep(ASK_AGAIN_MS);
  }
}

async function beFirst(dataDir: string, role: FirstRole, unlock: () => void): Promise<Instance> {
  const server = await serve(dataDir, role).catch((error: unknown) => {
    unlock();
    throw unwritable(dataDir, error);
  });
  return {
    first: true,
    release: () => {
      server.close();
      rmSync(addressFile(dataDir), { force: true });
      unlock();
    },
  };
}

/** Null when another process holds it. */
function lock(dataDir: string): (() => void) | null {
  const file = path.join(dataDir, 'instance.lock');
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { timeout: 0 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
    return () => db?.close();
  } catch (error) {
    db?.close();
    const problem = storageProblem(error);
    if (problem === 'busy') return null;
    if (problem !== 'damaged') throw unwritable(dataDir, error);
    throw new NightdeskError(
      'storage_failed',
      `${file} is damaged. Delete it and start again: nothing is kept in it.`,
      { cause: error },
    );
  }
}

function unwritable(dataDir: string, error: unknown): NightdeskError {
  if (
    storageProblem(error) === 'full' ||
    (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
  ) {
    return new NightdeskError(
      'storage_full',
      `No space left in the data folder ${dataDir}. Free some space and start again.`,
      { cause: error },
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  return new NightdeskError(
    'storage_failed',
    `The data folder ${dataDir} cannot be written (${why}). Check its permissions, or name another one with --data DIR.`,
    { cause: error },
  );
}

/** Read by its owner only: whoever can read it may speak to the first instance. */
function addressFile(dataDir: string): string {
  return path.join(dataDir, 'instance.json');
}

function socketPath(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\nightdesk-${name}`;
  const inside = path.join(dataDir, 'instance.sock');
  return inside.length <= MAX_SOCKET_PATH ? inside : path.join(tmpdir(), `nightdesk-${name}.sock`);
}

async function serve(dataDir: string, role: FirstRole): Promise<Server> {
  const socket = socketPath(dataDir);
  const key = randomBytes(24).toString('base64url');
  // We hold the lock, so what lies there was left by a crash.
  if (process.platform !== 'win32') rmSync(socket, { force: true });
  const server = createServer((client) => answer(client, key, role));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  server.unref();
  writeFileSync(addressFile(dataDir), JSON.stringify({ socket, key }), { mode: 0o600 });
  return server;
}

function answer(client: Socket, key: string, role: FirstRole): void {
  let text = '';
  client.setEncoding('utf8');
  client.setTimeout(HAND_OVER_MS, () => client.destroy());
  client.on('error', () => client.destroy());
  client.on('data', (chunk) => {
    text += String(chunk);
    if (text.length > MAX_MESSAGE) {
      client.destroy();
      return;
    }
    if (!text.includes('\n')) return;
    // One message each: whatever follows is not read.
    client.removeAllListeners('data');
    const message = readMessage(text);
    if (!message || !sameText(message.key, key)) {
      client.destroy();
      return;
    }
    // Described before it opens: whether a window was there is what the second instance asks.
    const described = role.describe();
    client.end(`${JSON.stringify(described)}\n`);
    if (described) role.onOpen(message.path);
  });
}

function readMessage(text: string): { key: string; path: string | null } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    if (!('key' in value) || typeof value.key !== 'string') return null;
    const path = 'path' in value && typeof value.path === 'string' ? value.path : null;
    return { key: value.key, path };
  } catch {
    return null;
  }
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function readDescription(value: Record<string, unknown> | null): FirstInstance | null {
  if (value === null) return null;
  return {
    address: typeof value.address === 'string' ? value.address : null,
    addressOnce: typeof value.addressOnce === 'string' ? value.addressOnce : null,
    windows: Number(value.windows) || 0,
  };
}

/** Null while the first instance is still starting: it has not taken the path. */
async function handOver(dataDir: string, target: string | null): Promise<FirstInstance | null> {
  try {
    const { socket, key } = JSON.parse(readFileSync(addressFile(dataDir), 'utf8'));
    return await new Promise<FirstInstance | null>((resolve, reject) => {
      const client = connect(String(socket));
      let text = '';
      client.setEncoding('utf8');
      client.setTimeout(HAND_OVER_MS, () => client.destroy(new Error('no answer')));
      client.on('error', reject);
      client.on('connect', () => client.write(`${JSON.stringify({ key, path: target })}\n`));
      client.on('data', (chunk) => {
        text += String(chunk);
      });
      client.on('close', () => {
        try {
          resolve(readDescription(JSON.parse(text)));
        } catch (error) {
          reject(error);
        }
      });
    });
  } catch (cause) {
    throw new NightdeskError(
      'conflict',
      `Another Nightdesk uses ${dataDir} and does not answer. End it, or name another folder with --data DIR.`,
      { cause },
    );
  }
}
