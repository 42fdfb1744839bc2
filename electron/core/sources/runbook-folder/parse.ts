import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { type Runbook, RunbookFrontMatter } from '#shared/model/runbook.ts';

const FENCE = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/**
 * Reads one markdown file as a runbook. Null when it has no front matter (a README, say). What is wrong with the
 * front matter is kept in `problem`, and the text can still be read.
 */
export function parseRunbook(file: {
  source: string;
  id: string;
  text: string;
  modifiedAt: number;
}): Runbook | null {
  const text = file.text.replace(/^\uFEFF/, '').toWellFormed();
  const match = FENCE.exec(text);
  if (!match) return null;
  const body = text.slice(match[0].length);
  const base = { source: file.source, id: file.id, body, modifiedAt: file.modifiedAt };
  try {
    const front = RunbookFrontMatter.parse(parse(match[1] ?? '', { maxAliasCount: 20 }));
    return {
      ...base,
      title: front.title,
      services: front.services,
      alerts: front.alerts,
      owner: front.owner ?? null,
      flags: front.references.flags,
      signals: front.references.signals,
      links: front.references.links,
      problem: null,
    };
  } catch (error) {
    return {
      ...base,
      title: file.id,
      services: [],
      alerts: [],
      owner: null,
      flags: [],
      signals: [],
      links: [],
      problem: explain(error),
    };
  }
}

function explain(error: unknown): string {
  if (error instanceof YAMLParseError) {
    // The fence takes the first line of the file.
    const line = (error.linePos?.[0].line ?? 0) + 1;
    return `Front matter, line ${line}: ${error.message.split('\n')[0]}`;
  }
  if (error instanceof z.ZodError) {
    return error.issues
      .map((issue) => `Front matter, ${issue.path.join('.') || 'whole'}: ${issue.message}`)
      .join('; ');
  }
  return 'The front matter could not be read.';
}
