/** Turns a schema issue into words: what is wrong, and what would be right. */
import { z } from 'zod';
import { nearest } from '#shared/util/text.ts';

export type KeyPath = (string | number)[];

export interface Finding {
  path: KeyPath;
  message: string;
  hint: string;
}

export function keyText(key: KeyPath): string {
  return key
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');
}

/** `value` is the whole file, as it was read. */
export function explain(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const key = keyText(path) || 'the file';
  const given = valueAt(value, path);
  const missing = given === undefined ? `${key} is missing.` : null;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path);
      return issue.keys.map((name) => {
        const meant = nearest(name, known);
        return {
          path: [...path, name],
          message: `"${name}" is not a key of ${key}.`,
          hint: meant
            ? `Did you mean "${meant}"?`
            : known.length > 0
              ? `Keys here: ${known.join(', ')}.`
              : 'Remove it.',
        };
      });
    }
    case 'invalid_type': {
      const is = article(typeOf(given));
      const not = is === article(issue.expected) || issue.expected === 'int' ? '' : `, not ${is}`;
      return [
        {
          path,
          message: missing ?? `${key} must be ${article(issue.expected)}${not}.`,
          hint: hintAt(schema, path),
        },
      ];
    }
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
      if (options.length > 0) {
        return [
          {
            path,
            message: missing ?? `${key} has a value that is not known.`,
            hint: `One of: ${options.join(', ')}.`,
          },
        ];
      }
      // The branch that fits best is the one with the fewest complaints.
      const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
      return best.length > 0
        ? best.flatMap((inner) =>
            explain({ ...inner, path: [...issue.path, ...inner.path] }, schema, value),
          )
        : [{ path, message: `${key}: ${issue.message}`, hint: hintAt(schema, path) }];
    }
    case 'invalid_value':
      return [
        {
          path,
          message: missing ?? `${key} has a value that is not allowed.`,
          hint:
            issue.values.length === 1
              ? `Write \`${path.at(-1)}: ${String(issue.values[0])}\`.`
              : `One of: ${issue.values.map(String).join(', ')}.`,
        },
      ];
    default:
      return [
        { path, message: `${key} is not right: ${issue.message}`, hint: hintAt(schema, path) },
      ];
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
  string: 'a text',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
};

function article(type: string): string {
  return ARTICLES[type] ?? `a ${type}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (level, part) =>
      typeof level === 'object' && level !== null ? Reflect.get(level, part) : undefined,
    value,
  );
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

function keysAt(schema: z.ZodType, path: KeyPath): string[] {
  return [
    ...new Set(schemasAt(schema, path).flatMap((found) => Object.keys(found.properties ?? {}))),
  ];
}

function hintAt(schema: z.ZodType, path: KeyPath): string {
  const found = schemasAt(schema, path).find((one) => one.description);
  return found?.description ?? 'See resources/nightdesk.example.yml.';
}

/** All JSON Schemas that may stand at a path; several where the path goes through a union. */
function schemasAt(schema: z.ZodType, path: KeyPath): JsonSchema[] {
  let level: JsonSchema[] = [z.toJSONSchema(schema, { io: 'input' })];
  for (const part of path) {
    level = level.flatMap(branches).flatMap((one) => {
      const next =
        typeof part === 'number'
          ? one.items
          : (one.properties?.[part] ??
            (typeof one.additionalProperties === 'object' ? one.additionalProperties : undefined));
      return typeof next === 'object' && !Array.isArray(next) ? [next] : [];
    });
  }
  return level.flatMap(branches);
}

function branches(schema: JsonSchema): JsonSchema[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(
    (one): one is JsonSchema => typeof one === 'object',
  );
  return inner.length > 0 ? [schema, ...inner.flatMap(branches)] : [schema];
}
