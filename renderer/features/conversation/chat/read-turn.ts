/** A turn as the user saw it: what was said, with the tool calls folded together with their results. Pure. */

import type { Message, Turn } from '#shared/model/conversation.ts';
import { unpacked } from '#shared/util/unpacked.ts';
import { cutText } from '#shared/util/visible-text.ts';

export type ChatItem =
  | { kind: 'said'; by: 'user' | 'bot'; text: string; message: number }
  | { kind: 'note'; label: string; text: string; message: number }
  | {
      kind: 'tool';
      name: string;
      arguments: unknown;
      /** Undefined = no answer of the tool was recorded (yet). */
      result: unknown;
      message: number;
    };

/** `shown`: how many of the turn's messages have appeared. */
export function chatItems(turn: Pick<Turn, 'messages'>, shown = turn.messages.length): ChatItem[] {
  const items: ChatItem[] = [];
  /** Calls without an answer yet. */
  const open: { id: string | null; item: Extract<ChatItem, { kind: 'tool' }> }[] = [];
  turn.messages.slice(0, shown).forEach((message, at) => {
    for (const part of message.parts) {
      switch (part.type) {
        case 'text':
          if (part.content !== '') items.push(textItem(message, part.content, at));
          break;
        case 'reasoning':
          items.push({ kind: 'note', label: 'reasoning', text: part.content, message: at });
          break;
        case 'tool_call': {
          const item = {
            kind: 'tool' as const,
            name: part.name,
            arguments: part.arguments,
            result: undefined,
            message: at,
          };
          items.push(item);
          open.push({ id: part.id, item });
          break;
        }
        case 'tool_call_response': {
          const answered = open.findIndex(({ id, item }) =>
            part.id !== null ? id === part.id : part.name === null || item.name === part.name,
          );
          const [call] = answered < 0 ? [] : open.splice(answered, 1);
          if (call) call.item.result = part.response ?? null;
          else {
            const name = part.name ?? 'a tool';
            const result = part.response ?? null;
            items.push({ kind: 'tool', name, arguments: undefined, result, message: at });
          }
          break;
        }
        case 'other':
          items.push({ kind: 'note', label: part.kind, text: part.json, message: at });
      }
    }
  });
  return items;
}

function textItem(message: Message, text: string, at: number): ChatItem {
  switch (message.role) {
    case 'user':
      return { kind: 'said', by: 'user', text, message: at };
    case 'assistant':
      return { kind: 'said', by: 'bot', text, message: at };
    case 'system':
    case 'tool':
      return { kind: 'note', label: message.role, text, message: at };
  }
}

/** Between two turns, a longer wait than this is told. */
const SILENCE_MS = 5 * 60_000;

/** Milliseconds of silence between two turns; null where it is short, or the clocks of the two disagree. */
export function silenceBefore(
  before: Pick<Turn, 'startedAt' | 'durationMs'> | null,
  turn: Pick<Turn, 'startedAt'> | null,
): number | null {
  if (before === null || turn === null) return null;
  const silence = turn.startedAt - (before.startedAt + before.durationMs);
  return silence >= SILENCE_MS ? silence : null;
}

/** Of very many items the first and the last; `left` of those between are not shown, from place `at` on. */
export function ends<T>(items: readonly T[], most: number): { at: number; left: number } {
  const left = Math.max(0, items.length - most);
  return { at: left === 0 ? items.length : Math.ceil(most / 2), left };
}

/** One line of a value, for a folded call: `order: "A-1", lang: "es"`. */
export function inOneLine(given: unknown, length = 90): string {
  const value = unpacked(given);
  if (value === undefined || value === null) return '';
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? `${value.length} entries`
        : typeof value === 'object'
          ? Object.entries(value)
              .slice(0, 8)
              .map(([key, part]) => `${key}: ${short(part)}`)
              .join(', ')
          : String(value);
  const line = text
    .slice(0, length * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > length ? `${cutText(line, length - 1)}…` : line;
}

function short(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === 'object' && value !== null) return '{…}';
  return typeof value === 'string' ? `"${cutText(value, 60)}"` : String(value);
}
