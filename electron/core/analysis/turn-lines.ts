/** The messages of a turn while they are put together. */
import type { Message } from '#shared/model/conversation.ts';
import { asJson } from './turn-parse.ts';

export class Line {
  readonly message: Message;
  /** When it was there: places tool spans between model calls. */
  readonly at: number;
  /** When it came, as far as a step tells: a question with its turn, a call with its tool, an answer with its first token. */
  cameAt: number | null;
  #key: string | undefined;

  constructor(message: Message, at: number, cameAt: number | null = null) {
    this.message = message;
    this.at = at;
    this.cameAt = cameAt;
  }

  /** Worked out when it is asked for: where nothing was told twice, nobody asks. */
  get key(): string {
    this.#key ??= identity(this.message);
    return this.#key;
  }
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
