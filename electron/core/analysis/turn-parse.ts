/**
 * Messages as services send them → the model's messages. Reads OpenTelemetry's `[{role, parts}]`, OpenAI's
 * `{role, content, tool_calls}`, content blocks (`text`, `tool_use`, `tool_result`), a bare text, and each
 * of them as JSON text or as nested values. What cannot be read is kept as text: nothing is lost or thrown.
 */
import type { Message, MessagePart } from '#shared/model/conversation.ts';

type Role = Message['role'];
type Fields = Record<string, unknown>;

const ROLES: Readonly<Record<string, Role>> = {
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  function: 'tool',
};

/** `role` is given to messages that do not tell theirs. */
export function parseMessages(value: unknown, role: Role): Message[] {
  const read = typeof value === 'string' ? fromText(value) : value;
  if (read === undefined || read === null || read === '') return [];
  if (Array.isArray(read)) {
    // Bare parts (as system instructions are sent) make one message.
    if (read.length > 0 && read.every(isBarePart)) return present([{ role, parts: parts(read) }]);
    return present(read.flatMap((item) => parseMessage(item, role)));
  }
  if (isFields(read) && Array.isArray(read.messages)) return parseMessages(read.messages, role);
  return present(parseMessage(read, role));
}

/** One message; an OpenAI tool answer or a mixed list of blocks may make several. */
export function parseMessage(value: unknown, role: Role): Message[] {
  if (typeof value === 'string') return [{ role, parts: [{ type: 'text', content: value }] }];
  if (!isFields(value)) return [{ role, parts: [other('message', value)] }];
  if (isFields(value.message)) {
    // A choice: `{index, finish_reason, message}`.
    const finish = value.finish_reason ?? value.finishReason;
    return parseMessage({ finish_reason: finish, ...value.message }, role);
  }
  const told = typeof value.role === 'string' ? value.role : value.type;
  const own = (typeof told === 'string' && ROLES[told.toLowerCase()]) || role;
  const list =
    value.parts !== undefined
      ? partList(value.parts)
      : [...contentParts(value, own), ...calls(value.tool_calls ?? value.function_call)];
  if (list.length === 0 && !knownShape(value)) list.push(other('message', value));
  const finish = text(value.finish_reason) ?? text(value.finishReason);
  return [{ role: own, parts: list, ...(finish === null ? {} : { finishReason: finish }) }];
}

/** The arguments of a call: JSON text is opened, unless opening it would round a long number. */
export function callArguments(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value) || /\d{16}/.test(value)) {
    return value ?? null;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function contentParts(value: Fields, role: Role): MessagePart[] {
  const reasoning = text(value.reasoning_content);
  const list: MessagePart[] = reasoning ? [{ type: 'reasoning', content: reasoning }] : [];
  const { content } = value;
  if (role === 'tool') {
    const id = text(value.tool_call_id) ?? text(value.id);
    list.push({
      type: 'tool_call_response',
      id,
      name: text(value.name),
      response: content ?? null,
    });
  } else if (typeof content === 'string') {
    if (content !== '') list.push({ type: 'text', content });
  } else if (content !== undefined && content !== null) {
    list.push(...partList(content));
  }
  const refusal = text(value.refusal);
  if (refusal) list.push({ type: 'text', content: refusal });
  return list;
}

function partList(value: unknown): MessagePart[] {
  if (typeof value === 'string') {
    const opened = fromText(value);
    return typeof opened === 'string' ? [{ type: 'text', content: value }] : partList(opened);
  }
  return parts(Array.isArray(value) ? value : [value]);
}

function parts(list: readonly unknown[]): MessagePart[] {
  return list.map(part);
}

function part(value: unknown): MessagePart {
  if (typeof value === 'string') return { type: 'text', content: value };
  if (!isFields(value)) return other('part', value);
  const kind = typeof value.type === 'string' ? value.type : 'part';
  switch (kind) {
    case 'text':
    case 'input_text':
    case 'output_text': {
      const words = text(value.content) ?? text(value.text);
      return words === null ? other(kind, value) : { type: 'text', content: words };
    }
    case 'reasoning':
    case 'thinking': {
      const words = text(value.content) ?? text(value.thinking) ?? text(value.text);
      return words === null ? other(kind, value) : { type: 'reasoning', content: words };
    }
    case 'tool_call':
    case 'tool_use':
    case 'function':
    case 'function_call':
      return call(value);
    case 'tool_call_response':
    case 'tool_result':
    case 'function_call_output':
      return {
        type: 'tool_call_response',
        id: text(value.id) ?? text(value.tool_use_id) ?? text(value.call_id),
        name: text(value.name),
        response: value.response ?? value.result ?? value.content ?? value.output ?? null,
      };
    default: {
      const words = kind === 'part' ? (text(value.content) ?? text(value.text)) : null;
      return words === null ? other(kind, value) : { type: 'text', content: words };
    }
  }
}

function calls(value: unknown): MessagePart[] {
  if (value === undefined || value === null) return [];
  const read = typeof value === 'string' ? fromText(value) : value;
  return (Array.isArray(read) ? read : [read]).map((item) =>
    isFields(item) ? call(item) : other('tool_call', item),
  );
}

/** `{id, name, arguments}`, `{id, function: {name, arguments}}` or `{id, name, input}`. */
function call(value: Fields): MessagePart {
  const inner = isFields(value.function) ? value.function : value;
  return {
    type: 'tool_call',
    id: text(value.id) ?? text(value.call_id),
    name: text(inner.name) ?? '',
    arguments: callArguments(inner.arguments ?? inner.input ?? inner.args),
  };
}

function other(kind: string, value: unknown): MessagePart {
  return { type: 'other', kind, json: asJson(value) };
}

/** JSON text of anything; never throws. */
export function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return '"[cannot be written as JSON]"';
  }
}

/** JSON text is opened; other text (and JSON that is cut off) stays the text it is. */
function fromText(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isBarePart(value: unknown): boolean {
  if (!isFields(value) || value.role !== undefined || value.message !== undefined) return false;
  return typeof value.type === 'string' && ROLES[value.type] === undefined;
}

function knownShape(value: Fields): boolean {
  return typeof value.role === 'string' || 'content' in value || 'parts' in value;
}

function present(messages: Message[]): Message[] {
  return messages.filter((message) => message.parts.length > 0);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}
