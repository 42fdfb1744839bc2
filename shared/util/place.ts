/**
 * The address of a place, `/conversation/ID`, and back. Every ID has one of its own: what services call their
 * conversations holds slashes, percent signs, or is a single dot.
 */

/** A browser takes these two for the way up, also when they are written `%2E`: a `~` stands before them. */
const DOTS = /^~*\.\.?$/;

/** What `encodeURIComponent` leaves, and Markdown, a shell or the end of a link in a sentence would take for its own. */
const LEFT = /[!'()*]/g;

/** `('conversation', 'a/b')` → `/conversation/a%2Fb`. What is no text (half a character) becomes U+FFFD. */
export function placeOf(...parts: readonly string[]): string {
  return `/${parts.map(partOf).join('/')}`;
}

function partOf(id: string): string {
  if (DOTS.test(id)) return `~${id}`;
  return encodeURIComponent(id.toWellFormed()).replace(
    LEFT,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The ID that a part of an address stands for; null where it is none that `placeOf` could have written, nor one without escapes. */
export function idOfPart(part: string): string | null {
  try {
    const id = decodeURIComponent(part);
    if (!DOTS.test(id)) return id;
    return id.startsWith('~') ? id.slice(1) : null;
  } catch {
    return null;
  }
}
