/** What comes in over HTTP, checked by hand: the demo's processes share no schema with the console. */
import type { BotProfile } from '../world/bots.ts';
import { randomStream } from '../world/random.ts';
import type { Slots } from '../world/texts/index.ts';
import { LANGUAGES, type Language, type Topic } from '../world/texts/phrasebook.ts';
import { drawSlots } from '../world/texts/things.ts';
import { INTENTS, type Intent, type Wish } from '../world/turn.ts';

export interface ChatRequest {
  conversationId: string;
  userId: string;
  message: string;
  language: Language;
  topic: Topic;
  intent: Intent;
  wish: Wish | null;
  slots: Slots;
}

type Fields = Record<string, unknown>;

export function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};
}

export function textOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' && value.length <= 4000 ? value : null;
}

const REFUND =
  /reembols|devol|devuel|refund|return|money back|erstatt|rückerst|zurückgeschickt|rembours/i;
const INJECTION =
  /ignor\w* (all|alle|todas|toutes|todas as)|sin reglas|sem regras|sans règles|without rules|systemprompt|system prompt/i;

/**
 * The widget of the page tells topic, intent and what is on the page; a message that comes without them, as from a
 * terminal, is guessed at. Null when the conversation's id or the message is missing.
 */
export function readChat(bot: BotProfile, body: unknown, firstTurn: boolean): ChatRequest | null {
  const fields = fieldsOf(body);
  const conversationId = textOf(fields, 'conversationId');
  const message = textOf(fields, 'message');
  if (conversationId === null || message === null) return null;
  const language = LANGUAGES.find((one) => one === fields.language) ?? 'en';
  const guessed: Intent = INJECTION.test(message) ? 'injection' : firstTurn ? 'ask' : 'more';
  const topic = bot.topics.find((one) => one === fields.topic);
  const fallbackTopic =
    bot.topics.includes('refund') && REFUND.test(message) ? 'refund' : bot.topics[1];
  const drawn = drawSlots(language, randomStream('page', conversationId));
  const page = fieldsOf(fields.page);
  return {
    conversationId,
    message,
    language,
    userId: textOf(fields, 'userId') ?? 'u-unknown',
    topic: topic ?? fallbackTopic ?? 'order',
    intent: INTENTS.find((one) => one === fields.intent) ?? guessed,
    wish: readWish(fields.wish),
    slots: {
      order: textOf(page, 'order') ?? drawn.order,
      item: textOf(page, 'item') ?? drawn.item,
      amount: textOf(page, 'amount') ?? drawn.amount,
      date: textOf(page, 'date') ?? drawn.date,
      days: textOf(page, 'days') ?? drawn.days,
      email: textOf(page, 'email') ?? drawn.email,
    },
  };
}

function readWish(value: unknown): Wish | null {
  const { kind, index } = fieldsOf(value);
  if ((kind !== 'ask' && kind !== 'more') || typeof index !== 'number') return null;
  return { kind, index };
}
