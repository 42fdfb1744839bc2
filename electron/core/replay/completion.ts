/** One request to a chat completions endpoint: streamed, timed, and kept also when it breaks off. */
import { createHttp, type Http } from '#core/sources/http.ts';
import { parseJson } from '#core/sources/http-answer.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { EndpointConfig } from '#shared/model/config.ts';
import { durationMs } from '#shared/util/duration.ts';
import { AnswerText } from './answer-text.ts';
import { readEvents } from './sse.ts';
import { ToolNames } from './tool-names.ts';
import {
  type ChatMessage,
  Chunk,
  Completion,
  type Delta,
  type Sampling,
  type ToolCallMessage,
  type ToolDefinition,
} from './wire.ts';

/** An answer is text: more than this is no answer. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
const LONGEST_TEXT = 1_000_000;
const MOST_CALLS = 64;

export interface CompletionRequest {
  messages: readonly ChatMessage[];
  tools: readonly ToolDefinition[];
  sampling: Sampling;
  seed?: number;
  /** A JSON Schema that the answer is to follow. */
  answer?: { name: string; schema: Record<string, unknown> };
}

export interface CompletionResult {
  /** Without reasoning. */
  text: string;
  refusal: string;
  toolCalls: ToolCallMessage[];
  finishReason: string | null;
  /** To the first word or tool call; null when none came. */
  firstTokenMs: number | null;
  latencyMs: number;
  usage: { input: number; output: number } | null;
  /** Not null: it broke off, and the rest is what had come until then. */
  brokeOff: NightdeskError | null;
}

export interface Completions {
  readonly endpoint: EndpointConfig;
  /** Throws NightdeskError when nothing came of it; what broke off in the middle is answered as it is. */
  ask(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult>;
}

/** `key` is asked before each request, so that a changed secret is used at once. */
export function createCompletions(
  endpoint: EndpointConfig,
  key: () => Promise<string | null>,
  /** Milliseconds from any fixed point. */
  time: () => number = () => performance.now(),
): Completions {
  const http = createHttp({
    base: endpoint.baseUrl,
    timeoutMs: durationMs(endpoint.timeout),
    maxBytes: LARGEST_ANSWER,
    headers: async () => {
      const value = await key();
      return value === null ? {} : { authorization: `Bearer ${value}` };
    },
  });
  return {
    endpoint,
    async ask(request, signal) {
      const from = time();
      const names = new ToolNames(request.tools, request.messages);
      const gathered = new Gathered();
      let firstTokenMs: number | null = null;
      const take = (piece: Delta) => {
        if (gathered.add(piece)) firstTokenMs ??= time() - from;
      };
      let brokeOff: NightdeskError | null = null;
      try {
        await exchange(http, bodyOf(endpoint, request, names), gathered, take, signal);
        if (!gathered.ended) {
          brokeOff = new NightdeskError(
            'unreachable',
            `${endpoint.id}: the stream ended before the answer did.`,
            { detail: { maybeSent: true } },
          );
        }
      } catch (error) {
        if (!(error instanceof NightdeskError) || gathered.empty || signal.aborted) throw error;
        brokeOff = error;
      }
      if (brokeOff !== null && gathered.empty) throw brokeOff;
      return {
        text: gathered.text,
        refusal: gathered.refusal,
        toolCalls: gathered.toolCalls(names),
        finishReason: gathered.finishReason,
        firstTokenMs,
        latencyMs: time() - from,
        usage: gathered.usage,
        brokeOff,
      };
    },
  };
}

function bodyOf(
  endpoint: EndpointConfig,
  request: CompletionRequest,
  names: ToolNames,
): Record<string, unknown> {
  const { answer, messages, sampling, seed, tools } = request;
  return {
    model: endpoint.model,
    messages: names.messages(messages),
    stream: true,
    stream_options: { include_usage: true },
    ...sampling,
    ...(tools.length === 0 ? {} : { tools: names.tools(tools) }),
    ...(endpoint.seed && seed !== undefined ? { seed } : {}),
    ...(answer === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: answer.name, strict: true, schema: answer.schema },
          },
        }),
  };
}

async function exchange(
  http: Http,
  body: Record<string, unknown>,
  gathered: Gathered,
  take: (piece: Delta) => void,
  signal: AbortSignal,
): Promise<void> {
  const where = `POST ${http.address}/chat/completions`;
  const whole: Uint8Array[] = [];
  const events = readEvents((data) => readChunk(data, where, gathered, take));
  let type = '';
  await http.stream(
    '/chat/completions',
    {
      method: 'POST',
      body,
      headers: { accept: 'text/event-stream, application/json;q=0.5' },
      signal,
    },
    (piece, headers) => {
      type ||= (headers.get('content-type') ?? 'text/event-stream').toLowerCase();
      if (type.startsWith('text/event-stream')) events(piece);
      else whole.push(piece);
    },
  );
  if (type === '') throw new NightdeskError('bad_answer', `${where}: an empty answer.`);
  if (type.startsWith('text/event-stream')) return;
  // A server that does not stream answers at once.
  const answer = parseJson(Buffer.concat(whole).toString('utf8'), Completion, where);
  const [choice] = answer.choices;
  if (choice === undefined) return;
  take(choice.message);
  gathered.end(choice.finish_reason ?? 'stop');
  gathered.tell(answer.usage);
}

function readChunk(
  data: string,
  where: string,
  gathered: Gathered,
  take: (piece: Delta) => void,
): void {
  if (data.trim() === '[DONE]') {
    gathered.end(null);
    return;
  }
  const chunk = parseJson(data, Chunk, where);
  if (chunk.error) {
    throw new NightdeskError('bad_answer', `${where}: ${chunk.error.message.slice(0, 200)}`);
  }
  for (const choice of chunk.choices?.slice(0, 1) ?? []) {
    if (choice.delta) take(choice.delta);
    if (choice.finish_reason) gathered.end(choice.finish_reason);
  }
  gathered.tell(chunk.usage);
}

/** What has come of an answer so far. */
class Gathered {
  refusal = '';
  finishReason: string | null = null;
  usage: CompletionResult['usage'] = null;
  ended = false;
  readonly #words = new AnswerText();
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();

  get text(): string {
    return this.#words.text;
  }

  get empty(): boolean {
    return this.text === '' && this.refusal === '' && this.#calls.size === 0;
  }

  /** True when there is something of an answer. */
  add(piece: Delta): boolean {
    this.#words.add(piece.content ?? '');
    this.refusal += piece.refusal ?? '';
    if (this.text.length + this.refusal.length > LONGEST_TEXT) throw tooLong();
    for (const [place, call] of (piece.tool_calls ?? []).entries()) {
      // Without an index, an id begins a new call and a piece without one belongs to the last.
      const last = this.#calls.size - 1;
      const index = call.index ?? (call.id ? last + 1 : Math.max(last, place));
      const known = this.#calls.get(index) ?? { id: '', name: '', arguments: '' };
      if (!this.#calls.has(index) && this.#calls.size >= MOST_CALLS) throw tooLong();
      known.id ||= call.id ?? '';
      known.name += call.function?.name ?? '';
      known.arguments += call.function?.arguments ?? '';
      if (known.arguments.length > LONGEST_TEXT) throw tooLong();
      this.#calls.set(index, known);
    }
    return !this.empty;
  }

  end(finishReason: string | null): void {
    this.ended = true;
    this.finishReason ??= finishReason;
  }

  tell(usage: { prompt_tokens: number; completion_tokens: number } | null | undefined): void {
    if (usage) this.usage = { input: usage.prompt_tokens, output: usage.completion_tokens };
  }

  toolCalls(names: ToolNames): ToolCallMessage[] {
    return [...this.#calls]
      .sort(([a], [b]) => a - b)
      .map(([index, call]) => ({
        id: call.id || `call_${index + 1}`,
        type: 'function',
        function: { name: names.own(call.name), arguments: call.arguments },
      }));
  }
}

function tooLong(): NightdeskError {
  return new NightdeskError('bad_answer', 'The answer is longer than a million characters.');
}
