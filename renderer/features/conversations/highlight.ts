/** Finds the words of a search in a text, to mark them. Pure; the text stays text. */

export interface Stretch {
  text: string;
  hit: boolean;
}

/** As full-text search does: case and accents do not matter; `word*` is a beginning; "two words" stand together. */
export function highlight(text: string, asked: string): Stretch[] {
  const words = [...asked.matchAll(/"([^"]+)"|([^\s"]+)/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .map((word) => ({
      plain: plain(word.replace(/\*$/, '')).text,
      whole: !word.endsWith('*'),
    }))
    .filter((word) => /[\p{L}\p{N}]/u.test(word.plain));
  if (words.length === 0) return [{ text, hit: false }];
  const { text: haystack, origin } = plain(text);
  const hits: { from: number; to: number }[] = [];
  for (const word of words) {
    for (let at = haystack.indexOf(word.plain); at >= 0; ) {
      const end = at + word.plain.length;
      if (starts(haystack, at) && (!word.whole || starts(haystack, end, true))) {
        hits.push({ from: origin[at] ?? 0, to: origin[end] ?? text.length });
      }
      at = haystack.indexOf(word.plain, end);
    }
  }
  hits.sort((a, b) => a.from - b.from || b.to - a.to);
  const stretches: Stretch[] = [];
  let done = 0;
  for (const { from, to } of hits) {
    if (from < done) continue;
    if (from > done) stretches.push({ text: text.slice(done, from), hit: false });
    stretches.push({ text: text.slice(from, to), hit: true });
    done = to;
  }
  if (done < text.length) stretches.push({ text: text.slice(done), hit: false });
  return stretches;
}

/** The text from a little before its first hit on, so that the hit is in view where only its beginning is shown. */
export function fromFirstHit(stretches: readonly Stretch[], before = 28): Stretch[] {
  const [first, ...rest] = stretches;
  if (!first || first.hit || rest.length === 0 || first.text.length <= before)
    return [...stretches];
  const cut = first.text.slice(-before);
  const word = cut.search(/(?<=\s)\S/u);
  return [{ text: `…${word > 0 ? cut.slice(word) : cut}`, hit: false }, ...rest];
}

/** Lower case without accents, and for each of its characters where it stood. */
function plain(text: string): { text: string; origin: number[] } {
  const origin: number[] = [];
  let out = '';
  let at = 0;
  for (const char of text) {
    const bare = char
      .normalize('NFD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase();
    for (let i = 0; i < bare.length; i++) origin.push(at);
    out += bare;
    at += char.length;
  }
  origin.push(at);
  return { text: out, origin };
}

/** A word begins here (or, with `ends`, does not go on here). */
function starts(text: string, at: number, ends = false): boolean {
  const wordy = /[\p{L}\p{N}]/u;
  const other = text[ends ? at : at - 1];
  return other === undefined || !wordy.test(other) || !isSpaced(text[ends ? at - 1 : at]);
}

/** Scripts written without spaces have no word borders to respect. */
function isSpaced(char: string | undefined): boolean {
  return (
    char !== undefined &&
    !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(char)
  );
}
