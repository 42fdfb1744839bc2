/**
 * One HTML file that shows conversations as the console replays them: opened from a disk, without a network. Its policy lets
 * in nothing but its own script and style, by their hashes; what users said stands in a block of JSON as data.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { orderSteps } from '#core/analysis/turn-steps.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Failure, Message } from '#shared/model/conversation.ts';
import { FAILURE_WORD, FEEDBACK_WORD } from '#shared/util/failure-words.ts';
import { plainString } from '#shared/util/visible-text.ts';
import type { Gathered, SharedConversation } from './gather.ts';
import { partText } from './markdown.ts';
import { PAGE_STYLE } from './page-style.ts';

/** Characters of one part of a message, and spans of one turn, that the page shows. */
const LONGEST = 20_000;
const SPANS = 300;

export interface PageFacts {
  title: string;
  app: string;
  exportedAt: number;
  exportedBy: string;
  failuresOf: (conversation: SharedConversation, turn: number) => Failure[];
}

/** What viewer.ts reads, which imports nothing: both say the same. */
function dataOf(gathered: Gathered, facts: PageFacts) {
  return {
    title: facts.title,
    about: `Exported ${new Date(facts.exportedAt).toISOString()} by ${facts.exportedBy} with Nightdesk ${facts.app}. Personal data is masked; names can slip through.`,
    cut: gathered.cut?.why ?? '',
    conversations: gathered.conversations.map((one) => ({
      id: one.summary.id,
      service: one.summary.service,
      environment: one.summary.environment,
      versions: one.summary.versions.join(' → '),
      failures: one.summary.failures.map((failure) => FAILURE_WORD[failure]),
      title: one.summary.title,
      costUsd: one.summary.costUsd,
      changes: one.changes.map(({ at, title, detail, by }) => ({ at, title, detail, by })),
      turns: one.turns.map(({ turn, records }, at) => ({
        startedAt: turn.startedAt,
        durationMs: turn.durationMs,
        failures: facts.failuresOf(one, at).map((failure) => FAILURE_WORD[failure]),
        feedback: turn.feedback.map((kind) => FEEDBACK_WORD[kind]),
        error: turn.error ?? '',
        live: [
          ['version', turn.live.version],
          ['model', turn.live.model],
          ['prompt', turn.live.prompt],
          ['index', turn.live.index],
          ...Object.entries(turn.live.flags),
        ].filter(([, value]) => value !== null && value !== ''),
        messages: turn.messages.flatMap(messageLines),
        spans: spansOf(records, turn.startedAt),
      })),
    })),
  };
}

function messageLines({ role, parts }: Message) {
  return parts.map((part) => ({
    role,
    type: part.type,
    text: partText(part).slice(0, LONGEST),
  }));
}

function spansOf(records: readonly SpanRecord[], from: number) {
  const { steps } = orderSteps(records);
  const parents = new Map(steps.map(({ id, record }) => [id, record.span.parentId]));
  const depthOf = (id: string) => {
    let depth = 0;
    // Bounded: hostile spans may be each other's parents.
    for (let at = parents.get(id) ?? null; at !== null && depth < 12; depth++) {
      at = parents.get(at) ?? null;
    }
    return Math.max(0, depth - 1);
  };
  return steps.slice(0, SPANS).map(({ id, record: { span } }) => ({
    name: span.name,
    at: span.startedAt - from,
    ms: span.durationMs,
    failed: span.status === 'error',
    depth: depthOf(id),
  }));
}

/** All texts with what would not be seen, or would deceive, told by its code. */
function visible(value: unknown): unknown {
  if (typeof value === 'string') return plainString(value);
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, visible(one)]));
}

/** `<` and `&` are written as escapes: nothing in it can end the block, or begin a comment in it. */
function inScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

export async function page(viewer: URL, gathered: Gathered, facts: PageFacts): Promise<string> {
  const script = await viewerScript(viewer);
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nightdesk: shared conversations</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<div id="root"><noscript>This page plays a conversation with a script of its own. Allow it, or read the Markdown export.</noscript></div>
<script type="application/json" id="data">${inScript(visible(dataOf(gathered, facts)))}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

const digest = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

async function viewerScript(viewer: URL): Promise<string> {
  const text = await readFile(viewer, 'utf8');
  const script = viewer.pathname.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
  // A map would be asked for over a network.
  return script.replace(/^\/\/# sourceMappingURL=.*$/gm, '').replace(/<\/(script)/gi, '<\\/$1');
}
