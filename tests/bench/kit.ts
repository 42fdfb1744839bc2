/** What every bench needs: a folder, a cache in it, and a raw database of the same shape. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { openCache } from '#core/cache/open.ts';
import { openCacheFile } from '#core/cache/open-file.ts';
import type { Clock, Log, Secrets } from '#core/deps.ts';
import { maskingKey } from '#core/masking/key.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { Config, type ConfigInput } from '#shared/model/config.ts';
import { note } from './report.ts';

export const WORKER = new URL('../../electron/core/cache/worker.ts', import.meta.url);

export const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => {
    if (process.env.NIGHTDESK_BENCH_LOG) note(`${message} ${JSON.stringify(fields)}`);
  },
  error: (fields, message) => note(`${message} ${JSON.stringify(fields)}`),
};

/** Runs with a folder that is gone afterwards. */
export async function inTempDir<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'nightdesk-bench-'));
  try {
    return await run(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** As the core opens it by default: personal data is masked. */
export const open = (dataDir: string) =>
  openCache({
    dataDir,
    worker: WORKER,
    log,
    masking: { key: maskingKey(dataDir), patterns: {}, fields: {} },
  });

/** A database with the cache's schema and settings, written to without the cache's code. */
export function openRaw(dir: string): Database.Database {
  return openCacheFile(join(dir, 'raw.db'), 0, null).db;
}

export const readRaw = (path: string) => new Database(path, { readonly: true });

export function clockAt(now: () => number): Clock {
  return {
    now,
    steady: now,
    sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  };
}

export const noSecrets: Secrets = {
  get: async () => null,
  where: async () => 'missing',
  set: async () => false,
};

export function contextOf(
  config: ConfigInput,
  extra: Pick<SourceContext, 'clock' | 'signals'>,
): SourceContext {
  return {
    ...extra,
    config: Config.parse(config),
    random: Math.random,
    log,
    secrets: noSecrets,
    baseDir: '.',
  };
}
