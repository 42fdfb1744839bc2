import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { Handlers } from './handlers.ts';
import type { JournalKeeper } from './journal-keeper.ts';

export function journalHandlers(deps: {
  cache: Pick<Cache, 'journal' | 'audit'>;
  clock: Clock;
  keeper: JournalKeeper;
}): Pick<
  Handlers,
  'journal.list' | 'journal.verify' | 'journal.state' | 'journal.acknowledge' | 'journal.export'
> {
  const { cache, clock, keeper } = deps;
  return {
    'journal.list': (args) => cache.journal('list', args),
    'journal.verify': () => keeper.verify(),
    'journal.state': () => keeper.state(),
    'journal.acknowledge': async ({ finding, words }, { caller }) => ({
      unseen: await keeper.acknowledge(finding, words, caller.actor),
    }),
    'journal.export': async (args) => {
      const stamp = new Date(clock.now()).toISOString().slice(0, 19).replace(/[:T]/g, '-');
      return {
        fileName: `nightdesk-journal-${stamp}.jsonl`,
        ...(await cache.audit('exportPiece', args)),
      };
    },
  };
}
