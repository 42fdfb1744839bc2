/** One conversation asked of its source again: to store it, or to show once what was masked. */
import type { ConversationLookup } from '#core/sources/connector.ts';
import { NightdeskError, toWire } from '#shared/errors/index.ts';
import { sourcesToAsk, sourcesWithLookup } from '#shared/util/lookups.ts';
import type { Engine } from './engine.ts';
import type { Handlers } from './handlers.ts';
import { askAgain, pageOfTurns } from './reveal.ts';

export function lookupHandlers(
  engine: () => Engine,
): Pick<Handlers, 'conversations.fetch' | 'conversations.reveal'> {
  const lookups = (sources: readonly string[]): [source: string, lookup: ConversationLookup][] =>
    sources.flatMap((id) => {
      const { lookup } = engine().sync.connector(id);
      return lookup ? [[id, lookup]] : [];
    });

  return {
    'conversations.fetch': async ({ id }, { signal }) => {
      const { cache, config, deps, publish } = engine();
      const able = lookups(sourcesWithLookup(config).map((source) => source.id));
      const asked = await Promise.all(
        able.map(async ([source, lookup]) => {
          try {
            const wanted = { conversation: id, traces: [], service: null };
            const { spans, rejected, problem } = await lookup.find(wanted, signal);
            const batch = { spans, rejected };
            const { topics } = await cache.write('commitBatch', { source, batch });
            publish([...topics, 'sources']);
            return { source, spans: spans.length, problem: problem?.message ?? null };
          } catch (error) {
            if (!(error instanceof NightdeskError)) {
              deps.log.error({ source, err: error }, 'a conversation could not be fetched');
            }
            // Whatever it was: the other sources' answers are told beside it.
            return { source, spans: 0, problem: toWire(error).message };
          }
        }),
      );
      if (signal.aborted) throw new NightdeskError('cancelled', 'Cancelled.');
      return { asked };
    },

    'conversations.reveal': async ({ key, reason, firstTurn }, { caller, signal }) => {
      const { cache, clock, config, publish } = engine();
      const page = await pageOfTurns(cache, key, firstTurn);
      const { id, service, environment } = page.summary;
      const { sources, why } = sourcesToAsk(config, page.summary);
      if (why !== null) throw new NightdeskError('unsupported', why);
      const able = lookups(sources);
      // First: whoever sees it is on record, also when the answer is lost on its way.
      await cache.journal('append', {
        entry: {
          at: clock.now(),
          kind: 'reveal',
          actor: caller.actor,
          action: null,
          environment,
          summary: `Asks for conversation ${id} unmasked: ${reason}`,
          data: { id, service, environment, reason, sources, firstTurn, turns: page.traces.length },
        },
      });
      publish(['journal']);
      return askAgain(page, able, signal);
    },
  };
}
