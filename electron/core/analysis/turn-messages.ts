/**
 * The messages that are new in a turn. Services repeat the history: every model call is sent the whole
 * conversation so far, and the agent's span often has it too. New is what begins with the last run of user
 * messages: those, then tool calls and their responses, then the answer. System prompts repeat as well;
 * they stay on their span.
 */
import type { Message, MessagePart } from '#shared/model/conversation.ts';
import { asJson, callArguments, isFields, parseMessage, parseMessages } from './turn-parse.ts';
import type { Step } from './turn-steps.ts';

interface Said {
  input: Message[];
  output: Message[];
}

interface Line {
  message: Message;
  key: string;
  /** When it was there: places tool spans between model calls. */
  at: number;
}

/** `steps` by time; `entry` is the step that answers the user. */
export function turnMessages(steps: readonly Step[], entry: Step): Message[] {
  // While the agent's span is missing, the first step stands for it; a model call is told with the others.
  const whole = entry.operation === 'chat' ? { input: [], output: [] } : saidIn(entry);
  const calls = modelCalls(steps, entry);
  const userSource = newest(whole.input);
  const lines: Line[] = userSource.map((message) => line(message, entry.startedAt));
  const hasUser = userSource.some((message) => message.role === 'user');

  calls.forEach(({ step, said }, index) => {
    // A model call's prompt may wrap the user's words in a template; the entry knows what was really said.
    const seen = newest(said.input).filter((message) => !(hasUser && message.role === 'user'));
    const users = lines.some(({ message }) => message.role === 'user');
    const known = users ? seen.filter((message) => message.role !== 'user') : seen;
    const from = merge(lines, known, 0, step.startedAt);
    // Words between calls (a router, a rewriter) are not what the user read, unless they come with a tool call.
    const last = whole.output.length === 0 && calls.slice(index + 1).every(noOutput);
    const output = said.output.filter((message) => last || hasCall(message));
    merge(lines, output, known.length > 0 ? from : lines.length, step.endedAt);
  });

  for (const step of steps) {
    if (step.operation === 'tool') addToolSpan(lines, step);
  }
  const answerFrom =
    whole.output.length > 1
      ? Math.min(userSource.length, lines.length)
      : lines.length - trailingMatch(lines, whole.output);
  merge(lines, whole.output, answerFrom, entry.endedAt);
  return lines.map(({ message }) => message);
}

function noOutput(call: { said: Said }): boolean {
  return call.said.output.length === 0;
}

/** Model calls with messages; where none has any, the agent calls inside the entry. */
function modelCalls(steps: readonly Step[], entry: Step): { step: Step; said: Said }[] {
  const of = (operation: Step['operation']) =>
    steps
      .filter((step) => step.operation === operation && (operation === 'chat' || step !== entry))
      .map((step) => ({ step, said: saidIn(step) }))
      .filter(({ said }) => said.input.length + said.output.length > 0);
  const chats = of('chat');
  return chats.length > 0 ? chats : of('turn');
}

/** From the last run of user messages to the end; everything where the user has not spoken before it. */
function newest(input: readonly Message[]): Message[] {
  const talk = input.filter((message) => message.role !== 'system');
  let end = talk.length - 1;
  while (end >= 0 && talk[end]?.role !== 'user') end--;
  if (end < 0) return talk;
  let start = end;
  while (start > 0 && talk[start - 1]?.role === 'user') start--;
  return talk.slice(0, start).some((message) => message.role === 'user') ? talk.slice(start) : talk;
}

/**
 * Brings `messages` into `lines` from index `from` on, keeping both orders: what is there already is passed,
 * what is not is put in. Answers the index behind the last one.
 */
function merge(lines: Line[], messages: readonly Message[], from: number, at: number): number {
  if (messages.length === 0) return from;
  const places = new Map<string, number[]>();
  for (let index = lines.length - 1; index >= from; index--) {
    const known = lines[index];
    if (known === undefined) continue;
    const list = places.get(known.key);
    if (list === undefined) places.set(known.key, [index]);
    else list.push(index);
  }
  const merged = lines.slice(0, from);
  let next = from;
  let behind = from;
  for (const message of messages) {
    const key = identity(message);
    const list = places.get(key) ?? [];
    while (list.length > 0 && (list.at(-1) ?? 0) < next) list.pop();
    const found = list.pop();
    if (found === undefined) {
      merged.push({ message, key, at });
    } else {
      merged.push(...lines.slice(next, found + 1));
      next = found + 1;
    }
    behind = merged.length;
  }
  merged.push(...lines.slice(next));
  lines.splice(0, lines.length, ...merged);
  return behind;
}

/** 1 when the one message of `output` is already the last line: the same words earlier in the turn do not count. */
function trailingMatch(lines: readonly Line[], output: readonly Message[]): number {
  const last = lines.at(-1);
  const first = output[0];
  return last !== undefined && first !== undefined && last.key === identity(first) ? 1 : 0;
}

function line(message: Message, at: number): Line {
  return { message, key: identity(message), at };
}

/** Adds the call and the response of a tool span where the model calls did not tell them. */
function addToolSpan(lines: Line[], step: Step): void {
  const id = textOf(step.attributes['gen_ai.tool.call.id']);
  const name = textOf(step.attributes['gen_ai.tool.name']) ?? toolName(step.record.span.name);
  const args = callArguments(step.attributes['gen_ai.tool.call.arguments']);
  const result = step.attributes['gen_ai.tool.call.result'];
  const response: Message | null =
    result === undefined
      ? null
      : { role: 'tool', parts: [{ type: 'tool_call_response', id, name, response: result }] };

  const called = lines.findIndex(({ message }, index) =>
    message.parts.some(
      (part) => isCall(part, id, name) && !(id === null && answered(lines, index)),
    ),
  );
  if (called >= 0) {
    const known = lines.some(({ message }) => message.parts.some((part) => isResponse(part, id)));
    if (response === null || (id !== null && known)) return;
    let place = called + 1;
    while (lines[place]?.message.role === 'tool') place++;
    lines.splice(place, 0, line(response, step.endedAt));
    return;
  }
  const callMessage: Message = {
    role: 'assistant',
    parts: [{ type: 'tool_call', id, name, arguments: args }],
  };
  const pair: Line[] = [line(callMessage, step.startedAt)];
  if (response !== null) pair.push(line(response, step.endedAt));
  const later = lines.findIndex(
    ({ message, at }) => message.role !== 'user' && at > step.startedAt,
  );
  lines.splice(later < 0 ? lines.length : later, 0, ...pair);
}

function isCall(part: MessagePart, id: string | null, name: string): boolean {
  if (part.type !== 'tool_call') return false;
  return id === null || part.id === null ? part.name === name : part.id === id;
}

function isResponse(part: MessagePart, id: string | null): boolean {
  return part.type === 'tool_call_response' && part.id === id;
}

/** True when as many responses follow a message as it has calls. */
function answered(lines: readonly Line[], index: number): boolean {
  const calls = lines[index]?.message.parts.filter((part) => part.type === 'tool_call').length ?? 0;
  let responses = 0;
  for (let i = index + 1; lines[i]?.message.role === 'tool'; i++) responses++;
  return responses >= calls;
}

function hasCall(message: Message): boolean {
  return message.parts.some((part) => part.type === 'tool_call');
}

/** Equal for the same message told twice: calls and responses by their id, where they have one. */
function identity(message: Message): string {
  const parts = message.parts.map((part) => {
    if (part.type === 'tool_call' && part.id !== null) return `call ${part.id}`;
    if (part.type === 'tool_call_response' && part.id !== null) return `response ${part.id}`;
    return asJson(part);
  });
  return `${message.role} ${parts.join(' ')}`;
}

function toolName(spanName: string): string {
  return spanName.replace(/^execute_tool /, '');
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** Messages of one step, from attributes new and old, and from per-message events. */
function saidIn(step: Step): Said {
  const { attributes } = step;
  let input = parseMessages(
    attributes['gen_ai.input.messages'] ??
      attributes['gen_ai.prompt'] ??
      flat(attributes, 'gen_ai.prompt'),
    'user',
  );
  let output = parseMessages(
    attributes['gen_ai.output.messages'] ??
      attributes['gen_ai.completion'] ??
      flat(attributes, 'gen_ai.completion'),
    'assistant',
  );
  if (step.events.length > 0 && (input.length === 0 || output.length === 0)) {
    const told = saidInEvents(step);
    if (input.length === 0) input = told.input;
    if (output.length === 0) output = told.output;
  }
  return { input, output };
}

const EVENT_ROLES: Readonly<Record<string, Message['role']>> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
};

function saidInEvents(step: Step): Said {
  const said: Said = { input: [], output: [] };
  for (const { name, attributes } of step.events) {
    const role = EVENT_ROLES[name];
    if (role !== undefined) said.input.push(...parseMessage(eventBody(attributes), role));
    else if (name === 'gen_ai.choice') {
      said.output.push(...parseMessage(eventBody(attributes), 'assistant'));
    } else if (name === 'gen_ai.content.prompt') {
      said.input.push(...parseMessages(attributes['gen_ai.prompt'], 'user'));
    } else if (name === 'gen_ai.content.completion') {
      said.output.push(...parseMessages(attributes['gen_ai.completion'], 'assistant'));
    }
  }
  return {
    input: said.input.filter((message) => message.parts.length > 0),
    output: said.output.filter((message) => message.parts.length > 0),
  };
}

/** A per-message event has its fields as attributes, or as JSON in one of them. */
function eventBody(attributes: Record<string, unknown>): Record<string, unknown> {
  const packed = attributes['gen_ai.event.content'];
  const opened = typeof packed === 'string' ? callArguments(packed) : packed;
  const body = isFields(opened) ? { ...attributes, ...opened } : { ...attributes };
  if (typeof opened === 'string' && body.content === undefined) body.content = opened;
  if (typeof body.message === 'string') body.message = callArguments(body.message);
  if (typeof body.message === 'string') body.content = body.message;
  return body;
}

/** `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`, …: messages laid flat into attributes. */
function flat(attributes: Record<string, unknown>, prefix: string): unknown {
  if (
    attributes[`${prefix}.0.content`] === undefined &&
    attributes[`${prefix}.0.role`] === undefined
  ) {
    return undefined;
  }
  const messages: Record<string, unknown>[] = [];
  for (let index = 0; index < 10_000; index++) {
    const at = `${prefix}.${index}.`;
    const role = attributes[`${at}role`];
    const content = attributes[`${at}content`];
    const calls = flatCalls(attributes, at);
    if (role === undefined && content === undefined && calls.length === 0) break;
    messages.push({
      role,
      content,
      tool_call_id: attributes[`${at}tool_call_id`],
      finish_reason: attributes[`${at}finish_reason`],
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    });
  }
  return messages;
}

function flatCalls(attributes: Record<string, unknown>, at: string): Record<string, unknown>[] {
  const calls: Record<string, unknown>[] = [];
  for (let index = 0; index < 1000; index++) {
    const name = attributes[`${at}tool_calls.${index}.name`];
    if (name === undefined) break;
    calls.push({
      id: attributes[`${at}tool_calls.${index}.id`],
      name,
      arguments: attributes[`${at}tool_calls.${index}.arguments`],
    });
  }
  return calls;
}
