/** A person who writes to a bot: what they want, how they react to an answer, when they leave. Pure under its random stream. */
import type { BotProfile } from './bots.ts';
import type { Random } from './random.ts';
import { fill, PHRASES, type Slots } from './texts/index.ts';
import type { Language, Topic } from './texts/phrasebook.ts';
import { drawSlots } from './texts/things.ts';
import type { Intent, Wish } from './turn.ts';

export interface User {
  bot: BotProfile;
  conversationId: string;
  userId: string;
  language: Language;
  topic: Topic;
  slots: Slots;
  random: Random;
  said: Intent[];
  wish: Wish | null;
  /** Answers in a row that did not help. */
  letDown: number;
}

/** What a user sees of an answer. */
export interface Seen {
  answerLanguage: Language;
  expects: 'email' | null;
  unsure: boolean;
  handoff: boolean;
  blocked: boolean;
  error: string | null;
  fallback: boolean;
}

export interface Reaction {
  /** Pressed right after reading. */
  feedback: ('thumbs_up' | 'thumbs_down' | 'regenerate')[];
  /** Null = the conversation is over. */
  next: Intent | null;
}

export interface Ending {
  outcome: 'resolved' | 'handoff' | 'abandoned';
  /** 1–5, from those who answer the question. */
  csat: number | null;
  /** Wrote a ticket about it afterwards. */
  ticket: boolean;
}

export function newUser(
  bot: BotProfile,
  who: { conversationId: string; language: Language; topic: Topic },
  random: Random,
): User {
  return {
    bot,
    ...who,
    userId: `u-${random.hex(6)}`,
    slots: drawSlots(who.language, random),
    random,
    said: [],
    wish: null,
    letDown: 0,
  };
}

/** The next message. `wish` then says which of its topic's questions the user wants answered. */
export function say(user: User, intent: Intent): string {
  const { random, slots } = user;
  const words = PHRASES[user.language];
  const topic = words.topics[user.topic];
  user.said.push(intent);
  if (intent === 'ask') {
    const open = random.pick(words.open);
    const ask = wishFrom(user, 'ask', topic.ask);
    // After a greeting with a comma the sentence goes on in lower case, as people type it.
    const joined = open === '' ? ask : `${open} ${open.endsWith(',') ? lowerFirst(ask) : ask}`;
    return fill(`${joined} ${random.pick(words.close)}`.trim(), slots);
  }
  if (intent === 'more') return fill(wishFrom(user, 'more', topic.more), slots);
  const refund = user.bot.id === 'support-bot' && user.topic === 'refund';
  const said = intent === 'rephrase' || intent === 'insist' ? (refund ? intent : 'again') : intent;
  return fill(random.pick(words[said]), slots);
}

function wishFrom(user: User, kind: Wish['kind'], questions: readonly string[]): string {
  // Nobody asks the same thing twice when there is something else to ask.
  const asked = user.wish?.kind === kind ? user.wish.index : -1;
  const left = [...questions.keys()].filter((index) => index !== asked);
  user.wish = { kind, index: user.random.pick(left.length > 0 ? left : [0]) };
  return questions[user.wish.index] ?? '';
}

export function firstIntent(user: User): Intent {
  return user.random.chance(0.002) ? 'injection' : 'ask';
}

export function react(user: User, seen: Seen): Reaction {
  const { random } = user;
  const last = user.said.at(-1);
  if (seen.fallback) {
    return { feedback: [], next: random.chance(0.25) && user.said.length < 2 ? 'human' : null };
  }
  if (seen.handoff || seen.blocked || last === 'thanks') return { feedback: [], next: null };
  if (seen.expects === 'email') return { feedback: [], next: 'identify' };
  const foreign = seen.answerLanguage !== user.language;
  if (seen.unsure || foreign || seen.error !== null) {
    user.letDown += 1;
    return { feedback: disappointed(user, foreign), next: afterDisappointment(user, foreign) };
  }
  const helpedAtLast = user.letDown > 0;
  user.letDown = 0;
  const { thumbsUp, thumbsDown, regenerate } = user.bot.rates;
  const draw = random.next();
  const feedback: Reaction['feedback'] =
    draw < thumbsUp
      ? ['thumbs_up']
      : draw < thumbsUp + thumbsDown
        ? ['thumbs_down']
        : draw < thumbsUp + thumbsDown + regenerate
          ? ['regenerate']
          : [];
  if (helpedAtLast) return { feedback, next: random.chance(0.6) ? 'thanks' : null };
  const asked = user.said.filter((intent) => intent === 'more').length;
  if (asked < 2 && random.chance(0.42)) return { feedback, next: 'more' };
  if (random.chance(0.02)) return { feedback, next: 'human' };
  return { feedback, next: random.chance(0.4) ? 'thanks' : null };
}

function disappointed(user: User, foreign: boolean): Reaction['feedback'] {
  const draw = user.random.next();
  const down = foreign ? 0.78 : 0.4;
  if (draw < down) return ['thumbs_down'];
  return draw < down + 0.12 ? ['regenerate'] : [];
}

function afterDisappointment(user: User, foreign: boolean): Intent | null {
  const { random, letDown } = user;
  if (user.said.length >= 6) return null;
  if (letDown === 1)
    return random.chance(0.94) ? (foreign && random.chance(0.35) ? 'language' : 'rephrase') : null;
  if (letDown === 2)
    return random.chance(0.93)
      ? foreign && !user.said.includes('language')
        ? 'language'
        : 'insist'
      : null;
  if (letDown === 3) return random.chance(0.55) ? 'insist' : random.chance(0.7) ? 'human' : null;
  return random.chance(0.75) ? 'human' : null;
}

export function ending(user: User, last: Seen): Ending {
  const { random } = user;
  const bad = user.letDown > 0 || last.fallback;
  const outcome = last.handoff ? 'handoff' : bad ? 'abandoned' : 'resolved';
  const csat = random.chance(0.35)
    ? Math.max(
        1,
        Math.min(5, Math.round((bad || last.handoff ? 2 : 4.5) + random.between(-1, 0.9))),
      )
    : null;
  return { outcome, csat, ticket: random.chance(bad || last.handoff ? 0.12 : 0.002) };
}

/** Milliseconds that a user reads and types. */
export function thinkMs(random: Random): number {
  return random.between(1600, 4800);
}

/** Lower-cases the first letter, after an opening mark too; "I" stays, and so do names and numbers in capitals. */
function lowerFirst(text: string): string {
  return /^I\b/.test(text)
    ? text
    : text.replace(
        /^([¿¡]?)(\p{Lu})(?=\p{Ll}|[’ ])/u,
        (_, mark: string, letter: string) => mark + letter.toLowerCase(),
      );
}
