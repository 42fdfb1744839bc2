import type { SpanOperation } from '#shared/model/conversation.ts';

/** What each kind of step is called beside its colour. */
export const OPERATION_WORD: Record<SpanOperation, string> = {
  turn: 'turn',
  chat: 'model call',
  retrieval: 'retrieval',
  tool: 'tool call',
  guardrail: 'guardrail',
  handoff: 'handoff',
  embeddings: 'embeddings',
  other: 'other step',
};
