/** Where a conversation may be asked for again. Core and window decide by the same. */
import type { Config, Lookup, SourceConfigOf } from '../model/config.ts';
import type { ConversationSummary } from '../model/conversation.ts';

/** So many turns are revealed at once: what a dialog can show, and a backend bears to be asked for one by one. */
export const MOST_REVEALED = 200;

/** Those that may have a conversation of the service: those that name it first. */
export function lookupsOf(lookups: readonly Lookup[], service: string): Lookup[] {
  const named = lookups.filter(({ services }) => services?.includes(service));
  return [...named, ...lookups.filter(({ services }) => services === undefined)];
}

/** Sources that can be asked for single conversations. */
export function sourcesWithLookup({ sources }: Pick<Config, 'sources'>): SourceConfigOf<'otlp'>[] {
  return receivers(sources).filter(({ lookup }) => lookup.length > 0);
}

/**
 * The sources to ask for a conversation again: only those that it came from, so that its ID is told to nobody else. `why`:
 * why there is none, in a sentence.
 */
export function sourcesToAsk(
  { sources }: Pick<Config, 'sources'>,
  summary: Pick<ConversationSummary, 'service' | 'imported' | 'sources'>,
): { sources: string[]; why: string | null } {
  const none = (why: string) => ({ sources: [], why });
  if (summary.imported !== undefined) return none('It was imported: no source can be asked again.');
  const all = receivers(sources);
  const [only, ...others] = all;
  if (only === undefined) return none('No source of conversations is configured any more.');
  if (summary.sources === undefined && others.length > 0) {
    return none(
      'It was stored before the console noted where conversations come from, and several sources may be the one.',
    );
  }
  const from = all.filter(({ id }) => summary.sources?.includes(id) ?? true);
  const names = summary.sources?.join(', ') ?? only.id;
  if (from.length === 0) return none(`It came from ${names}, which is not configured any more.`);
  const able = from.filter(({ lookup }) => lookupsOf(lookup, summary.service).length > 0);
  return able.length > 0
    ? { sources: able.map(({ id }) => id), why: null }
    : none(
        `It came from ${names}, which has no lookup for ${summary.service} in the configuration.`,
      );
}

function receivers(sources: Config['sources']): SourceConfigOf<'otlp'>[] {
  return sources.filter((source) => source.kind === 'otlp');
}
