import {
  DOCS_TOPICS,
  type Language,
  SALES_TOPICS,
  SUPPORT_TOPICS,
  type Topic,
} from './texts/phrasebook.ts';

export type BotId = 'support-bot' | 'sales-assistant' | 'docs-search';

/** All that makes one bot differ from another. */
export interface BotProfile {
  id: BotId;
  title: string;
  stable: string;
  candidate: string | null;
  modelFlag: string;
  killSwitch: string;
  /** Model version → what answers behind it. */
  models: Readonly<Record<string, { model: string; prompt: string }>>;
  provider: string;
  /** Conversations that begin per second. */
  conversationsPerSecond: number;
  languages: Readonly<Partial<Record<Language, number>>>;
  /** How users come in, by weight. */
  channels: Readonly<Record<string, number>>;
  topics: readonly Topic[];
  /** Weight of each topic; 1 where not named. */
  topicWeights: Readonly<Partial<Record<Topic, number>>>;
  /** Seconds a full turn takes: median and sigma of its logarithm. */
  latency: { median: number; sigma: number };
  /** Tokens of a full turn, in and out. */
  tokens: { input: number; output: number };
  /** USD per million tokens. */
  price: { input: number; output: number };
  evalScore: number;
  /** Shares of ordinary turns. */
  rates: {
    unsure: number;
    ungrounded: number;
    error: number;
    thumbsUp: number;
    thumbsDown: number;
    regenerate: number;
  };
  tools: Readonly<Partial<Record<Topic, string>>>;
}

const SUPPORT: BotProfile = {
  id: 'support-bot',
  title: 'Support bot',
  stable: 'v41',
  candidate: 'v42',
  modelFlag: 'support-bot-model',
  killSwitch: 'support-bot-enabled',
  models: {
    v41: { model: 'tilia-chat-2026-03', prompt: 'p-117' },
    v42: { model: 'tilia-chat-2026-05', prompt: 'p-118' },
  },
  provider: 'tilia',
  conversationsPerSecond: 2.3,
  languages: { es: 12, en: 3, de: 2, fr: 2, pt: 2 },
  channels: { web: 5, app: 3, whatsapp: 2 },
  topics: SUPPORT_TOPICS,
  // It is the week of returns: most Spanish questions are about refunds.
  topicWeights: { refund: 15, order: 2 },
  latency: { median: 1.16, sigma: 0.38 },
  tokens: { input: 4200, output: 190 },
  price: { input: 0.6, output: 2.4 },
  evalScore: 0.86,
  rates: {
    unsure: 0.02,
    ungrounded: 0.012,
    error: 0.001,
    thumbsUp: 0.1,
    thumbsDown: 0.022,
    regenerate: 0.008,
  },
  tools: {
    refund: 'lookup_order',
    order: 'lookup_order',
    cancel: 'cancel_order',
    address: 'update_address',
    invoice: 'send_invoice',
    damaged: 'open_damage_case',
  },
};

const SALES: BotProfile = {
  id: 'sales-assistant',
  title: 'Sales assistant',
  stable: 'v17',
  candidate: null,
  modelFlag: 'sales-assistant-model',
  killSwitch: 'sales-assistant-enabled',
  models: { v17: { model: 'tilia-chat-2026-03', prompt: 'p-064' } },
  provider: 'tilia',
  conversationsPerSecond: 1.2,
  languages: { en: 4, es: 3, de: 3, fr: 2, pt: 1 },
  channels: { web: 6, app: 4 },
  topics: SALES_TOPICS,
  topicWeights: {},
  latency: { median: 0.76, sigma: 0.38 },
  tokens: { input: 2900, output: 170 },
  price: { input: 0.6, output: 2.4 },
  evalScore: 0.88,
  rates: {
    unsure: 0.018,
    ungrounded: 0.01,
    error: 0.0008,
    thumbsUp: 0.12,
    thumbsDown: 0.018,
    regenerate: 0.006,
  },
  tools: { price: 'quote_price', stock: 'check_stock', delivery: 'delivery_slots' },
};

const DOCS: BotProfile = {
  id: 'docs-search',
  title: 'Docs search',
  stable: 'v9',
  candidate: null,
  modelFlag: 'docs-search-model',
  killSwitch: 'docs-search-enabled',
  models: {
    v8: { model: 'tilia-mini-2025-11', prompt: 'p-031' },
    v9: { model: 'tilia-mini-2026-04', prompt: 'p-032' },
  },
  provider: 'tilia',
  conversationsPerSecond: 1.2,
  languages: { en: 8, es: 2, de: 3, fr: 1, pt: 1 },
  channels: { web: 7, ide: 3 },
  topics: DOCS_TOPICS,
  topicWeights: {},
  latency: { median: 0.43, sigma: 0.38 },
  tokens: { input: 1800, output: 120 },
  price: { input: 0.25, output: 1 },
  evalScore: 0.81,
  rates: {
    unsure: 0.04,
    ungrounded: 0.015,
    error: 0.0008,
    thumbsUp: 0.09,
    thumbsDown: 0.03,
    regenerate: 0.008,
  },
  tools: {},
};

export const BOTS: readonly BotProfile[] = [SUPPORT, SALES, DOCS];

/** Throws for a name that is no bot of the demo. */
export function botNamed(id: string): BotProfile {
  const bot = BOTS.find((one) => one.id === id);
  if (!bot) throw new Error(`No bot is named ${id}.`);
  return bot;
}
