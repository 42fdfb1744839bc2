/**
 * A recorded JSON Schema, reduced to what is safe to compile. Ajv turns schemas into code and trusts them like code, and
 * these come out of telemetry: patterns can hang a process, references can reach elsewhere. So only the keywords
 * below are kept, to a bounded size; an argument that breaks another keyword goes unnoticed.
 */
import { isFields } from '#core/analysis/turn-parse.ts';

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const BOUNDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;
const MOST_NODES = 2000;
const DEEPEST = 16;

type Schema = Record<string, unknown>;

/** Null when it is no schema, or too large. */
export function plainSchema(value: unknown): Schema | null {
  let nodes = 0;

  function reduce(given: unknown, depth: number): Schema | boolean {
    nodes += 1;
    if (nodes > MOST_NODES || depth > DEEPEST) throw new TooLarge();
    if (typeof given === 'boolean') return given;
    if (!isFields(given)) return true;
    const schema: Schema = {};
    const types = [given.type].flat().filter((one) => typeof one === 'string' && TYPES.has(one));
    if (types.length > 0) schema.type = types;
    for (const key of BOUNDS) {
      if (typeof given[key] === 'number' && given[key] >= 0) schema[key] = given[key];
    }
    if (Array.isArray(given.enum) && given.enum.length > 0) {
      nodes += given.enum.length;
      schema.enum = [...new Set(given.enum.filter(isScalar))];
      // A choice that is not scalar cannot be held against: then any value will do.
      if (given.enum.some((one) => !isScalar(one))) delete schema.enum;
    }
    if (isScalar(given.const)) schema.const = given.const;
    if (Array.isArray(given.required)) {
      schema.required = [...new Set(given.required.filter((one) => typeof one === 'string'))];
    }
    if (isFields(given.properties)) {
      schema.properties = Object.fromEntries(
        Object.entries(given.properties).map(([key, inner]) => [key, reduce(inner, depth + 1)]),
      );
    }
    const patterned = isFields(given.patternProperties);
    if (given.additionalProperties !== undefined && !patterned) {
      schema.additionalProperties = reduce(given.additionalProperties, depth + 1);
    }
    if (isFields(given.items) || typeof given.items === 'boolean') {
      schema.items = reduce(given.items, depth + 1);
    }
    for (const key of ['anyOf', 'allOf'] as const) {
      const list = given[key];
      if (Array.isArray(list) && list.length > 0) {
        schema[key] = list.map((inner) => reduce(inner, depth + 1));
      }
    }
    // Of `oneOf` reduced schemas more than one may fit, so it is held as `anyOf`.
    if (Array.isArray(given.oneOf) && given.oneOf.length > 0 && schema.anyOf === undefined) {
      schema.anyOf = given.oneOf.map((inner) => reduce(inner, depth + 1));
    }
    return schema;
  }

  if (!isFields(value)) return null;
  try {
    const reduced = reduce(value, 0);
    return typeof reduced === 'boolean' ? null : reduced;
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
}

class TooLarge extends Error {}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
