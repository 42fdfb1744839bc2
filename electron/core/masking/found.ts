/** What a detector answers. */

/** A stretch of a text, and what is in it. `value` is spelled in one way, so that the same value is known again. */
export interface Found {
  from: number;
  to: number;
  kind: string;
  value: string;
}

export type Detector = (text: string) => Iterable<Found>;

/**
 * What a value would go on with, so that it is none: a letter of its own script, a figure, an underscore. Letters of other
 * scripts end it: much of the world writes without spaces, or none between a word and a number.
 */
export const GLUE = String.raw`\p{Script=Latin}\p{N}_`;
/** Not behind glue, or one of `more`; a line break that JSON has escaped ends a word too, and so does the sign of `Nº`. */
export const notBehind = (more = '') => String.raw`(?<![${GLUE}${more}](?<!\\[nrt]|[ªº]))`;
export const notBefore = (more = '') => `(?![${GLUE}${more}])`;

/** `begins`: signs that it can begin with; looked at first, because looking back at every sign of a text takes its time. */
export const shaped = (begins: string, shape: string) =>
  new RegExp(`(?=[${begins}])${notBehind()}(?:${shape})${notBefore()}`, 'gu');

/** As `matchAll` does, without a copy of the expression for every text: most texts are short. The expression is global. */
export function* each(text: string, shape: RegExp): Generator<RegExpExecArray> {
  shape.lastIndex = 0;
  for (let match = shape.exec(text); match !== null; match = shape.exec(text)) {
    // Whoever is given a match may look for the same in between.
    const next = shape.lastIndex;
    yield match;
    shape.lastIndex = next;
  }
}

/** Without separators, in capitals. */
export const compact = (text: string) => text.replace(/[\s./()-]/g, '').toUpperCase();

export function* matches(
  text: string,
  shape: RegExp,
  kind: string,
  real: (found: string, before: string) => boolean,
): Generator<Found> {
  for (const { 0: found, index } of each(text, shape)) {
    if (!real(found, text.slice(Math.max(0, index - 32), index))) continue;
    yield { from: index, to: index + found.length, kind, value: compact(found) };
  }
}
