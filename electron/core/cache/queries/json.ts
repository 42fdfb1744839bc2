/** Reads JSON that this cache wrote itself; what came from outside was parsed before it was stored. */
export function decode<T>(json: string): T {
  return JSON.parse(json);
}

/**
 * Text as SQLite can hold it. Half a surrogate pair has no UTF-8 form; JSON columns need no such care,
 * because JSON.stringify escapes it.
 */
export function storable(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
