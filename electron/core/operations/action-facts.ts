import type { ActionFacts, ServiceFacts } from '#core/actions/facts.ts';
import type { Engine } from './engine.ts';

/** What the actions ask about the world, answered from the same reading that Now shows. */
export function createActionFacts(engine: () => Engine): ActionFacts {
  return {
    async service(id, environment): Promise<ServiceFacts | null> {
      const { services } = await engine().situations.read(environment);
      return services.find(({ service }) => service.id === id) ?? null;
    },

    async conversations({ service, environment, versions, since }) {
      const { total } = await engine().cache.read('searchConversations', {
        text: '',
        filter: {
          environment,
          services: [service],
          from: since,
          ...(versions.length > 0 ? { versions: [...versions] } : {}),
        },
        sort: 'newest',
        limit: 1,
        offset: 0,
      });
      return total;
    },

    changes: ({ service, environment, since }) =>
      engine().cache.read('listChanges', {
        environment,
        service,
        from: since,
        to: engine().clock.now() + 1,
        limit: 50,
      }),

    freshness: async () => engine().sync.freshness('signals', 'alerts', 'flags', 'conversations'),

    signals: () => engine().signals,
  };
}
