/** What a bot tells its model before a conversation: who it is, and what the page knows. Written by the bots, read by the models. */
import type { BotProfile } from './bots.ts';
import type { Slots } from './texts/index.ts';

export interface PromptContext {
  conversationId: string;
  slots: Slots;
}

export function systemPrompt(bot: BotProfile, version: string, context: PromptContext): string {
  const prompt = bot.models[version]?.prompt ?? 'none';
  return [
    `You are the ${bot.title.toLowerCase()} of Tilia, a furniture shop (prompt ${prompt}).`,
    'Answer in the language of the customer, in two or three sentences. Say so when you are not sure.',
    'Look up what you can with the tools. Hand over to a person when the customer asks for one.',
    `Conversation: ${context.conversationId}`,
    `Page: ${JSON.stringify(context.slots)}`,
  ].join('\n');
}

/** What of it can be read back; a prompt of somebody else's gives nothing. */
export function readPrompt(text: string): { conversationId: string | null; page: Partial<Slots> } {
  const conversationId = /^Conversation: (\S+)$/m.exec(text)?.[1] ?? null;
  const line = /^Page: (\{.*\})$/m.exec(text)?.[1] ?? '{}';
  let page: unknown;
  try {
    page = JSON.parse(line);
  } catch {
    page = null;
  }
  if (typeof page !== 'object' || page === null) return { conversationId, page: {} };
  const told = Object.entries(page).filter(([, value]) => typeof value === 'string');
  return { conversationId, page: Object.fromEntries(told) };
}
