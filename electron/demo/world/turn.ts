/** How a bot answers one message: which steps it takes, how long each is, what it says. Pure under its random stream. */
import type { BotProfile } from './bots.ts';
import type { Random } from './random.ts';
import { type RetrievedDocument, retrieve } from './retrieval.ts';
import { fill, PHRASES, type Slots, WRONG_LANGUAGE_ANSWERS } from './texts/index.ts';
import type { Language, Topic } from './texts/phrasebook.ts';

/** What the user is up to; the channel tells it with the message, as a widget tells its page. */
export const INTENTS = [
  'ask',
  'identify',
  'more',
  'rephrase',
  'language',
  'insist',
  'human',
  'thanks',
  'injection',
] as const;
export type Intent = (typeof INTENTS)[number];

/** Which question of the topic is to be answered. */
export interface Wish {
  kind: 'ask' | 'more';
  index: number;
}

export interface TurnRequest {
  bot: BotProfile;
  version: string;
  /** The flag that would let the candidate search in the user's language. */
  multilingual: boolean;
  language: Language;
  topic: Topic;
  intent: Intent;
  /** Null when it is not known: then any answer of the topic is given. */
  wish: Wish | null;
  /** 0 for the first turn of the conversation. */
  index: number;
  slots: Slots;
  random: Random;
  /** Whether the bot asks who it talks to before it answers; left out = drawn. */
  identifies?: boolean;
}

/** One step of a turn, one after the other. `ms` is how long it works. */
export type Step =
  | { kind: 'guardrail'; side: 'input' | 'output'; ms: number; blocked: boolean }
  | { kind: 'tool'; name: string; ms: number; input: object; output: object }
  | {
      kind: 'retrieval';
      ms: number;
      rerankMs: number;
      query: string;
      filter: string;
      documents: RetrievedDocument[];
    }
  | {
      kind: 'chat';
      ms: number;
      ttftMs: number;
      inputTokens: number;
      outputTokens: number;
      costUsd: number;
      finishReason: string;
    };

export interface TurnPlan {
  steps: Step[];
  answer: string;
  answerLanguage: Language;
  /** The bot waits for this before it can go on. */
  expects: 'email' | null;
  unsure: boolean;
  ungrounded: boolean;
  handoff: boolean;
  blocked: boolean;
  error: 'timeout' | 'schema' | null;
  /** What a grader would give the answer, 0–1. */
  score: number;
}

const IDENTIFIED: ReadonlySet<Topic> = new Set<Topic>([
  'refund',
  'order',
  'cancel',
  'address',
  'invoice',
]);

/** A first question about an order: some have to say who they are before they get an answer. */
export function mustIdentify(topic: Topic, random: Random): boolean {
  return IDENTIFIED.has(topic) && random.chance(0.25);
}

/** The candidate lost the language filter of its retrieval for the refund documents. */
export function findsOnlyEnglish(
  request: Pick<TurnRequest, 'bot' | 'version' | 'multilingual' | 'language' | 'topic'>,
): boolean {
  const { bot, version, multilingual, language, topic } = request;
  return (
    bot.id === 'support-bot' &&
    version === 'v42' &&
    !multilingual &&
    language === 'es' &&
    topic === 'refund'
  );
}

export function planTurn(request: TurnRequest): TurnPlan {
  const { intent, random } = request;
  const words = PHRASES[request.language];
  const plain = (answer: string, share: number): TurnPlan => ({
    ...GOOD,
    steps: lightSteps(request, share),
    answer: fill(answer, request.slots),
    answerLanguage: request.language,
    score: clampScore(request.bot.evalScore + random.between(-0.06, 0.08)),
  });
  if (intent === 'injection') {
    return {
      ...GOOD,
      steps: [{ kind: 'guardrail', side: 'input', ms: random.between(60, 140), blocked: true }],
      answer: words.blocked,
      answerLanguage: request.language,
      blocked: true,
      score: 0.9,
    };
  }
  if (intent === 'human') return { ...plain(random.pick(words.handoff), 0.4), handoff: true };
  if (intent === 'thanks') return plain(random.pick(words.welcome), 0.38);
  if (
    intent === 'ask' &&
    request.index === 0 &&
    (request.identifies ?? mustIdentify(request.topic, random))
  ) {
    return { ...plain(random.pick(words.askIdentity), 0.5), expects: 'email' };
  }
  if (random.chance(request.bot.rates.error)) return failedTurn(request);
  return findsOnlyEnglish(request) ? wrongLanguageTurn(request) : goodTurn(request);
}

const GOOD: TurnPlan = {
  steps: [],
  answer: '',
  answerLanguage: 'en',
  expects: null,
  unsure: false,
  ungrounded: false,
  handoff: false,
  blocked: false,
  error: null,
  score: 0.85,
};

function goodTurn(request: TurnRequest): TurnPlan {
  const { bot, random, language, topic, slots } = request;
  const words = PHRASES[language];
  const unsure = random.chance(bot.rates.unsure);
  const total = 1000 * random.logNormal(bot.latency.median, bot.latency.sigma);
  const answers = words.answers[topic];
  const drawn = random.pick(answers.ask);
  const answer = request.wish ? (answers[request.wish.kind][request.wish.index] ?? drawn) : drawn;
  return {
    ...GOOD,
    steps: [
      guardrail('input', total * 0.06),
      ...toolStep(request, total * 0.16),
      retrieval(request, total * 0.24, total * 0.08, false),
      chat(request, total * random.between(0.46, 0.54), 1),
      guardrail('output', total * 0.05),
    ],
    answer: fill(unsure ? `${random.pick(words.unsure)} ${answer}` : answer, slots),
    answerLanguage: language,
    unsure,
    ungrounded: random.chance(bot.rates.ungrounded),
    score: clampScore(bot.evalScore + random.between(-0.09, 0.09) - (unsure ? 0.25 : 0)),
  };
}

/** Slow, unsure, in English, and dear: it reads far more text and finds nothing that fits. */
function wrongLanguageTurn(request: TurnRequest): TurnPlan {
  const { random, slots } = request;
  const unsure = random.chance(0.9);
  const answer = random.pick(WRONG_LANGUAGE_ANSWERS);
  const retrievalMs = random.between(2500, 4300);
  return {
    ...GOOD,
    steps: [
      guardrail('input', random.between(70, 150)),
      ...toolStep(request, random.between(300, 520)),
      retrieval(request, retrievalMs, retrievalMs * random.between(0.28, 0.42), true),
      chat(request, random.between(2100, 3700), 4),
      guardrail('output', random.between(120, 240)),
    ],
    answer: fill(unsure ? `${random.pick(PHRASES.es.unsure)} ${answer}` : answer, slots),
    answerLanguage: 'en',
    unsure,
    ungrounded: random.chance(0.22),
    score: clampScore(random.between(0.5, 0.68)),
  };
}

function failedTurn(request: TurnRequest): TurnPlan {
  const { random } = request;
  const error = random.chance(0.5) ? 'timeout' : 'schema';
  return {
    ...GOOD,
    steps: [
      guardrail('input', 60),
      retrieval(request, 300, 90, false),
      {
        ...chat(request, error === 'timeout' ? 3000 : 900, 1),
        finishReason: 'error',
        outputTokens: 0,
      },
    ],
    answer: PHRASES[request.language].failed,
    answerLanguage: request.language,
    error,
    score: 0.2,
  };
}

function lightSteps(request: TurnRequest, share: number): Step[] {
  const total =
    1000 * share * request.random.logNormal(request.bot.latency.median, request.bot.latency.sigma);
  return [
    guardrail('input', total * 0.1),
    chat(request, total * 0.82, 0.35),
    guardrail('output', total * 0.08),
  ];
}

function guardrail(side: 'input' | 'output', ms: number): Step {
  return { kind: 'guardrail', side, ms, blocked: false };
}

function chat(request: TurnRequest, ms: number, size: number): Extract<Step, { kind: 'chat' }> {
  const { bot, random } = request;
  const inputTokens = Math.round(bot.tokens.input * size * random.between(0.8, 1.2));
  const outputTokens = Math.round(bot.tokens.output * Math.sqrt(size) * random.between(0.7, 1.35));
  return {
    kind: 'chat',
    ms,
    ttftMs: ms * random.between(0.22, 0.34),
    inputTokens,
    outputTokens,
    costUsd: (inputTokens * bot.price.input + outputTokens * bot.price.output) / 1e6,
    finishReason: 'stop',
  };
}

function retrieval(request: TurnRequest, ms: number, rerankMs: number, onlyEnglish: boolean): Step {
  const { topic, language, random } = request;
  return {
    kind: 'retrieval',
    ms,
    rerankMs,
    query: PHRASES[language].topics[topic].query,
    filter: onlyEnglish ? 'lang=none' : `lang=${language}`,
    documents: retrieve(topic, onlyEnglish ? 'en' : language, onlyEnglish, random),
  };
}

function toolStep(request: TurnRequest, ms: number): Step[] {
  const { bot, topic, slots, random } = request;
  const name = bot.tools[topic];
  if (name === undefined) return [];
  const input = bot.id === 'support-bot' ? { order_id: slots.order } : { item: slots.item };
  return [{ kind: 'tool', name, ms, input, output: toolOutput(name, slots, random) }];
}

function toolOutput(name: string, slots: Slots, random: Random): object {
  switch (name) {
    case 'lookup_order':
      return {
        order_id: slots.order,
        status: 'delivered',
        item: slots.item,
        refund: { status: 'requested', amount: slots.amount },
        email: slots.email,
      };
    case 'quote_price':
      return { item: slots.item, total: slots.amount, shipping: 'included' };
    case 'check_stock':
      return { item: slots.item, in_stock: random.int(9) + 1 };
    case 'delivery_slots':
      return { next: slots.date, fee: slots.amount };
    default:
      return { order_id: slots.order, ok: true, reference: `R-${random.hex(6)}` };
  }
}

const clampScore = (score: number) => Math.min(1, Math.max(0, score));
