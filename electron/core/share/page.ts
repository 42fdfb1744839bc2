/**
 * One HTML file that shows conversations as the console replays them: opened from a disk, without a network. Its policy lets
 * in nothing but its own script and style, by their hashes; what users said stands in a block of JSON as data.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { plainString } from '#shared/util/visible-text.ts';
import type { Gathered } from './gather.ts';
import { dataOf, type PageFacts } from './page-data.ts';
import { PAGE_STYLE } from './page-style.ts';

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
