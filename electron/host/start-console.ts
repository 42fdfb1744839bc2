import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Core, createCore } from '#core/core.ts';
import type { Log } from '#core/deps.ts';
import type { HostArguments } from './arguments.ts';
import { systemClock } from './clock.ts';
import { defaultDataDir, isOpenToOthers, prepareDataDir } from './data-dir.ts';
import { pathOfLink } from './deep-link.ts';
import { type RunningDemo, startDemo } from './demo.ts';
import { findConfiguration } from './find-configuration.ts';
import { type FirstInstance, type FirstRole, takeInstance } from './instance.ts';
import { type FileLog, openLog } from './log.ts';
import type { Modules } from './modules.ts';
import { nodeSpawn, type SpawnDemo } from './processes.ts';
import { createSecrets, type Keychain } from './secrets.ts';

/** What differs between the hosts. */
export interface HostParts {
  host: 'electron' | 'browser';
  modules: Modules;
  keychain: Keychain | null;
  /** Opens an address in the system's browser, where the window is not in one. */
  openExternal?: (address: string) => Promise<void>;
  /** Ends the wait for another console that is still starting. */
  stop?: AbortSignal;
  /** How demo processes are started; by default as children under Node. */
  spawn?: (log: Log) => SpawnDemo;
  /**
   * Another instance was started, with this path: goes there and comes to the front. Without it, the
   * windows that are open are told the path.
   */
  onOpen?: (path: string | null) => void;
  /** Null until windows can be shown a path. */
  describe: () => FirstInstance | null;
  /** Tells the person who started it, on the command line; standard output by default. */
  say?: (line: string) => void;
}

/** A running console, as an adapter serves it to windows. */
export interface Console {
  call: Core['call'];
  subscribe: Core['subscribe'];
  /** Asks every window to go to a path of the console. */
  open: Core['open'];
  demo: boolean;
  dataDir: string;
  log: FileLog;
  /** Ends everything that was started, in order. */
  close(): Promise<void>;
}

export type Started = { first: true; console: Console } | { first: false; running: FirstInstance };

/** Starts all but the windows; or, where the data folder is in use, hands the path over to its user. */
export async function startConsole(args: HostArguments, parts: HostParts): Promise<Started> {
  const dataDir = prepareDataDir(args.data ?? defaultDataDir(process.platform, process.env));
  const log = openLog(dataDir, { level: process.env.NIGHTDESK_LOG || undefined });
  const say = parts.say ?? ((line: string) => process.stdout.write(`${line}\n`));
  let running: Console | null = null;
  const role: FirstRole = {
    onOpen: (target) => {
      const place = target === null ? null : pathOfLink(target);
      if (parts.onOpen) parts.onOpen(place);
      else if (place !== null) running?.open(place);
    },
    describe: parts.describe,
  };
  const instance = await takeInstance(dataDir, args.path, role, {
    onWait: () => say('Nightdesk is starting already; waiting until it runs.'),
    ...(parts.stop ? { stop: parts.stop } : {}),
  });
  if (!instance.first) return instance;
  if (isOpenToOthers(dataDir)) {
    say(`Others on this machine can look into the data folder. Close it: chmod 700 ${dataDir}`);
  }
  running = await run(args, parts, dataDir, log, instance.release);
  return { first: true, console: running };
}

async function run(
  args: HostArguments,
  parts: HostParts,
  dataDir: string,
  log: FileLog,
  release: () => void,
): Promise<Console> {
  // Whatever was started is ended in the opposite order, also when the start itself fails half-way.
  const undo: (() => unknown)[] = [release, log.close];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (err) {
        log.log.error({ err }, 'failed to end a part');
      }
    }
  };
  try {
    const { demo, loaded, coreDir } = await findWork(args, parts, dataDir, log);
    if (demo) undo.push(() => demo.stop());
    for (const secret of Object.values(demo?.secrets ?? {})) log.hide(secret);
    const core = await createCore({
      dataDir: coreDir,
      loaded,
      secrets: createSecrets({
        keychain: parts.keychain,
        environment: { ...process.env, ...demo?.secrets },
        onRead: log.hide,
      }),
      clock: systemClock,
      random: Math.random,
      log: log.log,
      cacheWorker: parts.modules.cacheWorker,
      shareViewer: parts.modules.shareViewer,
      host: parts.host,
      appVersion: version(parts.modules),
      demo: demo !== null,
      openExternal: parts.openExternal ?? null,
    });
    undo.push(() => core.close());
    log.log.info({ host: parts.host, demo: demo !== null, config: loaded.path }, 'console started');
    return {
      call: core.call,
      subscribe: core.subscribe,
      open: core.open,
      demo: demo !== null,
      dataDir,
      log,
      close,
    };
  } catch (error) {
    log.log.error({ err: error }, 'the console could not start');
    await close();
    throw error;
  }
}

/** What is to be watched: what the configuration says, or else the demo fleet. */
async function findWork(args: HostArguments, parts: HostParts, dataDir: string, log: FileLog) {
  const loaded = await findConfiguration(args.config, dataDir);
  if (loaded) return { loaded, coreDir: dataDir, demo: null };
  const coreDir = path.join(dataDir, 'demo');
  const spawn = parts.spawn?.(log.log) ?? nodeSpawn(parts.modules, log.log);
  const demo: RunningDemo = await startDemo(coreDir, parts.modules, spawn, log.log);
  return { loaded: demo.loaded, coreDir, demo };
}

function version(modules: Modules): string {
  const text = readFileSync(new URL('package.json', modules.root), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
