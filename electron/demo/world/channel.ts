import type { BotProfile } from './bots.ts';
import { randomStream } from './random.ts';

/** The same for all turns of a conversation, whoever asks. */
export function channelOf({ id, channels }: BotProfile, conversationId: string): string {
  const entries = Object.entries(channels);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let left = randomStream('channel', id, conversationId).next() * total;
  for (const [channel, weight] of entries) {
    left -= weight;
    if (left < 0) return channel;
  }
  return entries.at(-1)?.[0] ?? '';
}
