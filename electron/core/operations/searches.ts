import { randomUUID } from 'node:crypto';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

export function searchHandlers(
  engine: () => Engine,
): Pick<Handlers, 'searches.list' | 'searches.save' | 'searches.rename' | 'searches.remove'> {
  const changed = () => engine().publish(['searches']);
  return {
    'searches.list': async () => ({ searches: await engine().cache.journal('listSearches', {}) }),

    'searches.save': async ({ name, query }, { caller }) => {
      const { cache, clock } = engine();
      const id = `s-${randomUUID()}`;
      const kept = { id, name, by: caller.name, at: clock.now(), query };
      const search = await cache.journal('saveSearch', kept);
      changed();
      return { search };
    },

    'searches.rename': async (input) => {
      const search = await engine().cache.journal('renameSearch', input);
      changed();
      return { search };
    },

    'searches.remove': async (input) => {
      const removed = await engine().cache.journal('removeSearch', input);
      changed();
      return { removed };
    },
  };
}
