/** The messages that one step carries, in all the places and under all the names that libraries use. */
import type { Message } from '#shared/model/conversation.ts';
import { callArguments, isFields, parseMessage, parseMessages } from './turn-parse.ts';
import type { Step } from './turn-steps.ts';

export interface Said {
  input: Message[];
  output: Message[];
}

/** Messages of one step, from attributes new and old, and from per-message events. */
export function saidIn(step: Pick<Step, 'attributes' | 'events'>): Said {
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

function saidInEvents(step: Pick<Step, 'events'>): Said {
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
