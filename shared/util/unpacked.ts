/** Values out of telemetry, which may be JSON in a string, and nested without end. Pure. */

/** Deeper than this nobody reads, and writing it out would take a stack and a screen without end. */
const DEEPEST = 60;
const DEEPER = '… nested deeper';

/** JSON in a string is unpacked; other text, and JSON that is nested too deeply to be laid out, stays as it is. */
export function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isDeeper(parsed, DEEPEST) ? value : parsed;
  } catch {
    return value;
  }
}

/** A value as text for a person: JSON over several lines, text as it is. */
export function asText(given: unknown): string {
  const value = unpacked(given);
  if (typeof value === 'string') return value;
  return JSON.stringify(upTo(value, DEEPEST), null, 2) ?? '';
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** The same object where nothing is nested deeper. */
function upTo(value: unknown, levels: number): unknown {
  if (!isDeeper(value, levels)) return value;
  if (levels === 0) return DEEPER;
  if (Array.isArray(value)) return value.map((part) => upTo(part, levels - 1));
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([name, part]) => [name, upTo(part, levels - 1)]),
  );
}
