// `npm test [-- FILTER…]`, `npm run test:backends` and `npm run test:random`: gets what the tests need, runs them, and ends with
// one line of figures.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needNode } from '../electron/launch/node.mjs';

await needNode();
const { getBrowser } = await import('./helpers/browser.mjs');
const { ensureBuilt } = await import('../electron/launch/build.ts');

const root = path.join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const backends = given.includes('--backends');
const random = given.includes('--random');
const filters = given.filter((argument) => !['--backends', '--random'].includes(argument));
const say = (line) => process.stdout.write(`${line}\n`);

if (!ensureBuilt(say)) process.exit(1);
const projects = backends ? ['backends'] : random ? ['unit'] : ['unit', 'renderer'];
const browser = backends || random ? null : getBrowser();
if (random) {
  process.env.NIGHTDESK_RANDOM_SECONDS ??= '20';
  if (filters.length === 0) filters.push(...drawing());
}
if (browser) projects.push('e2e');

const folder = mkdtempSync(path.join(tmpdir(), 'nightdesk-tests-'));
const first = runTests(filters);
const cut = first.files.filter(isCutOff).map(({ name }) => name);
for (const name of cut) {
  say(
    `again: ${path.relative(root, name)}: its process was ended by a signal before its tests were done`,
  );
}
const again = cut.length > 0 ? runTests(cut) : null;
rmSync(folder, { recursive: true, force: true });
process.exitCode = summarise(
  again === null
    ? first
    : {
        files: [...first.files.filter(({ name }) => !cut.includes(name)), ...again.files],
        // The first one failed by what was cut off; whatever else failed in it is among its files.
        status: again.status,
      },
);

/** The test files that draw values. */
function drawing() {
  return ['tests/core', 'tests/sources'].flatMap((dir) =>
    readdirSync(path.join(root, dir))
      .map((name) => `${dir}/${name}`)
      .filter((file) => readFileSync(path.join(root, file), 'utf8').includes('helpers/random.ts')),
  );
}

/** Runs what fits the filters; all there is, without any. `files`: as vitest reports them. */
function runTests(of) {
  const report = path.join(folder, 'report.json');
  rmSync(report, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...projects.flatMap((name) => ['--project', name]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...(random ? ['--testTimeout=1200000'] : []),
      ...of,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(browser ? { NIGHTDESK_BROWSER: browser } : {}) },
    },
  );
  try {
    return { status, files: JSON.parse(readFileSync(report, 'utf8')).testResults };
  } catch {
    say('The tests ended without a report.');
    return { status, files: [] };
  }
}

/**
 * The process of the file ended in the middle, by a fault in native code or for want of memory: nothing is known of its tests.
 * Once that is run again, which is said; twice is a failure.
 */
function isCutOff({ status, message, assertionResults }) {
  return (
    status === 'failed' &&
    message === '' &&
    assertionResults.length > 0 &&
    assertionResults.every(({ status }) => status === 'pending' || status === 'skipped')
  );
}

/** Prints the closing line. Answers the exit code: 0 only when something ran and nothing failed. */
function summarise({ status, files }) {
  const count = (...states) =>
    files.flatMap((one) => one.assertionResults).filter((one) => states.includes(one.status))
      .length;
  const passed = count('passed');
  const skipped = count('pending', 'skipped', 'todo');
  // A file that could not even be loaded, or was cut off, holds no test that could be counted as failed.
  const whole = files.filter(
    (one) => one.status === 'failed' && one.assertionResults.every((a) => a.status !== 'failed'),
  ).length;
  let failed = count('failed') + whole;
  for (const line of files.flatMap(failures)) say(`failed: ${line}`);
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
  if (tests.length === 0) return [`${file}: ${firstLine(one.message) || 'cut off'}`];
  return tests.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
}
