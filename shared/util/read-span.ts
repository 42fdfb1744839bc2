/** What a span tells of its step, out of its attributes. Pure; attributes come from outside and may be anything. */
import type { Span } from '#shared/model/conversation.ts';
import {
  COST_USD,
  FIRST_TOKEN_MS,
  figureOf,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
} from '#shared/util/span-figures.ts';
import { asText, unpacked } from './unpacked.ts';

export interface RetrievedDocument {
  id: string;
  /** Where it is not the id itself. */
  title: string | null;
  /** Where it came from: an address, a file. */
  source: string | null;
  /** What it says; null where only that it was found is told. */
  content: string | null;
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

/** Best first: this product's own, then OpenTelemetry's. */
const QUERIES = ['ai.retrieval.query', 'gen_ai.retrieval.query.text'];
const DOCUMENTS = ['ai.retrieval.documents', 'gen_ai.retrieval.documents'];

const TOLD = new Set([
  ...[FIRST_TOKEN_MS, COST_USD, INPUT_TOKENS, OUTPUT_TOKENS].flatMap(({ names }) => names),
  'gen_ai.operation.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.response.finish_reasons',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'ai.retrieval.filter',
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
  const queryKey = QUERIES.find((key) => text(key) !== null);
  const documentsKey = DOCUMENTS.find((key) => documentsOf(attributes[key]) !== null);
  return {
    model: text('gen_ai.response.model', 'gen_ai.request.model'),
    inputTokens: figureOf(attributes, INPUT_TOKENS),
    outputTokens: figureOf(attributes, OUTPUT_TOKENS),
    firstTokenMs: figureOf(attributes, FIRST_TOKEN_MS),
    finishReason: Array.isArray(reasons)
      ? reasons.map(String).join(', ')
      : text('gen_ai.response.finish_reasons'),
    costUsd: figureOf(attributes, COST_USD),
    query: text(...QUERIES),
    filter: text('ai.retrieval.filter'),
    documents: documentsKey === undefined ? null : documentsOf(attributes[documentsKey]),
    toolArguments: unpacked(attributes['gen_ai.tool.call.arguments']),
    toolResult: unpacked(attributes['gen_ai.tool.call.result']),
    guardrailBlocked: typeof blocked === 'boolean' ? blocked : null,
    rest: Object.entries(attributes)
      .filter(([key]) => !TOLD.has(key) && key !== queryKey && key !== documentsKey)
      .sort(([a], [b]) => a.localeCompare(b)),
  };
}

function documentsOf(value: unknown): RetrievedDocument[] | null {
  const list = unpacked(value);
  if (!Array.isArray(list)) return null;
  return list.map((item: unknown, at) => {
    const fields = isFields(item) ? item : { id: item };
    // Some libraries wrap it, and tell what is known of it apart.
    const inner = isFields(fields.document) ? fields.document : {};
    const about = isFields(fields.metadata) ? fields.metadata : inner.metadata;
    const entry = { ...(isFields(about) ? about : {}), ...inner, ...fields };
    const told = (...names: string[]) => {
      const value = names.map((name) => entry[name]).find((one) => !isNothing(one));
      return isNothing(value) ? null : asText(value);
    };
    const title = told('title', 'name');
    const id = told('id', 'document_id') ?? title ?? `document ${at + 1}`;
    return {
      id,
      title: title === id ? null : title,
      source: told('source', 'url', 'uri', 'path'),
      content: told('content', 'text', 'page_content', 'snippet'),
      language: typeof entry.language === 'string' ? entry.language : null,
      score: typeof entry.score === 'number' && Number.isFinite(entry.score) ? entry.score : null,
    };
  });
}

function isFields(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
