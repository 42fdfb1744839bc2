/** Names of tools as the chat completions API takes them; services call theirs `orders.track` or `orders/track` too. Pure. */
import type { ChatMessage, ToolDefinition } from './wire.ts';

const TAKEN = /^[\w-]{1,64}$/;
const LONGEST = 64;

/** There and back, for the tools and calls of one request. */
export class ToolNames {
  readonly #wire = new Map<string, string>();
  readonly #own = new Map<string, string>();

  constructor(tools: readonly ToolDefinition[], messages: readonly ChatMessage[]) {
    const called = messages.flatMap((message) =>
      message.role === 'assistant' ? (message.tool_calls ?? []) : [],
    );
    const names = new Set([
      ...tools.map(({ name }) => name),
      ...called.map((call) => call.function.name),
    ]);
    // Those that are taken as they are come first, so that none of them is renamed.
    for (const name of names) if (TAKEN.test(name)) this.#keep(name, name);
    for (const name of names) if (!TAKEN.test(name)) this.#keep(name, this.#free(name));
  }

  /** As it is sent. */
  sent(name: string): string {
    return this.#wire.get(name) ?? name;
  }

  /** As the service calls it. */
  own(name: string): string {
    return this.#own.get(name) ?? name;
  }

  tools(tools: readonly ToolDefinition[]): { type: 'function'; function: ToolDefinition }[] {
    return tools.map((tool) => ({
      type: 'function',
      function: { ...tool, name: this.sent(tool.name) },
    }));
  }

  messages(messages: readonly ChatMessage[]): ChatMessage[] {
    return messages.map((message) =>
      message.role !== 'assistant' || message.tool_calls === undefined
        ? message
        : {
            ...message,
            tool_calls: message.tool_calls.map((call) => ({
              ...call,
              function: { ...call.function, name: this.sent(call.function.name) },
            })),
          },
    );
  }

  #keep(name: string, wire: string): void {
    this.#wire.set(name, wire);
    this.#own.set(wire, name);
  }

  #free(name: string): string {
    const plain = name.replace(/[^\w-]+/g, '_').slice(0, LONGEST) || 'tool';
    for (let count = 1; ; count++) {
      const end = count === 1 ? '' : `_${count}`;
      const wire = `${plain.slice(0, LONGEST - end.length)}${end}`;
      if (!this.#own.has(wire)) return wire;
    }
  }
}
