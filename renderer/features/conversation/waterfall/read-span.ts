/** What a span tells of its step, out of its attributes. Pure; attributes come from outside and may be anything. */
import type { Span } from '#shared/model/conversation.ts';
import {
  COST_USD,
  FIRST_TOKEN_MS,
  figureOf,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
} from '#shared/util/span-figures.ts';
import { unpacked } from '../unpacked.ts';

export interface RetrievedDocument {
  id: string;
  language: string | null;
  score: number | null;
}

export interface SpanFacts {
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  firstTokenMs: number | null;
  finishReason: string | null;
  costUsd: number | null;
  query: string | null;
  filter: string | null;
  /** Null where the span names none. */
  documents: RetrievedDocument[] | null;
  toolArguments: unknown;
  toolResult: unknown;
  guardrailBlocked: boolean | null;
  /** What is told by no fact above, sorted by name. */
  rest: [string, unknown][];
}

const TOLD = new Set([
  ...[FIRST_TOKEN_MS, COST_USD, INPUT_TOKENS, OUTPUT_TOKENS].flatMap(({ names }) => names),
  'gen_ai.operation.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.response.finish_reasons',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'ai.retrieval.query',
  'ai.retrieval.filter',
  'ai.retrieval.documents',
  'ai.guardrail.blocked',
]);

export function readSpan({ attributes }: Span): SpanFacts {
  const text = (...keys: string[]) => {
    for (const key of keys) {
      const value = attributes[key];
      if (typeof value === 'string' && value !== '') return value;
    }
    return null;
  };
  const reasons = unpacked(attributes['gen_ai.response.finish_reasons']);
  const blocked = attributes['ai.guardrail.blocked'];
  return {
    model: text('gen_ai.response.model', 'gen_ai.request.model'),
    inputTokens: figureOf(attributes, INPUT_TOKENS),
    outputTokens: figureOf(attributes, OUTPUT_TOKENS),
    firstTokenMs: figureOf(attributes, FIRST_TOKEN_MS),
    finishReason: Array.isArray(reasons)
      ? reasons.map(String).join(', ')
      : text('gen_ai.response.finish_reasons'),
    costUsd: figureOf(attributes, COST_USD),
    query: text('ai.retrieval.query'),
    filter: text('ai.retrieval.filter'),
    documents: documentsOf(attributes['ai.retrieval.documents']),
    toolArguments: unpacked(attributes['gen_ai.tool.call.arguments']),
    toolResult: unpacked(attributes['gen_ai.tool.call.result']),
    guardrailBlocked: typeof blocked === 'boolean' ? blocked : null,
    rest: Object.entries(attributes)
      .filter(([key]) => !TOLD.has(key))
      .sort(([a], [b]) => a.localeCompare(b)),
  };
}

function documentsOf(value: unknown): RetrievedDocument[] | null {
  const list = unpacked(value);
  if (!Array.isArray(list)) return null;
  return list.map((item: unknown, at) => {
    const entry: Partial<Record<string, unknown>> =
      typeof item === 'object' && item !== null ? { ...item } : { id: item };
    return {
      id: String(entry.id ?? entry.title ?? `document ${at + 1}`),
      language: typeof entry.language === 'string' ? entry.language : null,
      score: typeof entry.score === 'number' && Number.isFinite(entry.score) ? entry.score : null,
    };
  });
}
