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

export function explain(issue: z.core.$ZodIssue, schema: z.ZodType): Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const key = keyText(path) || 'the file';
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
    case 'invalid_type':
      return [
        {
          path,
          message:
            issue.input === undefined && issue.message.includes('undefined')
              ? `${key} is missing.`
              : `${key} must be ${article(issue.expected)}.`,
          hint: `Expected ${article(issue.expected)}.`,
        },
      ];
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
      if (options.length > 0) {
        return [
          {
            path,
            message: `${key} has a value that is not known.`,
            hint: `One of: ${options.join(', ')}.`,
          },
        ];
      }
      // The branch that fits best is the one with the fewest complaints.
      const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
      return best.length > 0
        ? best.flatMap((inner) =>
            explain({ ...inner, path: [...issue.path, ...inner.path] }, schema),
          )
        : [{ path, message: `${key}: ${issue.message}`, hint: hintAt(schema, path) }];
    }
    case 'invalid_value':
      return [
        {
          path,
          message: `${key} has a value that is not allowed.`,
          hint: `One of: ${issue.values.map(String).join(', ')}.`,
        },
      ];
    default:
      return [
        { path, message: `${key} is not right: ${issue.message}`, hint: hintAt(schema, path) },
      ];
  }
}

function article(type: string): string {
  if (type === 'array') return 'a list';
  if (type === 'object' || type === 'record') return 'a group of keys';
  if (type === 'string') return 'a text';
  return `a ${type}`;
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
