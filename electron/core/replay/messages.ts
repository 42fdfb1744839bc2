/** The messages of a request: recorded turns and new answers in the form of the chat completions API. Pure. */
import type { Message } from '#shared/model/conversation.ts';
import { withoutReasoning } from './answer-text.ts';
import type { ScriptTurn } from './script.ts';
import { asContent } from './values.ts';
import type { ChatMessage, ToolCallMessage } from './wire.ts';

/**
 * A recorded turn. Ids of calls are given anew (recorded ones are missing or repeated in the wild), and every call gets
 * an answer: endpoints refuse a history in which one is missing.
 */
export function recordedMessages(turn: ScriptTurn): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const calls = [...turn.calls.entries()];
  const id = (place: number) => `call_${turn.number + 1}_${place + 1}`;
  for (const message of turn.recorded.messages) {
    const text = message.parts
      .flatMap((part) => (part.type === 'text' ? part.content : []))
      .join('\n');
    if (message.role === 'user') {
      if (text !== '') messages.push({ role: 'user', content: text });
      continue;
    }
    if (message.role !== 'assistant') continue;
    const said = withoutReasoning(text);
    const made = calls.splice(0, callCount(message));
    if (made.length > 0) {
      messages.push({
        role: 'assistant',
        content: said === '' ? null : said,
        tool_calls: made.map(([place, call]) => ({
          id: id(place),
          type: 'function',
          function: {
            name: call.name,
            arguments: asContent(call.arguments ?? {}),
          },
        })),
      });
      for (const [place, call] of made) {
        messages.push({
          role: 'tool',
          tool_call_id: id(place),
          content: call.result === undefined ? 'No answer was recorded.' : asContent(call.result),
        });
      }
    } else if (said !== '') messages.push({ role: 'assistant', content: said });
  }
  return messages;
}

/** A round of calls of the model and what they were told. */
export function roundMessages(
  text: string,
  calls: readonly ToolCallMessage[],
  results: readonly string[],
): ChatMessage[] {
  return [
    { role: 'assistant', content: text === '' ? null : text, tool_calls: [...calls] },
    ...calls.map(
      (call, place): ChatMessage => ({
        role: 'tool',
        tool_call_id: call.id,
        content: results[place] ?? '',
      }),
    ),
  ];
}

function callCount(message: Message): number {
  return message.parts.filter((part) => part.type === 'tool_call').length;
}
