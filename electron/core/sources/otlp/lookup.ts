/** Asks the tracing backends of one source for one conversation: which of them, for how long, and how much. */
import type {
  ConversationLookup,
  FoundSpans,
  SpanRecord,
  Wanted,
} from '#core/sources/connector.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { inFlight } from '#core/sources/in-flight.ts';
import { fromWire, NightdeskError, toWire } from '#shared/errors/index.ts';
import type { Lookup } from '#shared/model/config.ts';
import { lookupsOf } from '#shared/util/lookups.ts';
import { type Answered, createLookupClient } from './lookup-client.ts';
import type { Mapping } from './map.ts';

/** All requests for one conversation together may take so many times what one of them may, and never longer than this. */
const PATIENCE = 12;
const LONGEST_MS = 10 * 60_000;
/** Of all answers together: what is held at once. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Problems that are told in words. */
const MOST_WORDS = 3;
/** Requests to one backend at a time. */
const AT_ONCE = 4;
const TRACE_ID = /^[0-9a-f]{32}$/i;

/** `timeoutMs`: for one request. */
export function createLookup(
  lookups: readonly Lookup[],
  context: SourceContext,
  timeoutMs: number,
  mapping: () => Mapping,
): ConversationLookup {
  const ask = createLookupClient(context, timeoutMs, mapping);

  /** Never throws: what was had before something went wrong is worth telling. */
  async function askBackend(lookup: Lookup, wanted: Wanted, signal: AbortSignal) {
    const found: FoundSpans = { spans: [], rejected: [], problem: null };
    let bytes = 0;
    try {
      const answers = inFlight(idsFor(lookup, wanted), AT_ONCE, signal, async (id, either) => ({
        id,
        part: await unlessUnknown(ask(lookup, id, either)),
      }));
      for await (const { id, part } of answers) {
        if (part === null) continue;
        const own = ofConversation(part.spans, wanted.conversation, id);
        for (const span of own) found.spans.push(span);
        found.rejected.push(...part.rejected);
        bytes += part.bytes;
        if (bytes > MOST_BYTES) throw tooMuch(lookup);
      }
    } catch (error) {
      if (!(error instanceof NightdeskError)) {
        context.log.error({ err: error, backend: new URL(lookup.url).origin }, 'a lookup failed');
      }
      found.problem = fromWire(toWire(error));
    }
    return found;
  }

  async function* askEach(wanted: Wanted, signal: AbortSignal): AsyncGenerator<FoundSpans> {
    if (wanted.service === null) {
      yield* inFlight(lookups, lookups.length, signal, (lookup, either) =>
        askBackend(lookup, wanted, either),
      );
      return;
    }
    let left = wanted.traces;
    for (const lookup of lookupsOf(lookups, wanted.service)) {
      const found = await askBackend(lookup, { ...wanted, traces: left }, signal);
      yield found;
      const had = new Set(found.spans.map(({ span }) => span.traceId));
      left = left.filter((trace) => !had.has(trace));
      if (left.length === 0 || signal.aborted) return;
    }
  }

  return {
    async find(wanted, signal) {
      const wholeMs = Math.min(timeoutMs * PATIENCE, LONGEST_MS);
      const late = AbortSignal.timeout(wholeMs);
      const spans: SpanRecord[] = [];
      const rejected: FoundSpans['rejected'] = [];
      const problems: NightdeskError[] = [];
      for await (const found of askEach(wanted, AbortSignal.any([signal, late]))) {
        for (const span of found.spans) spans.push(span);
        rejected.push(...found.rejected);
        // What the end of the time cut off is told below, once.
        if (found.problem && !late.aborted) problems.push(found.problem);
      }
      if (signal.aborted) throw new NightdeskError('cancelled', 'Cancelled.');
      if (late.aborted) {
        const words = `The lookups did not all answer within ${wholeMs / 1000} s: the rest was not waited for.`;
        problems.push(new NightdeskError('timeout', words));
      }
      const problem = inOne(problems);
      if (spans.length > 0) return { spans, rejected, problem };
      throw problem ?? new NightdeskError('not_found', 'No lookup knows this ID.');
    },
  };
}

function idsFor({ by }: Lookup, { conversation, traces }: Wanted): string[] {
  if (by === 'conversation') return [conversation];
  const own = TRACE_ID.test(conversation) ? [conversation.toLowerCase()] : [];
  return [...new Set([...traces, ...own])];
}

/** A backend keeps traces for a time: that one is gone says nothing of the others. */
async function unlessUnknown(answer: Promise<Answered>): Promise<Answered | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NightdeskError && error.code === 'not_found') return null;
    throw error;
  }
}

/** A backend may answer more than was asked for: only what belongs to the conversation is taken, whole traces. */
function ofConversation(
  spans: readonly SpanRecord[],
  conversation: string,
  id: string,
): SpanRecord[] {
  const traces = new Set(
    spans
      .filter((one) => one.conversation === conversation || one.span.traceId === id)
      .map(({ span }) => span.traceId),
  );
  return spans.filter(({ span }) => traces.has(span.traceId));
}

function tooMuch({ url }: Lookup): NightdeskError {
  return new NightdeskError(
    'bad_answer',
    `${new URL(url).origin}: more than ${MOST_BYTES} bytes came; the rest was not asked for.`,
  );
}

/** The first gives the code; each is told once, the first few in words. Null where nothing went wrong. */
function inOne(problems: readonly NightdeskError[]): NightdeskError | null {
  const [first] = problems;
  if (first === undefined) return null;
  const words = [...new Set(problems.map(({ message }) => message))];
  const more = words.length - MOST_WORDS;
  const told = more > 0 ? [...words.slice(0, MOST_WORDS), `And ${more} more.`] : words;
  return new NightdeskError(first.code, told.join(' '));
}
