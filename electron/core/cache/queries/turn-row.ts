/** How a turn lies in its row: what is the same in most turns is left out. */
import { type TurnFacts, turnFacts } from '#core/analysis/conversation.ts';
import { NO_TOOLS, type ToolUse } from '#core/analysis/tool-use.ts';
import type { LiveCombination, Message, Turn } from '#shared/model/conversation.ts';
import { decode } from './json.ts';

/**
 * All of a turn but what was said and what it ran on, which have columns of their own; with the first words
 * of the user and the tools that were called, so that a conversation is summed up again from the facts alone.
 */
type Facts = Omit<Turn, 'messages' | 'live'> & { said?: string; tools?: ToolUse };

const USUAL = {
  language: null,
  answerLanguage: null,
  unsure: false,
  handoff: false,
  error: null,
  guardrailBlocked: false,
  finishReason: null,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
  timeToFirstTokenMs: null,
};

export interface TurnRow {
  facts: string;
  live: string;
  messages: string;
}

/** `known`: of the same turn. */
export function encodeFacts(
  turn: Turn,
  { said, tools }: Pick<TurnFacts, 'said' | 'tools'>,
): string {
  const { messages: _messages, live: _live, feedback, ...facts } = turn;
  // JSON leaves out what is undefined.
  const told = {
    ...facts,
    language: facts.language ?? undefined,
    answerLanguage: facts.answerLanguage ?? undefined,
    unsure: facts.unsure || undefined,
    handoff: facts.handoff || undefined,
    error: facts.error ?? undefined,
    guardrailBlocked: facts.guardrailBlocked || undefined,
    feedback: feedback.length === 0 ? undefined : feedback,
    finishReason: facts.finishReason ?? undefined,
    inputTokens: facts.inputTokens ?? undefined,
    outputTokens: facts.outputTokens ?? undefined,
    costUsd: facts.costUsd ?? undefined,
    timeToFirstTokenMs: facts.timeToFirstTokenMs ?? undefined,
    said: said || undefined,
    tools: tools.called.length + tools.failed.length === 0 ? undefined : tools,
  };
  return JSON.stringify(told);
}

type Told = Omit<Facts, keyof typeof USUAL | 'feedback'> & Partial<Facts>;

/** What the summary of a conversation needs of a turn. */
export function decodeFacts(facts: string, live: LiveCombination): TurnFacts {
  const { said = '', tools = NO_TOOLS, ...told } = decode<Told>(facts);
  return { ...turnFacts({ ...USUAL, feedback: [], ...told, live, messages: [] }), said, tools };
}

export function decodeTurn(row: TurnRow): Turn {
  const { said: _said, tools: _tools, ...facts } = decode<Told>(row.facts);
  return {
    ...USUAL,
    feedback: [],
    ...facts,
    live: decode<LiveCombination>(row.live),
    messages: decode<Message[]>(row.messages),
  };
}
