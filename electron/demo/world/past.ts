/** The conversations of the last day that are there at the start. The same seed gives the same ones; only the wall clock moves. */
import type { BotProfile } from './bots.ts';
import { variantPoint } from './cohort.ts';
import { type PlayedConversation, playConversation } from './conversation.ts';
import { dealer } from './deal.ts';
import { randomStream } from './random.ts';
import { LAST_RAMP_AGO, versionAt } from './release.ts';

export interface PastConversation extends PlayedConversation {
  /** Milliseconds before the start that it began. */
  ago: number;
}

const DAY = 24 * 3_600_000;
/** How many, by bot: most people write to the support bot. */
const COUNT = { 'support-bot': 420, 'sales-assistant': 110, 'docs-search': 90 } as const;
/** The last minutes, since the ramp: some that failed and some that went well. */
const RECENT = { failing: 16, others: 24 } as const;
/** Conversations end before the live ones begin. */
const LAST_ENDS = 2000;

/** Oldest first. */
export function pastConversations(seed: string, bot: BotProfile): PastConversation[] {
  const random = randomStream(seed, bot.id, 'past');
  const deal = dealer(seed, bot, 'past');
  const play = (user: ReturnType<typeof deal.next>, ago: number): PastConversation => {
    const point = variantPoint(bot.modelFlag, user.conversationId);
    return {
      ...playConversation(seed, user, (offset) =>
        versionAt(bot, ago - offset, user.language, point),
      ),
      ago,
    };
  };
  const past: PastConversation[] = [];
  const quietUntil = bot.id === 'support-bot' ? LAST_RAMP_AGO : 60_000;
  for (let i = 0; i < COUNT[bot.id]; i++) {
    // The square draws a little more towards the present.
    past.push(play(deal.next(), quietUntil + (DAY - quietUntil) * random.next() ** 1.3));
  }
  if (bot.id === 'support-bot') {
    const since = LAST_RAMP_AGO - 8000;
    for (let i = 0; i < RECENT.failing; i++) {
      const user = deal.of({ language: 'es', topic: 'refund' }, 3);
      past.push(play(user, since * ((i + random.next()) / RECENT.failing) + 6000));
    }
    for (let i = 0; i < RECENT.others; i++)
      past.push(play(deal.next(), random.between(10_000, since)));
  }
  return past.filter((one) => endsAgo(one) > LAST_ENDS).toSorted((a, b) => b.ago - a.ago);
}

/** Milliseconds before the start that the last answer came. */
function endsAgo(one: PastConversation): number {
  const last = one.turns.at(-1);
  return one.ago - (last ? last.offsetMs + last.durationMs : 0);
}
