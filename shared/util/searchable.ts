/** Full-text search knows letters and figures alone: a text without any of them finds nothing. Pure. */
export function isSearchable(text: string): boolean {
  return /[\p{L}\p{N}\p{Co}]/u.test(text);
}
