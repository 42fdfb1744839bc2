/** What kind of step a span is, from the conventions that services follow. */
import type { SpanOperation } from '#shared/model/conversation.ts';
import type { Attributes } from './limits.ts';

/** `gen_ai.operation.name` of OpenTelemetry, and what services add to it. */
const OPERATIONS: Readonly<Record<string, SpanOperation>> = {
  invoke_agent: 'turn',
  invoke_workflow: 'turn',
  chat: 'chat',
  text_completion: 'chat',
  completion: 'chat',
  generate_content: 'chat',
  execute_tool: 'tool',
  retrieval: 'retrieval',
  guardrail: 'guardrail',
  handoff: 'handoff',
  embeddings: 'embeddings',
};

/** `openinference.span.kind` and `traceloop.span.kind`, which other libraries write instead. */
const KINDS: Readonly<Record<string, SpanOperation>> = {
  agent: 'turn',
  workflow: 'turn',
  llm: 'chat',
  tool: 'tool',
  retriever: 'retrieval',
  embedding: 'embeddings',
  guardrail: 'guardrail',
};

export function classify(attributes: Attributes): SpanOperation {
  const operation = attributes['gen_ai.operation.name'];
  if (typeof operation === 'string') return OPERATIONS[operation.toLowerCase()] ?? 'other';
  const kind = attributes['openinference.span.kind'] ?? attributes['traceloop.span.kind'];
  if (typeof kind === 'string') {
    const known = KINDS[kind.toLowerCase()];
    if (known !== undefined) return known;
  }
  if (attributes['gen_ai.tool.name'] !== undefined) return 'tool';
  if (attributes['gen_ai.request.model'] !== undefined) return 'chat';
  return 'other';
}
