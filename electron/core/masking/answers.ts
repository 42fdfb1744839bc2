/** What tools that look up people answered, where only the messages of a model call tell of it. */
import { asJson, parseMessages } from '#core/analysis/turn-parse.ts';
import { each } from './found.ts';
import { isOfPerson } from './persons.ts';

const NAMED = /name\\?" ?: ?\\?"([\w.-]{2,64})\\?"/g;

/** Most model calls have no such tool, and their messages are not read for it. */
function mayAsk(messages: string): boolean {
  if (!messages.includes('"tool')) return false;
  for (const [, name = ''] of each(messages, NAMED)) if (isOfPerson(name, false)) return true;
  return false;
}

const NONE: readonly string[] = [];

/** As JSON or text. What was answered is what the next call of the model is given. */
export function answersOfPeople(attributes: Readonly<Record<string, unknown>>): readonly string[] {
  const messages = attributes['gen_ai.input.messages'] ?? attributes['gen_ai.prompt'];
  return typeof messages === 'string' && mayAsk(messages) ? answersIn(messages) : NONE;
}

function answersIn(messages: string): string[] {
  const tools = new Map<string, string>();
  const parts = parseMessages(messages, 'user').flatMap((message) => message.parts);
  for (const part of parts) {
    if (part.type === 'tool_call' && part.id !== null) tools.set(part.id, part.name);
  }
  return parts.flatMap((part) => {
    if (part.type !== 'tool_call_response') return [];
    const tool = part.name ?? tools.get(part.id ?? '');
    if (tool === undefined || !isOfPerson(tool, false)) return [];
    return [typeof part.response === 'string' ? part.response : asJson(part.response)];
  });
}
