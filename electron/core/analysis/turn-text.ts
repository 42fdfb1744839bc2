/** What full-text search indexes of a turn. */
import type { Message } from '#shared/model/conversation.ts';
import { setApart } from '#shared/util/unspaced.ts';
import { asJson } from './turn-parse.ts';

/** Characters of a turn that are indexed; the messages themselves stay whole. */
export const SEARCH_TEXT_LIMIT = 100_000;

/** What was said first, then what tools were given and answered, so that a cut loses tool output first. */
export function searchText(messages: readonly Message[], extra: readonly string[]): string {
  const said: string[] = [];
  const tools: string[] = [];
  for (const message of messages) {
    for (const part of message.parts) {
      switch (part.type) {
        case 'text':
          said.push(part.content);
          break;
        case 'reasoning':
          tools.push(part.content);
          break;
        case 'tool_call':
          tools.push(part.name, plain(part.arguments));
          break;
        case 'tool_call_response':
          tools.push(plain(part.response));
          break;
        case 'other':
          tools.push(part.json);
          break;
      }
    }
  }
  let text = '';
  for (const piece of [...said, ...extra, ...tools]) {
    if (piece === '') continue;
    const room = SEARCH_TEXT_LIMIT - text.length;
    if (room <= 1) break;
    text += (text === '' ? '' : '\n') + piece.slice(0, room - 1);
  }
  // SQLite's text functions end at a NUL; half a surrogate pair is no text.
  return setApart(text.replaceAll('\0', ' ').toWellFormed());
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '' : asJson(value);
}
