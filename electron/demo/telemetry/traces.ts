/** The bot's own tracing backend: the latest conversations as they were, nothing masked, to be asked for one by one. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const KEPT = 400;

export class TraceStore {
  readonly #traces = new Map<string, ReadableSpan[]>();
  /** Conversation → its traces: only their first spans name it. */
  readonly #conversations = new Map<string, Set<string>>();

  add(spans: readonly ReadableSpan[]): void {
    for (const span of spans) {
      const { traceId } = span.spanContext();
      const held = this.#traces.get(traceId);
      if (held) held.push(span);
      else this.#traces.set(traceId, [span]);
      const id = span.attributes['gen_ai.conversation.id'];
      if (typeof id !== 'string') continue;
      const known = this.#conversations.get(id);
      if (known) known.add(traceId);
      else this.#conversations.set(id, new Set([traceId]));
    }
    for (const [oldest, traces] of this.#conversations) {
      if (this.#conversations.size <= KEPT) break;
      this.#conversations.delete(oldest);
      for (const trace of traces) this.#traces.delete(trace);
    }
  }

  /** OTLP in JSON; null when it is not among the latest. */
  read(conversation: string): Uint8Array | null {
    const traces = this.#conversations.get(conversation);
    if (!traces) return null;
    const spans = [...traces].flatMap((trace) => this.#traces.get(trace) ?? []);
    return JsonTraceSerializer.serializeRequest(spans) ?? null;
  }
}
