/** In which script a language is written. Pure. */

/** What the tables of Unicode call by the name of a mixture. */
const MIXED: Readonly<Record<string, readonly string[]>> = {
  Hans: ['Hani'],
  Hant: ['Hani'],
  Jpan: ['Hani', 'Hira', 'Kana'],
  Kore: ['Hang', 'Hani'],
};
/** Languages that are as well written in a second script, without a tag that says so. */
const SECOND: Readonly<Record<string, string>> = {
  az: 'Cyrl',
  kk: 'Latn',
  ku: 'Arab',
  ms: 'Arab',
  pa: 'Arab',
  sr: 'Latn',
  uz: 'Cyrl',
};
/** A text with a smaller share of its letters in a script is not written in it. */
const LEAST_SHARE = 0.1;

/** False also where it cannot be told. */
export function inAnotherScript(text: string, tag: string): boolean {
  const locale = localeOf(tag);
  const script = locale?.maximize().script;
  if (!locale || !script) return false;
  const second = SECOND[locale.language];
  const scripts = [...(MIXED[script] ?? [script]), ...(second === undefined ? [] : [second])];
  const own = new RegExp(scripts.map((one) => `\\p{Script=${one}}`).join('|'), 'gu');
  const letters = count(text, /\p{L}/gu);
  return letters > 0 && count(text, own) / letters < LEAST_SHARE;
}

/** False for a tag that asks for a script of its own, like Hindi in Latin letters (`hi-Latn`). */
export function inUsualScript(tag: string): boolean {
  const locale = localeOf(tag);
  if (!locale?.script) return true;
  const usual = new Intl.Locale(locale.language).maximize().script ?? '';
  return sameScript(locale.script, usual) || SECOND[locale.language] === locale.script;
}

function sameScript(one: string, other: string): boolean {
  return String(MIXED[one] ?? one) === String(MIXED[other] ?? other);
}

/** Null for what is no tag of a language: services send what they like. */
function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-'));
  } catch {
    return null;
  }
}

function count(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0;
}
