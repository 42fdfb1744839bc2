import { NightdeskError } from '#shared/errors/index.ts';
import type { LiveCombination, Turn } from '#shared/model/conversation.ts';
import { idsToFind } from '#shared/util/correlation-id.ts';
import { slowTurnOf } from '#shared/util/failures.ts';
import { findClusters } from './clusters.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

/** What is live now is read off the turns of the last minutes. */
const LIVE_WINDOW_MS = 5 * 60_000;

export function conversationHandlers(
  engine: () => Engine,
): Pick<
  Handlers,
  | 'conversations.find'
  | 'conversations.search'
  | 'conversations.clusters'
  | 'conversations.facets'
  | 'conversations.read'
  | 'conversations.marks'
  | 'conversations.spans'
  | 'conversations.span'
  | 'conversations.pin'
> {
  return {
    'conversations.find': async ({ text, limit }) => {
      const { cache, sync } = engine();
      const ids = idsToFind(text);
      return {
        ids,
        matches: ids.length === 0 ? [] : await cache.read('findConversations', { ids, limit }),
        freshness: sync.freshness('conversations'),
      };
    },

    'conversations.search': async (input) => {
      const { cache, sync } = engine();
      return {
        ...(await cache.read('searchConversations', input)),
        freshness: sync.freshness('conversations'),
      };
    },

    'conversations.clusters': async (input, { signal }) => ({
      ...(await findClusters(engine(), input, signal)),
      freshness: engine().sync.freshness('conversations'),
    }),

    'conversations.facets': ({ environment }) => engine().cache.read('listFacets', { environment }),

    'conversations.read': async ({ id, service, environment, firstTurn, maxTurns }) => {
      const { cache, clock, sync } = engine();
      const found = await cache.read('readConversation', {
        id,
        service: service ?? null,
        environment: environment ?? null,
        firstTurn,
        maxTurns,
      });
      if (!found) {
        throw new NightdeskError('not_found', `No conversation "${id}" is in the cache.`, {
          detail: { id, freshness: sync.freshness('conversations') },
        });
      }
      const { summary, turns } = found.conversation;
      const now = clock.now();
      const combinations = await cache.read('liveCombinations', {
        service: summary.service,
        environment: summary.environment,
        from: now - LIVE_WINDOW_MS,
        to: now,
      });
      const then = liveThen(turns, summary.version);
      return {
        ...found,
        liveThen: then,
        // Beside what was live for this conversation stands what serves most users now.
        liveNow: combinations[0] ?? null,
        freshness: sync.freshness('conversations'),
      };
    },

    'conversations.marks': async ({ key }) => {
      const { cache, config } = engine();
      const found = await cache.read('readConversationByKey', { key, maxTurns: 0 });
      if (!found) throw new NightdeskError('not_found', 'This conversation is not in the cache.');
      const slowTurnMs = slowTurnOf(config, found.summary.service);
      return { marks: await cache.read('conversationMarks', { key, slowTurnMs }) };
    },

    'conversations.spans': ({ traceId, limit, revision }) =>
      engine().cache.read('outlineOfTrace', { traceId, limit, revision: revision ?? null }),

    'conversations.span': (asked) => engine().cache.read('spanOfTrace', asked),

    'conversations.pin': async ({ key, pinned }) => {
      const { cache, publish } = engine();
      await cache.write('pinConversation', { key, pinned });
      publish(['conversations']);
      return { pinned };
    },
  };
}

function liveThen(turns: readonly Turn[], version: string): LiveCombination {
  return turns.at(-1)?.live ?? { version, model: null, prompt: null, index: null, flags: {} };
}
