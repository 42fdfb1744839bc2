/** Made-up conversations: common and rare words, four turns each, as OTLP requests or as records. */
import type { SpanRecord } from '#core/sources/connector.ts';
import { seeded } from './report.ts';

export const SPANS_PER_TURN = 4;
export const TURNS_PER_CONVERSATION = 4;
export const BEGIN = 1_747_000_000_000;

const WORDS =
  `the order refund arrived late payment card account please help when will my parcel come back
status address change invoice number thank you still waiting money delivery wrong item return label
discount code does not work cancel subscription email phone support agent today tomorrow yesterday`.split(
    /\s+/,
  );

/** About 100 characters; one word in a thousand turns is rare. */
function sentence(turn: number, part: number): string {
  const random = seeded(turn * 2 + part);
  const words = Array.from(
    { length: 16 },
    () => WORDS[Math.floor(random() ** 2 * WORDS.length)] ?? '',
  );
  if (turn % 1000 === 7) words[3] = `rare${turn}`;
  return words.join(' ');
}

export function conversationId(conversation: number): string {
  return `c-${(Math.imul(conversation + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}`;
}

function hex(turn: number, span: number, length: number): string {
  const random = seeded(turn * 16 + span);
  let text = '';
  while (text.length < length)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, length);
}

interface Sketch {
  name: string;
  operation: SpanRecord['span']['operation'];
  attributes: Record<string, string | number>;
  ms: number;
}

function sketches(turn: number): Sketch[] {
  const conversation = Math.floor(turn / TURNS_PER_CONVERSATION);
  const message = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  const ms = 500 + (turn % 97) * 40;
  return [
    {
      name: 'invoke_agent support-bot',
      operation: 'turn',
      ms,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.conversation.id': conversationId(conversation),
        'gen_ai.input.messages': message('user', sentence(turn, 0)),
        'gen_ai.output.messages': message('assistant', sentence(turn, 1)),
        'ai.model.version': turn % 4 === 0 ? 'v42' : 'v41',
        'ai.language': turn % 5 === 0 ? 'es' : 'en',
      },
    },
    {
      name: 'execute_tool lookup_order',
      operation: 'tool',
      ms: 120,
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup_order' },
    },
    {
      name: 'retrieval',
      operation: 'retrieval',
      ms: 300,
      attributes: { 'gen_ai.operation.name': 'retrieval', 'ai.retrieval.query': 'order status' },
    },
    {
      name: 'chat model',
      operation: 'chat',
      ms: ms - 450,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'model-1',
        'gen_ai.usage.input_tokens': 800,
        'gen_ai.usage.output_tokens': 90,
        'ai.cost_usd': 0.003,
      },
    },
  ];
}

const startOf = (turn: number) => BEGIN + turn * 2500;

/** An OTLP/HTTP JSON export request with the turns `first` ≤ n < `first + count`. */
export function exportRequest(first: number, count: number): object {
  const spans = Array.from({ length: count }, (_, i) => first + i).flatMap((turn) =>
    sketches(turn).map(({ name, attributes, ms }, index) => ({
      traceId: hex(turn, 0, 32),
      spanId: hex(turn, index + 1, 16),
      ...(index === 0 ? {} : { parentSpanId: hex(turn, 1, 16) }),
      name,
      kind: 1,
      startTimeUnixNano: `${startOf(turn)}000000`,
      endTimeUnixNano: `${startOf(turn) + ms}000000`,
      attributes: Object.entries(attributes).map(([key, value]) => ({
        key,
        value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
      })),
      status: {},
    })),
  );
  const resource = {
    attributes: [
      { key: 'service.name', value: { stringValue: 'support-bot' } },
      { key: 'deployment.environment.name', value: { stringValue: 'production' } },
    ],
  };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans }] }] };
}

/** The same turn as the receiver would hand it to the cache; only its first `spans`. */
export function spanRecords(turn: number, spans: number): SpanRecord[] {
  return sketches(turn)
    .slice(0, spans)
    .map(({ name, operation, attributes, ms }, index) => ({
      conversation: conversationId(Math.floor(turn / TURNS_PER_CONVERSATION)),
      service: 'support-bot',
      environment: 'production',
      version: '',
      span: {
        traceId: hex(turn, 0, 32),
        spanId: hex(turn, index + 1, 16),
        parentId: index === 0 ? null : hex(turn, 1, 16),
        name,
        operation,
        startedAt: startOf(turn),
        durationMs: ms,
        status: 'unset',
        statusMessage: '',
        attributes,
        events: [],
      },
    }));
}

/** One turn of very many steps: tool calls of all kinds, some inside each other. */
export function longTrace(conversation: string, spans: number): SpanRecord[] {
  const [first] = spanRecords(0, 1);
  if (!first) throw new Error('a turn without a span');
  const id = (span: number) => (span + 1).toString(16).padStart(16, '0');
  const [, tool, retrieval, chat] = sketches(0);
  return Array.from({ length: spans }, (_, index) => {
    const sketch = index === 0 ? null : [tool, retrieval, chat][index % 3];
    return {
      ...first,
      conversation,
      span: {
        ...first.span,
        traceId: 'e'.repeat(32),
        spanId: id(index),
        parentId: index === 0 ? null : id(index % 10 === 1 ? 0 : index - 1 - ((index - 2) % 10)),
        startedAt: first.span.startedAt + index * 20,
        durationMs: index === 0 ? spans * 20 : 15,
        ...(sketch ? { name: sketch.name, operation: sketch.operation } : {}),
        attributes: sketch
          ? {
              ...sketch.attributes,
              'gen_ai.conversation.id': conversation,
              'gen_ai.tool.call.result': sentence(index, 3),
            }
          : { ...first.span.attributes, 'gen_ai.conversation.id': conversation },
      },
    };
  });
}

/** One conversation of very many turns, a span each. */
export function longConversation(conversation: string, turns: number): SpanRecord[] {
  return Array.from({ length: turns }, (_, turn) => turn + 1).flatMap((turn) =>
    spanRecords(turn, 1).map((record) => ({
      ...record,
      conversation,
      span: {
        ...record.span,
        attributes: { ...record.span.attributes, 'gen_ai.conversation.id': conversation },
      },
    })),
  );
}
