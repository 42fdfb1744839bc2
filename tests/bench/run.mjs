// `npm run bench [-- NAME…]`: every figure as one line of JSON on stdout. Each bench is a process of its own.
// `--smoke`: everything once and small, to see that it runs; see report.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needNode } from '../../electron/launch/node.mjs';

await needNode();
const { ensureBuilt } = await import('../../electron/launch/build.ts');

const here = import.meta.dirname;
const wanted = process.argv.slice(2).filter((name) => name !== '--smoke');
if (process.argv.includes('--smoke')) process.env.NIGHTDESK_BENCH_SMOKE = '1';
const want = (name) => wanted.length === 0 || wanted.includes(name);
const say = (line) => process.stderr.write(`${line}\n`);
let failed = 0;

function run(name, ...args) {
  say(`${name}…`);
  const { status } = spawnSync(process.execPath, [path.join(here, `${name}.ts`), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return true;
  failed++;
  say(`${name} did not end well`);
  return false;
}

if (want('samples')) run('samples');
if (want('turns')) run('turns');
if (want('masking')) run('masking');
if (want('journal')) run('journal');
if (want('actions')) run('actions');

const onLargeCache = ['queries', 'memory', 'scroll', 'paste'];
if (onLargeCache.some(want)) {
  // On the large cache: about 3 GB, gone afterwards. NIGHTDESK_BENCH_CACHE keeps one to use again.
  const kept = process.env.NIGHTDESK_BENCH_CACHE;
  const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'nightdesk-bench-'));
  try {
    if (kept || run('build-cache', folder)) {
      if (want('queries')) run('queries', folder);
      if (want('memory') && ensureBuilt(say)) run('memory', folder);
      if (want('scroll') && ensureBuilt(say)) run('scroll', folder);
      if (want('paste') && ensureBuilt(say)) run('paste', folder);
    }
  } finally {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  }
}

if (want('long') && ensureBuilt(say)) run('long');
if (want('bundle') && ensureBuilt(say)) run('bundle');
if (want('browser') && ensureBuilt(say)) run('browser');
process.exitCode = failed === 0 ? 0 : 1;
