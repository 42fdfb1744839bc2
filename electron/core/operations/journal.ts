import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import type { Handlers } from './handlers.ts';

export function journalHandlers(deps: {
  cache: Pick<Cache, 'journal'>;
  clock: Clock;
}): Pick<Handlers, 'journal.list' | 'journal.verify' | 'journal.export'> {
  const { cache, clock } = deps;
  return {
    'journal.list': (args) => cache.journal('list', args),
    'journal.verify': async () => ({
      ...(await cache.journal('verify', {})),
      verifiedAt: clock.now(),
    }),
    'journal.export': async () => {
      const stamp = new Date(clock.now()).toISOString().slice(0, 19).replace(/[:T]/g, '-');
      return {
        fileName: `nightdesk-journal-${stamp}.jsonl`,
        text: await cache.journal('exportLines', {}),
      };
    },
  };
}
