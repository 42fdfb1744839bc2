const MAX_LENGTH = 2000;
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
  const id = decoded(match[1]);
  return id === null ? null : `/conversation/${encodeURIComponent(id)}`;
}

function decoded(part: string): string | null {
  try {
    const id = decodeURIComponent(part);
    // The browser would read these two as the way up.
    if (id === '.' || id === '..') return null;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    return /[\u0000-\u001f\u007f]/.test(id) ? null : id;
  } catch {
    return null;
  }
}
