/** One conversation asked of its source again: to store it, or to show once what was masked. */
import { assembleTurn } from '#core/analysis/turn.ts';
import type { ConversationLookup, SpanRecord } from '#core/sources/connector.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';

const MOST_TURNS = 50;

export function lookupHandlers(
  engine: () => Engine,
): Pick<Handlers, 'conversations.fetch' | 'conversations.reveal'> {
  const lookups = (): [source: string, lookup: ConversationLookup][] =>
    engine().config.sources.flatMap(({ id }) => {
      const { lookup } = engine().sync.connector(id);
      return lookup ? [[id, lookup]] : [];
    });

  return {
    'conversations.fetch': async ({ id }, { signal }) => {
      const { cache, publish } = engine();
      const asked = await Promise.all(
        lookups().map(async ([source, lookup]) => {
          try {
            const { spans, rejected } = await lookup.find(id, [], signal);
            const batch = { spans, rejected };
            const { topics } = await cache.write('commitBatch', { source, batch });
            publish([...topics, 'sources']);
            return { source, spans: spans.length, problem: null };
          } catch (error) {
            if (!(error instanceof NightdeskError) || error.code === 'cancelled') throw error;
            return { source, spans: 0, problem: error.message };
          }
        }),
      );
      return { asked };
    },

    'conversations.reveal': async ({ key, reason }, { caller, signal }) => {
      const { cache, clock, publish } = engine();
      const conversation = await cache.read('readConversationByKey', { key, maxTurns: MOST_TURNS });
      if (!conversation) {
        throw new NightdeskError('not_found', 'This conversation is no longer cached.');
      }
      const able = conversation.summary.imported === undefined ? lookups() : [];
      if (able.length === 0) {
        throw new NightdeskError(
          'unsupported',
          'No source can be asked for it again: it was imported, or none has a lookup in the configuration.',
        );
      }
      const { id, service, environment } = conversation.summary;
      // First: whoever sees it is on record, also when the answer is lost on its way.
      await cache.journal('append', {
        entry: {
          at: clock.now(),
          kind: 'reveal',
          actor: caller.actor,
          action: null,
          environment,
          summary: `Asks for conversation ${id} unmasked: ${reason}`,
          data: { id, service, environment, reason, sources: able.map(([source]) => source) },
        },
      });
      publish(['journal']);
      const traces = conversation.turns.map(({ traceId }) => traceId);
      let problem: unknown = null;
      for (const [source, lookup] of able) {
        try {
          const { spans, missing } = await lookup.find(id, traces, signal);
          // Another service may use the same ID: of that nobody was told.
          const own = spans.filter(
            (one) => one.service === service && one.environment === environment,
          );
          if (own.length > 0) return { source, turns: turnsOf(own), missing };
        } catch (error) {
          problem = error;
        }
      }
      throw problem ?? new NightdeskError('not_found', 'No source has it any more.');
    },
  };
}

function turnsOf(spans: readonly SpanRecord[]) {
  return [...Map.groupBy(spans, ({ span }) => span.traceId).values()]
    .map((trace) => assembleTurn(trace).turn)
    .map(({ startedAt, messages }) => ({ startedAt, messages }))
    .sort((a, b) => a.startedAt - b.startedAt)
    .slice(0, MOST_TURNS);
}
