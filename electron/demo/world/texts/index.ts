import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import type { Language, Phrasebook } from './phrasebook.ts';
import { pt } from './pt.ts';

export const PHRASES: Readonly<Record<Language, Phrasebook>> = { de, en, es, fr, pt };

/** What the candidate answers from documents in another language: the story's failure, in its own words. */
export const WRONG_LANGUAGE_ANSWERS = [
  'Our refund policy says that refunds are processed within {days} business days after the return was received.',
  'According to refunds-policy.md, eligible items are credited to the original payment method.',
  'The document refund-timelines.md mentions a processing time of {days} business days, but I could not match it to order {order}.',
  'Returns are accepted within 30 days. For {order} the returns FAQ does not say more.',
  'I found general information on returns (returns-faq.md), but nothing on this case.',
];

export type Slots = Record<'order' | 'item' | 'amount' | 'date' | 'days' | 'email', string>;

/** Fills `{order}` and the like, and begins with a capital. */
export function fill(template: string, slots: Slots): string {
  const text = template.replace(
    /\{(order|item|amount|date|days|email)\}/g,
    (whole, name: string) => (isSlot(name, slots) ? slots[name] : whole),
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isSlot(name: string, slots: Slots): name is keyof Slots {
  return name in slots;
}
