/** In which language a text is written. Pure. */
import { supportedLanguages as allKnown, detectAll as detectNormal, toISO2 } from 'tinyld';
import { detectAll as detectLight, supportedLanguages as lightKnown } from 'tinyld/light';
import { primaryLanguage } from '#shared/util/failures.ts';
import { inAnotherScript, inUsualScript } from './writing.ts';

/**
 * Languages that services answer in. The library knows more; the rare ones mostly come up for short texts in
 * common ones.
 */
const COMMON =
  'ar bg bn cs da de el en es et fa fi fr he hi hu id it ja ko lt lv nl no pl pt ro ru sk sr sv ta th tr uk ur vi zh'.split(
    ' ',
  );

/** Two models of the library: each errs on other sentences. The light one knows fewer languages. */
const FULL = { detect: detectNormal, known: new Set(allKnown.map(toISO2)) };
const LIGHT = { detect: detectLight, known: new Set(lightKnown.map(toISO2)) };
const MODELS = [FULL, LIGHT];

/** Letters below which one of several near languages is anybody's guess. */
const FEWEST_LETTERS = 16;
/** How far the best guess must be ahead of the next, as a share of both, where no language is expected. */
const CLEAR_LEAD = 0.12;
/**
 * What it takes to say that a text is not in the expected language: an answer fails by it, so that a doubt counts for the
 * answer. With these no right answer of those measured, in sixty languages, was taken for one in another.
 */
const FEWEST_LETTERS_AGAINST = 40;
const LEAD_AGAINST = 0.5;
const LONGEST = 8000;

/**
 * ISO 639-1 code of the language that most of the text is in; null where that cannot be told. Sentence by sentence,
 * weighed by their letters, so that an opening phrase in another language does not decide. `expected`: the tag of the language
 * of the question. It is contradicted only where another language is far ahead or the script is another one; where the
 * models do not know it they cannot tell that it is not it.
 */
export function languageOf(text: string, expected: string | null = null): string | null {
  const words = plain(text);
  if (expected === null || inAnotherScript(words, expected)) return guess(words);
  const likely = primaryLanguage(expected);
  const models = MODELS.filter(({ known }) => known.has(likely));
  if (models.length === 0 || !inUsualScript(expected)) return null;
  const { letters, sums } = weigh(words, models, likely);
  const all = together(sums);
  const [first] = ranked(all);
  if (!first || first[0] === likely) return first?.[0] ?? null;
  const contradicted =
    letters >= FEWEST_LETTERS_AGAINST &&
    lead(first[1], all.get(likely)) >= LEAD_AGAINST &&
    sums.every((sum) => ranked(sum)[0]?.[0] !== likely);
  return contradicted ? first[0] : null;
}

/** What the larger model says, unless the other one knows that language and says something else. */
function guess(words: string): string | null {
  const { letters, sums } = weigh(words, MODELS, null);
  const [[first, second] = [], [other] = []] = sums.map(ranked);
  if (!first || letters < FEWEST_LETTERS || lead(first[1], second?.[1]) < CLEAR_LEAD) return null;
  return other?.[0] === first[0] || !LIGHT.known.has(first[0]) ? first[0] : null;
}

type Weights = ReadonlyMap<string, number>;

/** For each model, how many of the letters it gives to each language. */
function weigh(
  words: string,
  models: readonly (typeof FULL)[],
  likely: string | null,
): { letters: number; sums: Weights[] } {
  const only = likely === null || COMMON.includes(likely) ? COMMON : [...COMMON, likely];
  const sums = models.map(() => new Map<string, number>());
  let letters = 0;
  for (const sentence of words.split(/(?<=[.!?…。！？])\s+|\n+/u)) {
    const size = lettersIn(sentence);
    if (size < 3) continue;
    letters += size;
    for (const [place, { detect }] of models.entries()) {
      const found = detect(sentence, { only });
      const sum = found.reduce((total, { accuracy }) => total + accuracy, 0);
      for (const { lang, accuracy } of found) add(sums[place], lang, (size * accuracy) / sum);
    }
  }
  return { letters, sums };
}

/** As of an alphabet: a sign for a syllable or a word says as much as three letters. */
function lettersIn(sentence: string): number {
  const letters = sentence.match(/\p{L}/gu)?.length ?? 0;
  const signs = sentence.match(/\p{Script=Han}|\p{Script=Hangul}|[\u3041-\u30ff]/gu)?.length ?? 0;
  return letters + 2 * signs;
}

function together(sums: readonly Weights[]): Weights {
  const all = new Map<string, number>();
  for (const sum of sums) for (const [language, weight] of sum) add(all, language, weight);
  return all;
}

function add(to: Map<string, number> | undefined, language: string, weight: number): void {
  to?.set(language, (to.get(language) ?? 0) + weight);
}

function ranked(weights: Weights): [string, number][] {
  return [...weights].sort(([, a], [, b]) => b - a);
}

/** As a share of both: 0 = level, 1 = the other has nothing. */
function lead(ahead: number, behind = 0): number {
  return (ahead - behind) / (ahead + behind);
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
