/**
 * One question to one tracing backend. Read is OTLP's JSON form, also as Grafana Tempo wraps it (`batches`, or `trace` around
 * it): by its documentation, not held against a real Tempo.
 */
import { isFields } from '#core/analysis/turn-parse.ts';
import type { SourceContext } from '#core/sources/context.ts';
import { createHttp } from '#core/sources/http.ts';
import { bearer } from '#core/sources/secret.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Lookup } from '#shared/model/config.ts';
import type { Part } from './committer.ts';
import { takeIn } from './intake.ts';
import type { Mapping } from './map.ts';
import { MalformedBody } from './raw.ts';

const MAX_BYTES = 32 * 1024 * 1024;
const WRAPPED = /^\s*\{\s*"(?:trace|batches)"/;

export interface Answered extends Part {
  /** Size of the answer. */
  bytes: number;
}

/** Throws NightdeskError: `not_found` where the backend does not know the ID. */
export function createLookupClient(
  context: SourceContext,
  timeoutMs: number,
  mapping: () => Mapping,
): (lookup: Lookup, id: string, signal: AbortSignal) => Promise<Answered> {
  return async ({ url, secret }, id, signal) => {
    // A path of dots would lead elsewhere; half a character has no form in an address.
    if (/^\.{1,2}$/.test(id)) throw new NightdeskError('not_found', 'That is no ID.');
    const http = createHttp({
      base: new URL(url).origin,
      timeoutMs,
      maxBytes: MAX_BYTES,
      headers: () => bearer(context.secrets, secret, 'a lookup'),
    });
    const address = url.replaceAll('{id}', encodeURIComponent(id.toWellFormed()));
    const answer = await http.raw(address, { signal, headers: { accept: 'application/json' } });
    try {
      const body = Buffer.from(WRAPPED.test(answer.text) ? unwrapped(answer.text) : answer.bytes);
      const { part } = await takeIn(body, 'json', 'traces', context.config, mapping());
      return { ...part, bytes: answer.bytes.byteLength };
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof MalformedBody)) throw error;
      throw new NightdeskError(
        'bad_answer',
        `${new URL(url).origin}: the lookup did not answer traces in OTLP’s JSON form.`,
        { cause: error },
      );
    }
  };
}

function unwrapped(text: string): string {
  let answer: unknown = JSON.parse(text);
  if (isFields(answer) && isFields(answer.trace)) answer = answer.trace;
  const groups = isFields(answer) ? (answer.resourceSpans ?? answer.batches) : undefined;
  return JSON.stringify({ resourceSpans: groups ?? [] });
}
