/** All that is said in one language. `{order}`, `{item}`, `{amount}`, `{date}`, `{days}`, `{email}` are filled in. */
export type Language = 'es' | 'en' | 'de' | 'fr' | 'pt';
export const LANGUAGES: readonly Language[] = ['es', 'en', 'de', 'fr', 'pt'];

export const SUPPORT_TOPICS = [
  'refund',
  'order',
  'cancel',
  'address',
  'invoice',
  'damaged',
  'account',
] as const;
export const SALES_TOPICS = ['plans', 'price', 'stock', 'delivery'] as const;
export const DOCS_TOPICS = ['auth', 'install', 'webhooks', 'limits'] as const;
export type Topic =
  | (typeof SUPPORT_TOPICS)[number]
  | (typeof SALES_TOPICS)[number]
  | (typeof DOCS_TOPICS)[number];

export interface TopicTexts {
  /** What the user wants, as a sentence of its own. */
  ask: string[];
  /** What the same user asks next. */
  more: string[];
  /** What the bot searches its documents for. */
  query: string;
}

/** What a good answer says to each question of `ask` and `more`, in their order. */
export type Answers = Record<Topic, { ask: string[]; more: string[] }>;

export interface Phrasebook {
  /** Before the question; '' = straight to the point. */
  open: string[];
  /** After it. */
  close: string[];
  askIdentity: string[];
  identify: string[];
  thanks: string[];
  welcome: string[];
  /** A refund that was not understood, said once more. */
  rephrase: string[];
  /** Anything else that was not understood. */
  again: string[];
  /** The bot answered in another language. */
  language: string[];
  insist: string[];
  human: string[];
  handoff: string[];
  unsure: string[];
  failed: string;
  fallback: string;
  blocked: string;
  injection: string[];
  answers: Answers;
  topics: Record<Topic, TopicTexts>;
}
