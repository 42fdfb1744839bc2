/**
 * A recorded conversation as something that can be asked again: what the user said turn by turn, the system prompt and the
 * tools of the recorded model calls, and the answers of tools. Pure.
 */
import { isFields, parseMessages } from '#core/analysis/turn-parse.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Conversation, Message, Span, Turn } from '#shared/model/conversation.ts';
import { type RetrievedDocument, retrievedOf } from './retrieved.ts';
import { unpacked } from './values.ts';
import type { Sampling, ToolDefinition } from './wire.ts';

/** A call of the recording, with what the tool answered. */
export interface RecordedCall {
  name: string;
  arguments: unknown;
  /** Undefined = no answer was recorded. */
  result: unknown;
}

export interface ScriptTurn {
  /** Place in the conversation, from 0. */
  number: number;
  recorded: Turn;
  /** The system prompt that this turn was answered under; where it tells none, that of another turn. */
  system: string | null;
  /** What the user said, one after the other. */
  said: string[];
  calls: RecordedCall[];
  /** What was looked up for it; known where its spans were read. */
  retrieved: RetrievedDocument[];
  /** What the user read in the end; '' = nothing was recorded. */
  answer: string;
}

export interface Script {
  tools: ToolDefinition[];
  /** `calls`: no definitions were recorded, so they were made from the recorded calls. */
  toolsFrom: 'definitions' | 'calls' | 'none';
  sampling: Sampling;
  turns: ScriptTurn[];
  /** What a reader should know of how true to the original a re-run can be. */
  remarks: Remark[];
}

/**
 * `spansOf`: the spans of a turn's trace; those of the turns that are answered again are enough. `first`: the place of the
 * first of these turns in the conversation.
 */
export function makeScript(
  conversation: Pick<Conversation, 'turns'>,
  spansOf: (turn: Turn) => readonly Span[],
  first = 0,
): Script {
  const chatsOf = (turn: Turn) =>
    spansOf(turn).filter((span) => span.operation === 'chat' || span.operation === 'turn');
  const chats = conversation.turns.flatMap(chatsOf);
  const system = lastSystem(chats);
  const turns = conversation.turns.map((turn, number) => ({
    ...scriptTurn(turn, first + number),
    system: lastSystem(chatsOf(turn)) ?? system,
    retrieved: retrievedOf(spansOf(turn)),
  }));
  const defined = chats.map(toolsOf).findLast((tools) => tools.length > 0) ?? [];
  const calls = turns.flatMap((turn) => turn.calls);
  const tools = defined.length > 0 ? defined : guessedTools(calls);
  const toolsFrom = defined.length > 0 ? 'definitions' : tools.length > 0 ? 'calls' : 'none';
  const remarks: Remark[] = [];
  if (system === null) {
    remarks.push({
      code: 'no_system_prompt',
      message: 'No system prompt was recorded: the answers are given without one.',
    });
  }
  if (toolsFrom === 'calls') {
    remarks.push({
      code: 'tools_guessed',
      message:
        'No tool definitions were recorded: they were made from the recorded calls, and arguments are held against no schema.',
    });
  }
  if (conversation.turns.some((turn) => turn.messages.some(hasOther))) {
    remarks.push({
      code: 'not_text',
      message: 'Parts that are not text (images, files) cannot be sent again and are left out.',
    });
  }
  return { tools, toolsFrom, sampling: samplingOf(chats), turns, remarks };
}

function scriptTurn(recorded: Turn, number: number): Omit<ScriptTurn, 'system' | 'retrieved'> {
  const texts = (role: Message['role']) =>
    recorded.messages
      .filter((message) => message.role === role)
      .map((message) =>
        message.parts.flatMap((part) => (part.type === 'text' ? part.content : [])).join('\n'),
      )
      .filter((text) => text !== '');
  return {
    number,
    recorded,
    said: texts('user'),
    calls: recordedCalls(recorded.messages),
    answer: texts('assistant').at(-1) ?? '',
  };
}

/** Calls with their answers: by id where both tell it, else the first open call of that name. */
export function recordedCalls(messages: readonly Message[]): RecordedCall[] {
  const calls: (RecordedCall & { id: string | null })[] = [];
  for (const part of messages.flatMap((message) => message.parts)) {
    if (part.type === 'tool_call') {
      calls.push({
        id: part.id,
        name: part.name,
        arguments: unpacked(part.arguments),
        result: undefined,
      });
    } else if (part.type === 'tool_call_response') {
      const open = calls.filter((call) => call.result === undefined);
      const call =
        open.find(({ id }) => id !== null && id === part.id) ??
        open.find(({ id, name }) => (id === null || part.id === null) && name === part.name) ??
        open.find(({ id }) => id === null || part.id === null);
      if (call) call.result = part.response ?? null;
    }
  }
  return calls.map(({ id: _id, ...call }) => call);
}

function lastSystem(chats: readonly Span[]): string | null {
  return chats.map(systemOf).findLast((text) => text !== '') ?? null;
}

function systemOf(span: Span): string {
  const told = span.attributes['gen_ai.system_instructions'];
  const instructions = parseMessages(told, 'system');
  const inside = parseMessages(span.attributes['gen_ai.input.messages'], 'user').filter(
    (message) => message.role === 'system',
  );
  return (instructions.length > 0 ? instructions : inside)
    .flatMap((message) => message.parts)
    .flatMap((part) => (part.type === 'text' ? part.content : []))
    .join('\n\n');
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

/** A definition for each tool that was called, so that the model can call it again. */
function guessedTools(calls: readonly RecordedCall[]): ToolDefinition[] {
  const properties = new Map<string, Record<string, object>>();
  for (const call of calls) {
    if (!/^[\w-]{1,64}$/.test(call.name)) continue;
    const known = properties.get(call.name) ?? {};
    for (const key of isFields(call.arguments) ? Object.keys(call.arguments) : []) known[key] = {};
    properties.set(call.name, known);
  }
  return [...properties].map(([name, known]) => ({
    name,
    parameters: { type: 'object', properties: known },
  }));
}

const SAMPLING = { temperature: 'temperature', top_p: 'top_p', max_tokens: 'max_tokens' } as const;

function samplingOf(chats: readonly Span[]): Sampling {
  const sampling: Sampling = {};
  for (const [key, attribute] of Object.entries(SAMPLING)) {
    const value = chats
      .map((span) => span.attributes[`gen_ai.request.${attribute}`])
      .findLast((one) => typeof one === 'number');
    if (typeof value === 'number' && isSampling(key)) sampling[key] = value;
  }
  return sampling;
}

function isSampling(key: string): key is keyof Sampling {
  return key in SAMPLING;
}

function hasOther(message: Message): boolean {
  return message.parts.some((part) => part.type === 'other');
}
