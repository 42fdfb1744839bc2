/** The people who write to the bots: real requests, real waiting, and they react to what they get. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BotProfile, botNamed } from '../world/bots.ts';
import { type Dealer, dealer } from '../world/deal.ts';
import { type Random, randomStream } from '../world/random.ts';
import type { Intent } from '../world/turn.ts';
import { ending, firstIntent, react, type Seen, say, thinkMs, type User } from '../world/user.ts';
import { answering, endWithParent, required, run } from './process.ts';

/** People who are already there when the day's stream sets in, over the first seconds. */
const ALREADY_THERE: Partial<Record<string, { refunds: number; others: number }>> = {
  'support-bot': { refunds: 28, others: 6 },
};
const ARRIVE_WITHIN = 6000;
/** A bot that hangs must not gather people without end. */
const MOST_AT_ONCE = 150;
const ANSWER_WITHIN = 30_000;

run(async () => {
  const seed = required('DEMO_SEED');
  const bots: unknown = JSON.parse(required('DEMO_BOTS'));
  endWithParent(Number(required('DEMO_PARENT_PID')));
  if (typeof bots !== 'object' || bots === null)
    throw new Error('DEMO_BOTS is no map of bots to addresses.');
  const urls = Object.entries(bots).map(([id, url]) => [id, String(url)] as const);
  await Promise.all(urls.map(([, url]) => answering(`${url}/health`)));
  for (const [id, url] of urls) stream(botNamed(id), url, seed);
  await new Promise(() => {});
});

function stream(bot: BotProfile, url: string, seed: string): void {
  const deal = dealer(seed, bot, 'live');
  const random = randomStream(seed, bot.id, 'arrivals');
  let present = 0;
  const begin = (user: User) => {
    if (present >= MOST_AT_ONCE) return;
    present += 1;
    converse(user, url)
      // The bot is away: so are its users, until the next one tries.
      .catch(() => {})
      .finally(() => {
        present -= 1;
      });
  };
  welcome(bot, deal, random, begin);
  const arrive = () => {
    begin(deal.next());
    setTimeout(arrive, (1000 / bot.conversationsPerSecond) * random.between(0.6, 1.4));
  };
  arrive();
}

function welcome(bot: BotProfile, deal: Dealer, random: Random, begin: (user: User) => void): void {
  const there = ALREADY_THERE[bot.id];
  if (!there) return;
  const users = [
    ...Array.from({ length: there.refunds }, () => deal.of({ language: 'es', topic: 'refund' })),
    ...Array.from({ length: there.others }, () => deal.next()),
  ];
  for (const user of random.shuffle(users))
    setTimeout(() => begin(user), random.between(0, ARRIVE_WITHIN));
}

async function converse(user: User, url: string): Promise<void> {
  const { conversationId } = user;
  let intent: Intent | null = firstIntent(user);
  let seen: Seen | null = null;
  while (intent !== null) {
    const message = say(user, intent);
    seen = await ask(user, url, intent, message);
    const { feedback, next } = react(user, seen);
    await sleep(user.random.between(500, 1400));
    for (const kind of feedback) await post(`${url}/feedback`, { conversationId, kind });
    intent = next;
    if (intent !== null) await sleep(thinkMs(user.random));
  }
  if (!seen) return;
  const { outcome, csat, ticket } = ending(user, seen);
  await post(`${url}/close`, { conversationId, outcome, csat });
  if (ticket) await post(`${url}/feedback`, { conversationId, kind: 'ticket' });
}

async function ask(user: User, url: string, intent: Intent, message: string): Promise<Seen> {
  const { conversationId, userId, language, topic, slots } = user;
  const answer = await post(`${url}/chat`, {
    conversationId,
    userId,
    message,
    language,
    topic,
    intent,
    wish: user.wish,
    page: slots,
  });
  const body: unknown = await answer.json();
  if (!isSeen(body)) throw new Error('The bot answered something else.');
  return body;
}

function isSeen(body: unknown): body is Seen {
  return (
    typeof body === 'object' &&
    body !== null &&
    'answerLanguage' in body &&
    'unsure' in body &&
    'fallback' in body
  );
}

async function post(url: string, body: object): Promise<Response> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  // An answer without content is let go of, so that its connection serves the next.
  if (answer.status === 204) await answer.arrayBuffer();
  return answer;
}
