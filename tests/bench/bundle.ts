/** The JavaScript that a window loads before anything is drawn: what index.html names, and what that imports. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { report } from './report.ts';

const root = fileURLToPath(new URL('../../out/renderer/', import.meta.url));
const html = readFileSync(join(root, 'index.html'), 'utf8');
const files = new Set<string>();

function add(file: string): void {
  if (files.has(file)) return;
  files.add(file);
  const text = readFileSync(file, 'utf8');
  // Static imports only; `import(` is fetched later.
  for (const [, from] of text.matchAll(
    /(?:^|[;}\s])(?:import|export)(?:[^'"();]*?from)?\s*["'](\.[^"']+\.js)["']/g,
  )) {
    if (from) add(join(dirname(file), from));
  }
}

for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g))
  if (path) add(join(root, path));
const bytes = [...files].reduce(
  (sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length,
  0,
);
report({
  name: 'initial JavaScript, gzip',
  value: bytes / 1024,
  unit: 'kB',
  goal: '<= 350',
  met: bytes / 1024 <= 350,
  of: `${files.size} files`,
});
