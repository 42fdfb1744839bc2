/** Turns of a conversation as their source has them, beside how they are stored; nothing of it is kept. */
import { assembleTurn } from '#core/analysis/turn.ts';
import type { Cache } from '#core/cache/client.ts';
import type { ConversationLookup, SpanRecord } from '#core/sources/connector.ts';
import type { Output } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ConversationSummary, Turn } from '#shared/model/conversation.ts';
import { MOST_REVEALED } from '#shared/util/lookups.ts';

/** Turns that are read at once: they come with all that was said. */
const AT_ONCE = 50;

type Revealed = Output<'conversations.reveal'>;

export interface PageOfTurns {
  summary: ConversationSummary;
  /** Trace ids of the turns to ask for, by their start, MOST_REVEALED at most. */
  traces: string[];
  /** How many turns lie before them. */
  firstTurn: number;
}

/** Throws `not_found` when the conversation, or that turn of it, is not stored. */
export async function pageOfTurns(
  cache: Cache,
  key: number,
  firstTurn: number,
): Promise<PageOfTurns> {
  const traces = new Set<string>();
  for (;;) {
    const conversation = await cache.read('readConversationByKey', {
      key,
      firstTurn: firstTurn + traces.size,
      maxTurns: Math.min(AT_ONCE, MOST_REVEALED - traces.size),
    });
    if (!conversation) {
      throw new NightdeskError('not_found', 'This conversation is no longer cached.');
    }
    const { summary, turns } = conversation;
    const before = traces.size;
    for (const { traceId } of turns) traces.add(traceId);
    if (traces.size < MOST_REVEALED && traces.size > before) continue;
    if (traces.size === 0) {
      throw new NightdeskError('not_found', `It has ${summary.turns} turns, not so many.`);
    }
    return { summary, traces: [...traces], firstTurn };
  }
}

/**
 * Asks the sources one after the other, until all turns of the page are there.
 * Throws what went wrong where none could be had: `not_found` when no source has any of them.
 */
export async function askAgain(
  page: PageOfTurns,
  sources: readonly (readonly [source: string, lookup: ConversationLookup])[],
  signal: AbortSignal,
): Promise<Revealed> {
  const { id, service } = page.summary;
  const had = new Map<string, Turn>();
  const answered: string[] = [];
  const problems: NightdeskError[] = [];
  for (const [source, lookup] of sources) {
    const left = page.traces.filter((trace) => !had.has(trace));
    if (left.length === 0) break;
    try {
      const wanted = { conversation: id, traces: left, service };
      const { spans, problem } = await lookup.find(wanted, signal);
      if (problem) problems.push(problem);
      const own = ownTurns(spans, page);
      for (const turn of own) had.set(turn.traceId, turn);
      if (own.length > 0) answered.push(source);
    } catch (error) {
      if (!(error instanceof NightdeskError) || error.code === 'cancelled') throw error;
      if (error.code !== 'not_found') problems.push(error);
    }
  }
  const shown = shownOf(page, had);
  const [first] = problems;
  if (shown.length === 0) {
    throw first ?? new NightdeskError('not_found', 'No source has it any more.');
  }
  const stored = shown.filter(({ number }) => number !== null).length;
  return {
    sources: answered,
    turns: shown,
    missing: Math.max(0, page.summary.turns - stored),
    beyond: Math.max(0, page.summary.turns - page.traces.length),
    problem: first ? problems.map(({ message }) => message).join(' ') : null,
  };
}

/** Another service may use the same ID: of that nobody was told. A trace that is known need not name the conversation again. */
function ownTurns(spans: readonly SpanRecord[], { summary, traces }: PageOfTurns): Turn[] {
  const { id, service, environment } = summary;
  const known = new Set(traces);
  return [...Map.groupBy(spans, ({ span }) => span.traceId).values()]
    .map((records) => assembleTurn(records))
    .filter(
      (one) =>
        (known.has(one.turn.traceId) || one.conversation === id) &&
        one.service === service &&
        one.environment === environment,
    )
    .map(({ turn }) => turn);
}

/** The turns of the page; behind the last ones, where there is room, those that are not stored yet. */
function shownOf(page: PageOfTurns, had: ReadonlyMap<string, Turn>): Revealed['turns'] {
  const { traces, firstTurn, summary } = page;
  const known = traces.flatMap((trace, at) => {
    const turn = had.get(trace);
    return turn ? [{ turn, number: firstTurn + at + 1 }] : [];
  });
  const asked = new Set(traces);
  // Where the page is all of it: else they may lie in another part.
  const whole = traces.length >= summary.turns;
  const fresh = [...had.values()]
    .filter(({ traceId }) => whole && !asked.has(traceId))
    .map((turn) => ({ turn, number: null }));
  return [...known, ...fresh]
    .slice(0, MOST_REVEALED)
    .map(({ turn: { traceId, startedAt, messages }, number }) => ({
      traceId,
      number,
      startedAt,
      messages,
    }))
    .sort((a, b) => a.startedAt - b.startedAt);
}
