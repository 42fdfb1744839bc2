import { isSearchable } from '#shared/util/searchable.ts';
import { setApart } from '#shared/util/unspaced.ts';

/**
 * What a person typed as an FTS5 expression: all words must be there; "quoted words" stand together;
 * `word*` is a beginning. Nothing else of FTS5's language gets through, so no input is a syntax error.
 * Null when there is no word in it.
 */
export function matchExpression(text: string): string | null {
  const parts: string[] = [];
  for (const [, phrase, word] of text
    .toWellFormed()
    .replaceAll('\0', ' ')
    .matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    const words = phrase ?? word ?? '';
    // The rest of what was typed still finds something.
    if (!isSearchable(words)) continue;
    const beginning = phrase === undefined && words.endsWith('*');
    parts.push(`"${setApart(words.replaceAll('*', ' ').trim())}"${beginning ? '*' : ''}`);
  }
  return parts.length === 0 ? null : parts.join(' AND ');
}
