/** What a host gives the core: of its own it has no clock that decides anything, no folder, no configuration and no secrets. */
import type { Config } from '#shared/model/config.ts';
import type { ConfigProblem, IdentityKind, Role } from '#shared/model/session.ts';

/** Time and timers, so that tests can move them. */
export interface Clock {
  /** Milliseconds since the epoch. It may be set, and then it jumps. */
  now(): number;
  /** Milliseconds since some moment. It never jumps: how long something took is told by it. */
  steady(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** An Error goes under `err`: under another name its text and stack would not be written. */
type Fields = Readonly<Record<string, unknown>> & { readonly error?: string };

export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

export interface Secrets {
  /** The secret, or null when neither the keychain nor the environment has it. */
  get(name: string): Promise<string | null>;
  where(name: string): Promise<'keychain' | 'environment' | 'missing'>;
  /** False where there is no keychain: nothing was stored. */
  set(name: string, value: string): Promise<boolean>;
}

/** The configuration as it was found. `config` is null while it cannot be used; `problems` say why. */
export interface LoadedConfig {
  config: Config | null;
  problems: ConfigProblem[];
  /** The file's text; null where there is none or it cannot be read. */
  text: string | null;
  /** Null for the demo fleet. */
  path: string | null;
  /** The folder that relative paths in it start from. */
  baseDir: string;
}

export interface CoreDeps {
  dataDir: string;
  loaded: LoadedConfig;
  secrets: Secrets;
  clock: Clock;
  /** 0 ≤ x < 1. */
  random: () => number;
  log: Log;
  /** The module that runs on the cache's worker threads. */
  cacheWorker: URL;
  /** The script of the page that shows a shared conversation: TypeScript from the sources, JavaScript from the build. */
  shareViewer: URL;
  host: 'electron' | 'browser';
  appVersion: string;
  demo: boolean;
  /** Opens an address in the system's browser; null where the window is in one and does that itself. */
  openExternal: ((address: string) => Promise<void>) | null;
}

/** Who calls. The host vouches for it; the core decides what it may do. */
export interface Caller {
  name: string;
  role: Role;
}

/** Who is really behind a call, once the core has looked at who is signed in. */
export interface Person extends Caller {
  kind: IdentityKind;
  /** As the journal names them: unmistakable, and saying how it is known. */
  actor: string;
}

/** What a handler is given beside its input. */
export interface CallContext {
  caller: Person;
  signal: AbortSignal;
}
