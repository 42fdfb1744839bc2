/**
 * Who writes next. Topics and languages are dealt from a shuffled deck, and conversation ids evenly over
 * the variant split, so that a minute of the demo already shows the shares that a day of real traffic would.
 */
import type { BotProfile } from './bots.ts';
import { variantPoint } from './cohort.ts';
import { type Random, randomStream } from './random.ts';
import { LANGUAGES, type Language, type Topic } from './texts/phrasebook.ts';
import { newUser, type User } from './user.ts';

/** Parts that the variant split is dealt over: 25 % is one of four. */
const STRATA = 4;
const DECK = 40;

interface Card {
  language: Language;
  topic: Topic;
}

export interface Dealer {
  next(): User;
  /** A user with a given wish, at a given part of the split (0 = lowest points) or any. */
  of(card: Card, stratum?: number): User;
}

export function dealer(seed: string, bot: BotProfile, stream: string): Dealer {
  const random = randomStream(seed, bot.id, stream);
  const strata = new Map<string, number[]>();
  let deck: Card[] = [];
  let dealt = 0;

  const stratumFor = (card: Card) => {
    const kind = card.language === 'es' && card.topic === 'refund' ? 'es-refund' : 'other';
    const left = strata.get(kind) ?? [];
    if (left.length === 0) left.push(...random.shuffle([...Array(STRATA).keys()]));
    strata.set(kind, left);
    return left.pop() ?? 0;
  };
  const of = (card: Card, stratum = stratumFor(card)) => {
    dealt += 1;
    const conversationId = idInStratum(bot, stratum, random);
    return newUser(bot, { conversationId, ...card }, randomStream(seed, bot.id, stream, dealt));
  };
  return {
    of,
    next: () => {
      if (deck.length === 0) deck = shuffledDeck(bot, random);
      return of(deck.pop() ?? { language: 'en', topic: bot.topics[0] ?? 'order' });
    },
  };
}

function idInStratum(bot: BotProfile, stratum: number, random: Random): string {
  for (;;) {
    const id = `c-${random.hex(8)}`;
    const part = Math.floor(((variantPoint(bot.modelFlag, id) - 1) * STRATA) / 1000);
    if (part === stratum) return id;
  }
}

/** Languages by their weights; topics by theirs, where refunds weigh more in Spanish only. */
function shuffledDeck(bot: BotProfile, random: Random): Card[] {
  const languages = spread(
    LANGUAGES.map((language) => [language, bot.languages[language] ?? 0] as const),
    DECK,
  );
  const weightIn = (language: Language, topic: Topic) =>
    topic === 'refund' && language !== 'es' ? 2 : (bot.topicWeights[topic] ?? 1);
  const cards = LANGUAGES.flatMap((language) => {
    const count = languages.filter((one) => one === language).length;
    const shuffledTopics = random.shuffle(bot.topics);
    return spread(
      shuffledTopics.map((topic) => [topic, weightIn(language, topic)] as const),
      count,
    ).map((topic) => ({ language, topic }));
  });
  return random.shuffle(cards);
}

/** `count` items in the proportion of their weights, largest remainder first. */
function spread<T>(weighted: readonly (readonly [T, number])[], count: number): T[] {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  const shares = weighted.map(([item, weight]) => ({ item, exact: (weight / total) * count }));
  const whole = shares.flatMap(({ item, exact }) => Array<T>(Math.floor(exact)).fill(item));
  const rest = shares
    .toSorted((a, b) => (b.exact % 1) - (a.exact % 1))
    .slice(0, count - whole.length)
    .map(({ item }) => item);
  return [...whole, ...rest];
}
