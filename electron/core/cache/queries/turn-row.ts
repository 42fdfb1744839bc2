/** How a turn lies in its row: what is the same in most turns is left out. */
import { type TurnFacts, turnFacts } from '#core/analysis/conversation.ts';
import type { LiveCombination, Message, Turn } from '#shared/model/conversation.ts';
import { decode } from './json.ts';

/**
 * All of a turn but what was said and what it ran on, which have columns of their own; with the first words
 * of the user, so that a conversation is summed up again from the facts alone.
 */
type Facts = Omit<Turn, 'messages' | 'live'> & { said?: string };

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

export function encodeFacts(turn: Turn): string {
  const { messages: _messages, live: _live, ...facts } = turn;
  const { said } = turnFacts(turn);
  const told = Object.entries(said === '' ? facts : { ...facts, said }).filter(
    ([name, value]) =>
      !(Object.hasOwn(USUAL, name) && (value === null || value === false)) &&
      !(Array.isArray(value) && value.length === 0),
  );
  return JSON.stringify(Object.fromEntries(told));
}

type Told = Omit<Facts, keyof typeof USUAL | 'feedback'> & Partial<Facts>;

/** What the summary of a conversation needs of a turn. */
export function decodeFacts(facts: string, live: LiveCombination): TurnFacts {
  const { said = '', ...told } = decode<Told>(facts);
  return { ...turnFacts({ ...USUAL, feedback: [], ...told, live, messages: [] }), said };
}

export function decodeTurn(row: TurnRow): Turn {
  const { said: _said, ...facts } = decode<Told>(row.facts);
  return {
    ...USUAL,
    feedback: [],
    ...facts,
    live: decode<LiveCombination>(row.live),
    messages: decode<Message[]>(row.messages),
  };
}
