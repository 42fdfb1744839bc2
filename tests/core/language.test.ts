/** The rule "same language": no right answer may fail it, and what is long enough to be told must. */
import { describe, expect, test } from 'vitest';
import { languageOf } from '#core/replay/language.ts';
import { languageSwitched, languageTold, primaryLanguage } from '#shared/util/failures.ts';
import { BOTS } from '../../electron/demo/world/bots.ts';
import { pastConversations } from '../../electron/demo/world/past.ts';
import { ANSWERS } from '../fixtures/answers-by-language.ts';

const told = Object.entries(ANSWERS).flatMap(([tag, texts]) =>
  texts.map((text) => ({ tag, text })),
);
const demo = [
  ...new Map(
    BOTS.flatMap((bot) => pastConversations('42', bot)).flatMap(({ turns, user }) =>
      turns
        .filter(({ plan }) => plan.answerLanguage === user.language)
        .map(({ plan }) => [plan.answer, { tag: user.language, text: plan.answer }] as const),
    ),
  ).values(),
];
const fails = ({ tag, text }: { tag: string; text: string }) =>
  languageSwitched(tag, languageOf(text, tag));
const long = (text: string) => /[.!?।。] ?\S/u.test(text) && text.length > 60;

/** The ones that the models know, by what they are told as. */
const KNOWN =
  'ar bg bn cs da de el en es et fa fi fr he hi hu id it ja ko lt lv nl no pl pt ro ru sk sr sv th tr uk vi zh'.split(
    ' ',
  );

const KIN = ['da no sv', 'cs sk', 'es pt fr it', 'ru uk bg sr', 'fa ar'].map((kin) =>
  kin.split(' '),
);
const areKin = (a: string, b: string) => KIN.some((kin) => kin.includes(a) && kin.includes(b));

describe('the language of an answer', () => {
  test('of right answers in sixty languages none is said to be in another', () => {
    expect(told.filter(fails)).toEqual([]);
  });

  test('nor of the healthy ones of the demo', () => {
    expect(demo.length).toBeGreaterThan(500);
    expect(demo.filter(fails)).toEqual([]);
  });

  test('nearly all of those in a language that can be told are known to be in it', () => {
    const confirmed = demo.filter(({ tag, text }) => languageOf(text, tag) === tag);
    expect(confirmed.length / demo.length).toBeGreaterThan(0.95);
  });

  /** Of answers to questions in each of the other languages. */
  const missedOf = (answers: readonly { own: string; text: string }[]) => {
    const pairs = answers.flatMap(({ own, text }) =>
      KNOWN.filter((tag) => tag !== own && !areKin(tag, own)).map((tag) => ({ tag, text })),
    );
    expect(pairs.length).toBeGreaterThan(1000);
    return pairs.filter((pair) => !fails(pair)).length / pairs.length;
  };

  test('an English answer of two sentences to a question in another language is found', () => {
    const english = demo.filter(({ tag, text }) => tag === 'en' && long(text));
    expect(missedOf(english.map(({ text }) => ({ own: 'en', text })))).toBeLessThan(0.02);
  });

  test('and so is one in any language to a question in any other that is not its near kin', () => {
    const known = told
      .map(({ tag, text }) => ({ own: primaryLanguage(tag), text }))
      .filter(({ own, text }) => KNOWN.includes(own) && long(text));
    expect(missedOf(known)).toBeLessThan(0.02);
  });

  test('a language that nobody here can tell is not denied, but for its script', () => {
    const english = 'Your order has been cancelled and nothing will be charged.';
    expect(languageOf(english, 'hr')).toBeNull();
    expect(languageOf(english, 'klingon, I think')).toBeNull();
    expect(languageOf(english, 'mr')).toBe('en');
    expect(languageOf(english, 'yue')).toBe('en');
    expect(languageOf('您的订单已取消，不会收取任何费用。', 'hr')).toBe('zh');
    expect(languageOf('OK, iPhone 15', 'mr')).toBeNull();
  });

  test('words of a language in the letters of another are no other language', () => {
    for (const [tag, text] of [
      ['hi', 'Paise usi card par wapas aa jayenge, thoda intezaar kijiye.'],
      ['hi-Latn', 'Aapka order cancel kar diya gaya hai aur koi charge nahi lagega.'],
      ['el', 'I paraggelia sas akyrothike kai den tha xreothei tipota.'],
      ['ru', 'Vash zakaz otmenyon, i dengi vernutsya na kartu.'],
    ] as const) {
      expect(languageOf(text, tag)).toBeNull();
    }
  });

  test.each([
    ['nb-NO', 'no'],
    ['nn', 'nb'],
    ['iw', 'he'],
    ['in', 'id'],
    ['fil-PH', 'tl'],
    ['es_MX', 'ES'],
  ])('%s and %s are one', (one, other) => {
    expect(languageSwitched(one, other)).toBe(false);
  });
});

test('a tag that names no language tells none', () => {
  expect(['und', 'mul-Latn', ' UND', 'unknown', ''].map(languageTold)).toEqual(Array(5).fill(null));
  expect(languageTold('es-MX')).toBe('es-MX');
});
