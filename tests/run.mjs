// `npm test [-- FILTER…]` and `npm run test:backends`: gets what the tests need, runs them, and ends with one line of figures.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needNode } from '../electron/launch/node.mjs';

await needNode();
const { getBrowser } = await import('./helpers/browser.mjs');
const { ensureBuilt } = await import('../electron/launch/build.ts');

const root = path.join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const backends = given.includes('--backends');
const filters = given.filter((argument) => argument !== '--backends');
const say = (line) => process.stdout.write(`${line}\n`);

if (!ensureBuilt(say)) process.exit(1);
const projects = backends ? ['backends'] : ['unit', 'renderer'];
const browser = backends ? null : getBrowser();
if (browser) projects.push('e2e');

const folder = mkdtempSync(path.join(tmpdir(), 'nightdesk-tests-'));
const report = path.join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(browser ? { NIGHTDESK_BROWSER: browser } : {}) },
  },
);
process.exitCode = summarise(report, run.status);
rmSync(folder, { recursive: true, force: true });

/** Prints the closing line. Answers the exit code: 0 only when something ran and nothing failed. */
function summarise(file, status) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const named = [];
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    passed = result.numPassedTests;
    failed = result.numFailedTests;
    skipped = result.numPendingTests + result.numTodoTests;
    // A file that could not even be loaded holds no test that could be counted as failed.
    failed += result.testResults.filter(
      (one) => one.status === 'failed' && one.assertionResults.every((a) => a.status !== 'failed'),
    ).length;
    named.push(...result.testResults.flatMap(failures));
  } catch {
    say('The tests ended without a report.');
  }
  for (const line of named) say(`failed: ${line}`);
  // An error outside of any test, or an end by signal, fails the run too.
  if (status !== 0 && failed === 0) failed = 1;
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** What failed in one file, a line each, so that the end of a long output names it. */
function failures(one) {
  if (one.status !== 'failed') return [];
  const file = path.relative(root, one.name);
  const firstLine = (text) => text?.split('\n', 1)[0] ?? '';
  const tests = one.assertionResults.filter((a) => a.status === 'failed');
  if (tests.length === 0) return [`${file}: ${firstLine(one.message)}`];
  return tests.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
}
