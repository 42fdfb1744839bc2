import { idOfPart, placeOf } from '#shared/util/place.ts';

/** An ID of 512 characters, the longest there is, takes nine for each where all are written for a link. */
const MAX_LENGTH = 5000;
/** A place in the console: one leading slash, nothing that a browser would read as another site. */
const PLACE = /^\/(?![/\\])[\w\-./~%?&=:+@,]*$/;

/**
 * `nightdesk://conversation/ID` → `/conversation/ID`, the path the renderer knows. A path is taken as it
 * is. Null for anything else: a link comes from outside and may be made to harm.
 */
export function pathOfLink(text: string): string | null {
  if (text.length > MAX_LENGTH) return null;
  if (text.startsWith('/')) return PLACE.test(text) ? text : null;
  const match = /^nightdesk:\/\/conversation\/([^/?#]+)\/?$/i.exec(text);
  if (!match?.[1]) return null;
  const id = idOfPart(match[1]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (id === null || /[\u0000-\u001f\u007f]/.test(id)) return null;
  return placeOf('conversation', id);
}
