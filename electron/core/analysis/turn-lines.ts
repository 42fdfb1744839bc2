/** The messages of a turn while they are put together. */
import type { Message } from '#shared/model/conversation.ts';
import { asJson } from './turn-parse.ts';

export interface Line {
  message: Message;
  key: string;
  /** When it was there: places tool spans between model calls. */
  at: number;
}

export function line(message: Message, at: number): Line {
  return { message, key: identity(message), at };
}

/** Equal for the same message told twice: calls and responses by their id, where they have one. */
export function identity(message: Message): string {
  const parts = message.parts.map((part) => {
    if (part.type === 'tool_call' && part.id !== null) return `call ${part.id} ${part.name}`;
    if (part.type === 'tool_call_response' && part.id !== null) return `response ${part.id}`;
    return asJson(part);
  });
  return `${message.role} ${parts.join(' ')}`;
}
