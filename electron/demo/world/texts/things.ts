import type { Random } from '../random.ts';
import type { Slots } from './index.ts';
import type { Language } from './phrasebook.ts';

/** What the shop sells, as people name it. */
const ITEMS: Readonly<Record<Language, string[]>> = {
  es: [
    'la lámpara Arco',
    'el sillón Bruma',
    'la mesa Roble',
    'la alfombra Duna',
    'el espejo Lago',
    'las cortinas Lino',
  ],
  en: [
    'the Arco lamp',
    'the Bruma armchair',
    'the Roble table',
    'the Duna rug',
    'the Lago mirror',
    'the Lino curtains',
  ],
  de: [
    'die Lampe Arco',
    'der Sessel Bruma',
    'der Tisch Roble',
    'der Teppich Duna',
    'der Spiegel Lago',
  ],
  fr: ['la lampe Arco', 'le fauteuil Bruma', 'la table Roble', 'le tapis Duna', 'le miroir Lago'],
  pt: ['o candeeiro Arco', 'a poltrona Bruma', 'a mesa Roble', 'o tapete Duna', 'o espelho Lago'],
};

const NAMES = [
  'lucia.ferrer',
  'marcos.ibanez',
  'irene.soler',
  'pablo.rios',
  'nuria.vidal',
  'hannah.brandt',
  'jonas.keller',
  'claire.moreau',
  'hugo.lambert',
  'ines.tavares',
  'rui.carvalho',
  'emma.whitfield',
  'owen.barlow',
  'sara.lindqvist',
];

const MONTHS: Readonly<Record<Language, string[]>> = {
  es: ['de marzo', 'de abril', 'de mayo'],
  en: ['March', 'April', 'May'],
  de: ['März', 'April', 'Mai'],
  fr: ['mars', 'avril', 'mai'],
  pt: ['de março', 'de abril', 'de maio'],
};

/** The facts of one conversation: which order, what it holds, who writes. Invented, as all of them. */
export function drawSlots(language: Language, random: Random): Slots {
  const euros = random.int(28_000) / 100 + 12;
  const amount = `${euros.toFixed(2)} €`;
  return {
    order: `TH-${10_000 + random.int(89_999)}`,
    item: random.pick(ITEMS[language]),
    amount: language === 'en' ? amount : amount.replace('.', ','),
    date: `${random.int(27) + 1} ${random.pick(MONTHS[language])}`,
    days: String(random.int(8) + 3),
    email: `${random.pick(NAMES)}${random.int(90) + 10}@example.com`,
  };
}
