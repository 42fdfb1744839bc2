/**
 * What a message means, found by the phrasebooks that messages are made from: language, intent, topic, and which question
 * of it. A model is told nothing else than the words.
 */
import type { BotProfile } from './bots.ts';
import { PHRASES } from './texts/index.ts';
import {
  DOCS_TOPICS,
  LANGUAGES,
  type Language,
  SALES_TOPICS,
  SUPPORT_TOPICS,
  type Topic,
} from './texts/phrasebook.ts';
import type { Intent, Wish } from './turn.ts';

export interface Understood {
  language: Language;
  intent: Intent;
  topic: Topic;
  wish: Wish | null;
}

interface Pattern {
  language: Language;
  intent: Intent;
  topic: Topic | null;
  wish: Wish | null;
  text: RegExp;
  /** Characters of it that are fixed: the longer, the surer. */
  fixed: number;
}

const SIMPLE = [
  'identify',
  'thanks',
  'rephrase',
  'language',
  'insist',
  'human',
  'injection',
] as const;

const TOPICS: readonly Topic[] = [...SUPPORT_TOPICS, ...SALES_TOPICS, ...DOCS_TOPICS];

const PATTERNS: readonly Pattern[] = LANGUAGES.flatMap(patternsOf);

/** `messages`: what the user said, oldest first; earlier ones tell what a short one is about. */
export function understand(bot: BotProfile, messages: readonly string[]): Understood {
  let understood: Understood = {
    language: 'en',
    intent: 'ask',
    topic: bot.topics[0] ?? 'order',
    wish: null,
  };
  for (const message of messages) {
    const found = bestOf(bot, message, understood);
    understood = found
      ? {
          language: found.language,
          intent: found.intent,
          topic: found.topic ?? understood.topic,
          wish: found.wish ?? understood.wish,
        }
      : {
          ...understood,
          language: languageLike(message) ?? understood.language,
          intent: 'rephrase',
        };
  }
  return understood;
}

function bestOf(bot: BotProfile, message: string, before: Understood): Pattern | null {
  let best: Pattern | null = null;
  for (const pattern of PATTERNS) {
    if (pattern.topic !== null && !bot.topics.includes(pattern.topic)) continue;
    if (best !== null && rank(pattern, before) <= rank(best, before)) continue;
    if (pattern.text.test(message)) best = pattern;
  }
  return best;
}

/** Of equally long phrases the one in the language and topic of the conversation. */
function rank(pattern: Pattern, before: Understood): number {
  const same =
    Number(pattern.language === before.language) + Number(pattern.topic === before.topic);
  return pattern.fixed * 4 + same;
}

function patternsOf(language: Language): Pattern[] {
  const words = PHRASES[language];
  const of = (
    texts: readonly string[],
    intent: Intent,
    topic: Topic | null,
    kind: Wish['kind'] | null,
  ) =>
    texts.map((text, index) => ({
      language,
      intent,
      topic,
      wish: kind === null ? null : { kind, index },
      text: asPattern(text),
      fixed: text.replaceAll(/\{\w+\}/g, '').length,
    }));
  return [
    ...SIMPLE.flatMap((intent) => of(words[intent], intent, null, null)),
    ...of(words.again, 'rephrase', null, null),
    ...TOPICS.flatMap((topic) => [
      ...of(words.topics[topic].ask, 'ask', topic, 'ask'),
      ...of(words.topics[topic].more, 'more', topic, 'more'),
    ]),
  ];
}

/** Slots may hold anything; a question may stand between a greeting and a close, in lower case. */
function asPattern(template: string): RegExp {
  const source = template
    .split(/\{\w+\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').trim())
    .join('\\s*.{1,60}?\\s*');
  return new RegExp(source, 'iu');
}

/** By words that only one of the languages has. */
const TELLING: Readonly<Record<Language, RegExp>> = {
  es: /[¿¡ñ]|\b(?:está|qué|pedido|gracias|por favor|devolución|reembolso)\b/i,
  de: /[äöüß]|\b(?:ist|nicht|und|bestellung|bitte|danke)\b/i,
  fr: /[çœ]|\b(?:est|pas|merci|commande|bonjour|vous)\b/i,
  pt: /[ãõ]|\b(?:não|obrigado|encomenda|você|está)\b/i,
  en: /\b(?:the|is|please|order|thanks|my)\b/i,
};

function languageLike(message: string): Language | null {
  return LANGUAGES.find((language) => TELLING[language].test(message)) ?? null;
}
