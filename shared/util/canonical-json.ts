/**
 * JSON with one spelling per value, so that two programs hash the same text: keys sorted by UTF-16 code
 * units, no white space, strings and numbers as `JSON.stringify` writes them (lone surrogates escaped).
 * What JSON cannot say (undefined, NaN, functions) becomes null; keys whose value is undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
