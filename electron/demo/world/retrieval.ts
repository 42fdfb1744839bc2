import type { Random } from './random.ts';
import type { Language, Topic } from './texts/phrasebook.ts';

export interface RetrievedDocument {
  id: string;
  language: Language;
  /** 0–1, after reranking. */
  score: number;
}

const DOCUMENTS: Readonly<Record<Topic, readonly string[]>> = {
  refund: ['refunds-policy', 'refund-timelines', 'returns-faq', 'payment-methods'],
  order: ['order-tracking', 'carriers', 'delivery-faq'],
  cancel: ['cancellations', 'vouchers', 'orders-faq'],
  address: ['change-address', 'delivery-faq', 'pickup-points'],
  invoice: ['invoices', 'vat', 'orders-faq'],
  damaged: ['damage-claims', 'warranty', 'spare-parts'],
  account: ['sign-in', 'account-settings', 'privacy'],
  plans: ['plans-compared', 'plan-changes', 'loyalty'],
  price: ['price-list', 'volume-discounts', 'instalments'],
  stock: ['availability', 'shops', 'reservations'],
  delivery: ['delivery-areas', 'assembly', 'delivery-faq'],
  auth: ['authentication', 'token-rotation', 'scopes'],
  install: ['installation', 'company-networks', 'changelog'],
  webhooks: ['webhooks', 'webhook-signatures', 'events'],
  limits: ['rate-limits', 'batch-api', 'errors'],
};

/** The best documents for a topic in a language; `poor` = none of them fits the question well. */
export function retrieve(
  topic: Topic,
  language: Language,
  poor: boolean,
  random: Random,
): RetrievedDocument[] {
  const ending = language === 'en' ? '.md' : `.${language}.md`;
  const top = poor ? random.between(0.66, 0.72) : random.between(0.84, 0.94);
  return DOCUMENTS[topic].map((name, rank) => ({
    id: `${name}${ending}`,
    language,
    score: Math.round((top - rank * random.between(0.02, 0.05)) * 100) / 100,
  }));
}
