/** In which language a text is written. Pure. */
import { detectAll as detectNormal } from 'tinyld';
import { detectAll as detectLight } from 'tinyld/light';
import { primaryLanguage } from '#shared/util/failures.ts';

/**
 * Languages that services answer in. The library knows more; the rare ones mostly come up for short texts in
 * common ones.
 */
const COMMON = [
  ...[
    'ar',
    'bg',
    'bn',
    'ca',
    'cs',
    'da',
    'de',
    'el',
    'en',
    'es',
    'et',
    'fa',
    'fi',
    'fr',
    'he',
    'hi',
  ],
  ...[
    'hr',
    'hu',
    'id',
    'it',
    'ja',
    'ko',
    'lt',
    'lv',
    'nl',
    'no',
    'pl',
    'pt',
    'ro',
    'ru',
    'sk',
    'sr',
  ],
  ...['sv', 'ta', 'th', 'tr', 'uk', 'ur', 'vi', 'zh'],
];
/** Letters below which one of several near languages is anybody's guess. */
const FEWEST_LETTERS = 16;
/** How far the best guess must be ahead of the next, as a share of both. */
const CLEAR_LEAD = 0.12;
const EXPECTED_WEIGHT = 1.3;
const LONGEST = 8000;

/**
 * ISO 639-1 code of the language that most of the text is in; null where that cannot be told. Sentence by sentence,
 * weighed by their letters, so that an opening phrase in another language does not decide. `expected`, the language of the
 * question, counts a third more: short texts could be in several, and most answers are in that of their question.
 */
export function languageOf(text: string, expected: string | null = null): string | null {
  const likely = expected === null ? '' : primaryLanguage(expected);
  const letters = new Map<string, number>();
  let all = 0;
  for (const sentence of plain(text).split(/(?<=[.!?…。！？])\s+|\n+/u)) {
    const size = sentence.match(/\p{L}/gu)?.length ?? 0;
    if (size < 3) continue;
    all += size;
    for (const [language, share] of shares(sentence)) {
      const weight = language === likely ? EXPECTED_WEIGHT : 1;
      letters.set(language, (letters.get(language) ?? 0) + share * size * weight);
    }
  }
  const [first, second] = [...letters].sort(([, a], [, b]) => b - a);
  if (!first) return null;
  const lead = (first[1] - (second?.[1] ?? 0)) / (first[1] + (second?.[1] ?? 0));
  return all < FEWEST_LETTERS || lead < CLEAR_LEAD ? null : first[0];
}

/** Two models of the library, summed: each errs on other sentences. Shares sum to 1. */
function shares(sentence: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const detect of [detectNormal, detectLight]) {
    for (const { lang, accuracy } of detect(sentence, { only: COMMON })) {
      found.set(lang, (found.get(lang) ?? 0) + accuracy);
    }
  }
  const sum = [...found.values()].reduce((total, one) => total + one, 0);
  return new Map([...found].map(([language, share]) => [language, share / sum]));
}

/** Without what is in no language: code, links, addresses, file names, ids, figures. */
function plain(text: string): string {
  return text
    .slice(0, LONGEST)
    .replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, ' ')
    .replaceAll(
      /\S*(?:[\d@_/\\<>{}[\]]|\.\p{Ll})\S*/gu,
      (word) => /[.!?…]$/.exec(word)?.[0] ?? ' ',
    );
}
