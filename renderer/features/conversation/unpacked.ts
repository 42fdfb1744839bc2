/** Values out of telemetry, which may be JSON in a string. Pure. */

/** JSON in a string is unpacked; other text stays as it is. */
export function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A value as text for a person: JSON over several lines, text as it is. */
export function asText(given: unknown): string {
  const value = unpacked(given);
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? '';
}
