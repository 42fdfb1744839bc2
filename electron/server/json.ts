/**
 * JSON text of an answer. Typed arrays, which the cache hands out, become plain arrays; what JSON has no
 * word for (NaN, infinities) becomes null, as JSON.stringify does on its own.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(plain(value));
}

function plain(value: unknown): unknown {
  if (value instanceof Float64Array) return Array.from(value);
  if (Array.isArray(value)) {
    // Long columns of numbers hold nothing to convert: walking each point would cost more than the rest.
    return typeof value[0] === 'number' ? value : value.map(plain);
  }
  if (typeof value === 'object' && value !== null && !('toJSON' in value)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  }
  return value;
}
