/** What a turn was answered under: prompt, tools and settings of the model calls that made its answer. Pure. */
import { isFields } from '#core/analysis/turn-parse.ts';
import { type Said, saidIn } from '#core/analysis/turn-said.ts';
import type { Message, Span } from '#shared/model/conversation.ts';
import { callKey, unpacked } from './values.ts';
import type { Sampling, ToolDefinition } from './wire.ts';

/** A call of the recording, with what the tool answered. */
export interface RecordedCall {
  name: string;
  arguments: unknown;
  /** Undefined = no answer was recorded. */
  result: unknown;
}

export interface Answered {
  /** What the user said, one after the other. */
  said: readonly string[];
  calls: readonly RecordedCall[];
  /** What the user read in the end; '' = nothing was recorded. */
  answer: string;
}

export interface Briefing {
  /** Null = none was recorded. */
  system: string | null;
  tools: ToolDefinition[];
  sampling: Sampling;
  /** The question as the model was sent it, where that holds more than the user's words: documents, mostly. */
  question: string | null;
  /** Several calls under different prompts, and nothing tells which of them answered. */
  guessed: boolean;
}

interface Call extends Said {
  span: Span;
}

/** Guardrails, routers and makers of titles are model calls too: theirs is not what the answer was given under. */
export function briefingOf(turn: Answered, spans: readonly Span[]): Briefing | null {
  const chats = spans.filter(({ operation }) => operation === 'chat').map(callOf);
  const agents = spans.filter(({ operation }) => operation === 'turn').map(callOf);
  if (chats.length + agents.length === 0) return null;
  const told = [...chats.filter(answers(turn)), ...chats.filter(calls(turn)).reverse()];
  const made = told.length > 0 ? [...new Set(told)] : likely(chats);
  const ranked = [...made, ...agents.reverse()];
  const tools = told.length > 0 ? ranked : ranked.filter(hasTools).slice(0, 1);
  const [first] = told.length > 0 ? made : [];
  return {
    system: ranked.map(systemOf).find((text) => text !== '') ?? null,
    tools: byName(tools.flatMap(({ span }) => toolsOf(span))),
    sampling: ranked.map(samplingOf).find((one) => Object.keys(one).length > 0) ?? {},
    question: first === undefined ? null : questionOf(first, turn.said),
    guessed: told.length === 0 && new Set(chats.map(systemOf)).size > 1,
  };
}

function callOf(span: Span): Call {
  return { span, ...saidIn(span) };
}

const answers =
  ({ answer }: Answered) =>
  ({ output }: Call) =>
    answer !== '' && output.some((message) => textOf(message).trim() === answer.trim());

function calls(turn: Answered): (call: Call) => boolean {
  const recorded = new Set(turn.calls.map(callKey));
  return ({ output }) =>
    output.some(({ parts }) =>
      parts.some((part) => part.type === 'tool_call' && recorded.has(callKey(part))),
    );
}

/** Nothing tells which call answered: the last one that could call tools, else the last. */
function likely(chats: readonly Call[]): Call[] {
  const latest = chats.toReversed();
  return [...latest.filter(hasTools), ...latest.filter((one) => !hasTools(one))];
}

function hasTools({ span }: Call): boolean {
  return toolsOf(span).length > 0;
}

function systemOf({ span, input }: Call): string {
  const told = saidIn({
    attributes: { 'gen_ai.input.messages': span.attributes['gen_ai.system_instructions'] },
    events: [],
  }).input;
  return (told.length > 0 ? told : input.filter(({ role }) => role === 'system'))
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.type === 'text' ? part.content : []))
    .join('\n\n');
}

function questionOf({ input }: Call, said: readonly string[]): string | null {
  const sent = input.findLast(({ role }) => role === 'user');
  const words = said.at(-1)?.trim() ?? '';
  if (sent === undefined || words === '') return null;
  const text = textOf(sent);
  return text.trim() !== words && text.includes(words) ? text : null;
}

export function textOf(message: Message): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? part.content : [])).join('\n');
}

/** `[{type: "function", name, description, parameters}]`, or with these inside `function`. */
function toolsOf(span: Span): ToolDefinition[] {
  const told = unpacked(span.attributes['gen_ai.tool.definitions']);
  if (!Array.isArray(told)) return [];
  return told.map(unpacked).flatMap((item) => {
    if (!isFields(item)) return [];
    const inner = isFields(item.function) ? item.function : item;
    if (typeof inner.name !== 'string' || inner.name === '') return [];
    const parameters = unpacked(inner.parameters ?? inner.input_schema);
    return [
      {
        name: inner.name,
        ...(typeof inner.description === 'string' ? { description: inner.description } : {}),
        parameters: isFields(parameters) ? parameters : { type: 'object' },
      },
    ];
  });
}

/** Each name once, as it was defined first. */
export function byName(tools: readonly ToolDefinition[]): ToolDefinition[] {
  const known = new Map<string, ToolDefinition>();
  for (const tool of tools) if (!known.has(tool.name)) known.set(tool.name, tool);
  return [...known.values()];
}

const SAMPLING = ['temperature', 'top_p', 'max_tokens'] as const satisfies (keyof Sampling)[];

function samplingOf({ span }: Call): Sampling {
  const sampling: Sampling = {};
  for (const key of SAMPLING) {
    const value = span.attributes[`gen_ai.request.${key}`];
    if (typeof value === 'number') sampling[key] = value;
  }
  return sampling;
}
