/**
 * Which protected environments may be written to, until when. It lives in the core, so that no window can get
 * around it, and in memory only: a restart locks everything again. Every turn of the key is journaled.
 */
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';

export interface LocksDeps {
  cache: Pick<Cache, 'journal'>;
  clock: Clock;
  /** Names of the environments that are read-only until unlocked. */
  protectedEnvironments: () => readonly string[];
  /** Told when an environment was locked again because its time was over. */
  ranOut: () => void;
}

export interface Locks {
  /** Milliseconds since the epoch; null when it is locked, or needs no unlocking. */
  unlockedUntil(environment: string): number | null;
  /** True when writing is allowed now. */
  isUnlocked(environment: string): boolean;
  /** Throws `locked` when writing is not allowed now. */
  require(environment: string): void;
  /** Journaled before it takes effect. A later end than the one that stands replaces it, an earlier does not. */
  unlock(environment: string, until: number, by: string): Promise<void>;
  lock(environment: string, by: string): Promise<void>;
  /** Everything, at once: who unlocked it is not there any more. An unlock that is just being journaled does not outlive it. */
  lockAll(by: string, why: string): Promise<void>;
  close(): void;
}

export function createLocks(deps: LocksDeps): Locks {
  const { cache, clock } = deps;
  let lockedAll = 0;
  const until = new Map<string, { from: number; until: number; over: AbortController }>();

  /** A timer does not follow the wall clock: one that is set back must not keep anything open for longer. */
  const endLater = async (environment: string, ms: number, over: AbortController) => {
    try {
      await clock.sleep(ms, over.signal);
    } catch {
      return;
    }
    if (until.get(environment)?.over !== over) return;
    until.delete(environment);
    deps.ranOut();
  };
  const forget = (environment: string) => {
    until.get(environment)?.over.abort();
    until.delete(environment);
  };

  const unlockedUntil = (environment: string): number | null => {
    const found = until.get(environment);
    if (found === undefined) return null;
    const now = clock.now();
    if (now >= found.until || now < found.from) {
      forget(environment);
      deps.ranOut();
      return null;
    }
    return found.until;
  };
  const isUnlocked = (environment: string) =>
    !deps.protectedEnvironments().includes(environment) || unlockedUntil(environment) !== null;

  /** `end` null: it is locked. */
  const record = async (environment: string, by: string, end: number | null, why = '') => {
    const summary =
      end === null
        ? `${environment} locked${why === '' ? '' : `: ${why}`}`
        : `${environment} unlocked until ${new Date(end).toISOString()}`;
    await cache.journal('append', {
      entry: {
        at: clock.now(),
        kind: end === null ? 'lock' : 'unlock',
        actor: by,
        action: null,
        environment,
        summary,
        data: end === null ? null : { until: end },
      },
    });
  };

  return {
    unlockedUntil,
    isUnlocked,
    require(environment) {
      if (isUnlocked(environment)) return;
      throw new NightdeskError('locked', `${environment} is read-only. Unlock it first.`, {
        detail: { environment },
      });
    },
    async unlock(environment, end, by) {
      if (!deps.protectedEnvironments().includes(environment)) return;
      if ((unlockedUntil(environment) ?? 0) >= end) return;
      const round = lockedAll;
      await record(environment, by, end);
      if (round !== lockedAll) return record(environment, by, null, 'who unlocked it has left');
      forget(environment);
      const from = clock.now();
      const over = new AbortController();
      until.set(environment, { from, until: end, over });
      void endLater(environment, end - from, over);
    },
    async lock(environment, by) {
      if (unlockedUntil(environment) === null) return;
      forget(environment);
      await record(environment, by, null);
    },
    async lockAll(by, why) {
      lockedAll++;
      const open = [...until.keys()];
      for (const environment of open) forget(environment);
      await Promise.all(open.map((environment) => record(environment, by, null, why)));
    },
    close() {
      for (const environment of [...until.keys()]) forget(environment);
    },
  };
}
