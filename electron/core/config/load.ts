/** Reads the configuration file. Never throws for what is in the file: problems are data with line and key. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { LoadedConfig } from '#core/deps.ts';
import { Config } from '#shared/model/config.ts';
import type { ConfigProblem } from '#shared/model/session.ts';
import { crossCheck } from './cross-check.ts';
import { explain, type KeyPath, keyText } from './explain.ts';

const MAX_BYTES = 1_000_000;

export async function loadConfig(file: string): Promise<LoadedConfig> {
  const base = { path: file, baseDir: path.dirname(path.resolve(file)) };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return {
      ...base,
      text: null,
      config: null,
      problems: [
        {
          line: null,
          column: null,
          key: '',
          message: `The configuration file could not be read (${why}): ${file}`,
          hint: 'Check the path and its permissions, or start without --config to see the demo fleet.',
        },
      ],
    };
  }
  return { ...base, text, ...parseConfig(text) };
}

/** The whole check of one configuration text: YAML, schema, and references between its parts. */
export function parseConfig(text: string): { config: Config | null; problems: ConfigProblem[] } {
  if (text.length > MAX_BYTES) {
    return { config: null, problems: [plain('The configuration is larger than 1 MB.', '')] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors.map((error): ConfigProblem => {
    const place = lines.linePos(error.pos[0]);
    return {
      line: place.line,
      column: place.col,
      key: '',
      message: `Not valid YAML: ${error.message}`,
      hint: 'Check indentation (spaces, no tabs), quotes and colons on this line.',
    };
  });
  if (syntax.length > 0) return { config: null, problems: syntax };
  if (document.contents === null) {
    return {
      config: null,
      problems: [
        plain('The configuration is empty.', 'Start from resources/nightdesk.example.yml.'),
      ],
    };
  }

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    return { config: null, problems: [aliasProblem(document, lines)] };
  }
  const parsed = Config.safeParse(value);
  const found = parsed.success
    ? crossCheck(parsed.data)
    : parsed.error.issues.flatMap((issue) => explain(issue, Config, value));
  const problems = found.map(({ path: key, message, hint }) => {
    const place = placeOf(document, lines, key);
    return { ...place, key: keyText(key), message, hint };
  });
  return { config: parsed.success && problems.length === 0 ? parsed.data : null, problems };
}

/** Aliases are the one thing that a document without errors can still fail at. */
function aliasProblem(document: Document, lines: LineCounter): ConfigProblem {
  const anchors = new Set<string>();
  const aliases: Alias[] = [];
  const lost: Alias[] = [];
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) {
        if (node.anchor) anchors.add(node.anchor);
        return;
      }
      aliases.push(node);
      if (!anchors.has(node.source)) lost.push(node);
    },
  });
  const [alias] = [...lost, ...aliases];
  const place = lines.linePos(alias?.range?.[0] ?? 0);
  return {
    line: place.line,
    column: place.col,
    key: '',
    ...(lost.length > 0
      ? {
          message: `*${alias?.source} stands for nothing: no &${alias?.source} comes before it.`,
          hint: 'A text that begins with * is an alias to YAML; put it in quotes to have it as it is.',
        }
      : {
          message: 'Aliases (*name) are used too often, or within what they stand for.',
          hint: 'Write out what they stand for.',
        }),
  };
}

/** Line and column of a key; of its nearest parent that is in the file when the key itself is missing. */
function placeOf(
  document: Document,
  lines: LineCounter,
  key: KeyPath,
): { line: number | null; column: number | null } {
  for (let length = key.length; length >= 0; length--) {
    const start = offsetOf(document, key.slice(0, length));
    if (start !== null) {
      const place = lines.linePos(start);
      return { line: place.line, column: place.col };
    }
  }
  return { line: null, column: null };
}

function offsetOf(document: Document, key: KeyPath): number | null {
  if (key.length === 0)
    return isNode(document.contents) ? (document.contents.range?.[0] ?? null) : null;
  const parent = document.getIn(key.slice(0, -1), true);
  const last = key.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(last));
    return pair && isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null;
  }
  const node = document.getIn(key, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function plain(message: string, hint: string): ConfigProblem {
  return { line: null, column: null, key: '', message, hint };
}
