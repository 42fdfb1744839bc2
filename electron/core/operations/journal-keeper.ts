/** Knows whether the journal is whole, and tells in the journal itself when it is not. */
import type { Cache } from '#core/cache/client.ts';
import { findingEntry, seenEntry } from '#core/cache/journal/finding-entry.ts';
import type { Clock, Log } from '#core/deps.ts';
import type { Output, Topic } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { JournalFinding, JournalProblem } from '#shared/model/journal.ts';

type Verified = Output<'journal.verify'>;

export interface JournalKeeper {
  /** Verifies in the background: a start does not wait for it. */
  start(): void;
  /** The console is closing: what ends with it is no failure. */
  stop(): void;
  verify(): Promise<Verified>;
  state(): Promise<Output<'journal.state'>>;
  /** Throws `not_found` when no such finding waits. */
  acknowledge(finding: number, words: string, by: string): Promise<JournalFinding[]>;
}

export function createJournalKeeper(deps: {
  cache: Pick<Cache, 'journal' | 'audit'>;
  clock: Clock;
  log: Log;
  publish: (topics: Topic[]) => void;
}): JournalKeeper {
  const { cache, clock, log, publish } = deps;
  let last: Verified | null = null;
  let running: Promise<Verified> | null = null;
  let stopped = false;

  async function walk(): Promise<Verified> {
    const began = performance.now();
    let found = await cache.audit('verify', {});
    const fresh = newProblems(found.problems, found.findings);
    if (fresh.length > 0) {
      log.error({ problems: fresh }, 'the journal is not as it was written');
      await cache.journal('append', { entry: findingEntry(fresh, clock.now()) });
      found = { ...found, findings: await cache.journal('findings', {}) };
    }
    last = { ...found, verifiedAt: clock.now(), took: performance.now() - began };
    publish(['journal']);
    return last;
  }

  /** Whoever asks while one runs gets that one's answer. */
  function verify(): Promise<Verified> {
    running ??= walk().finally(() => {
      running = null;
    });
    return running;
  }

  const unseen = async () =>
    (await cache.journal('findings', {})).filter((finding) => finding.seen === null);

  return {
    verify,
    start() {
      verify().catch((error) => {
        if (!stopped) log.error({ err: error }, 'the journal could not be verified');
      });
    },
    stop() {
      stopped = true;
    },
    state: async () => {
      const [waiting, head] = await Promise.all([unseen(), cache.journal('head', {})]);
      return { verified: last, entries: head?.seq ?? 0, unseen: waiting };
    },
    async acknowledge(finding, words, by) {
      if (!(await unseen()).some(({ seq }) => seq === finding)) {
        throw new NightdeskError('not_found', `No finding ${finding} waits to be seen.`);
      }
      await cache.journal('append', { entry: seenEntry(finding, words, by, clock.now()) });
      await verify();
      return unseen();
    },
  };
}

/** Those that no finding in the journal tells of yet: each is told once, not at every start. */
function newProblems(
  now: readonly JournalProblem[],
  findings: readonly JournalFinding[],
): JournalProblem[] {
  const told = new Set(findings.flatMap(({ problems }) => problems.map(({ seq }) => seq)));
  return now.filter(({ seq }) => !told.has(seq));
}
