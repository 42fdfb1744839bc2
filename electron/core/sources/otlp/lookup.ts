/**
 * Asks tracing backends for one conversation. Read is OTLP's JSON form, also as Grafana Tempo wraps it (`batches`, or `trace` around
 * it): by its documentation, not held against a real Tempo.
 */
import { isFields } from '#core/analysis/turn-parse.ts';
import type { ConversationLookup, FoundSpans, SpanRecord } from '#core/sources/connector.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { createHttp } from '#core/sources/http.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Lookup } from '#shared/model/config.ts';
import { takeIn } from './intake.ts';
import type { Mapping } from './map.ts';
import { MalformedBody } from './raw.ts';

const MAX_BYTES = 32 * 1024 * 1024;
/** Of a long conversation the first traces: each is a request of its own. */
const MOST_TRACES = 50;
const TRACE_ID = /^[0-9a-f]{32}$/i;
const WRAPPED = /^\s*\{\s*"(?:trace|batches)"/;

export function createLookup(
  lookups: readonly Lookup[],
  context: SourceContext,
  timeoutMs: number,
  mapping: () => Mapping,
): ConversationLookup {
  async function ask({ url, secret }: Lookup, id: string, signal: AbortSignal) {
    // A path of dots would lead elsewhere; half a character has no form in an address.
    if (/^\.{1,2}$/.test(id)) throw new NightdeskError('not_found', 'That is no ID.');
    const http = createHttp({
      base: new URL(url).origin,
      timeoutMs,
      maxBytes: MAX_BYTES,
      headers: async () => {
        if (secret === undefined) return {};
        const token = await context.secrets.get(secret);
        if (token !== null) return { authorization: `Bearer ${token}` };
        throw new NightdeskError(
          'unauthorized',
          `The secret ${secret} of a lookup is neither in the keychain nor in the environment.`,
        );
      },
    });
    const address = url.replaceAll('{id}', encodeURIComponent(id.toWellFormed()));
    const answer = await http.raw(address, { signal, headers: { accept: 'application/json' } });
    try {
      const body = Buffer.from(WRAPPED.test(answer.text) ? unwrapped(answer.text) : answer.bytes);
      return (await takeIn(body, 'json', 'traces', context.config, mapping())).part;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof MalformedBody)) throw error;
      throw new NightdeskError(
        'bad_answer',
        'The lookup did not answer traces in OTLP’s JSON form.',
        { cause: error },
      );
    }
  }

  async function askAll(
    lookup: Lookup,
    conversation: string,
    traces: readonly string[],
    signal: AbortSignal,
  ): Promise<FoundSpans> {
    const ids =
      lookup.by === 'conversation'
        ? [conversation]
        : [...traces, ...(TRACE_ID.test(conversation) ? [conversation.toLowerCase()] : [])];
    const found: FoundSpans = { spans: [], rejected: [], missing: 0 };
    found.missing = Math.max(0, ids.length - MOST_TRACES);
    for (const id of ids.slice(0, MOST_TRACES)) {
      try {
        const part = await ask(lookup, id, signal);
        const spans = ofConversation(part.spans, conversation, id);
        if (spans.length === 0) found.missing++;
        found.spans.push(...spans);
        found.rejected.push(...part.rejected);
      } catch (error) {
        // A backend keeps traces for a time: the later ones may still be there.
        if (!(error instanceof NightdeskError) || error.code !== 'not_found') throw error;
        found.missing++;
      }
    }
    return found;
  }

  return {
    async find(conversation, traces, signal) {
      let problem: NightdeskError | null = null;
      for (const lookup of lookups) {
        try {
          const found = await askAll(lookup, conversation, traces, signal);
          if (found.spans.length > 0) return found;
        } catch (error) {
          if (!(error instanceof NightdeskError) || error.code === 'cancelled') throw error;
          // This backend is away: the next may have it.
          problem ??= error;
        }
      }
      throw problem ?? new NightdeskError('not_found', 'No lookup knows this ID.');
    },
  };
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

function unwrapped(text: string): string {
  let answer: unknown = JSON.parse(text);
  if (isFields(answer) && isFields(answer.trace)) answer = answer.trace;
  const groups = isFields(answer) ? (answer.resourceSpans ?? answer.batches) : undefined;
  return JSON.stringify({ resourceSpans: groups ?? [] });
}
