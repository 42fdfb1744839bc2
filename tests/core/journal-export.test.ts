/** The script that ships beside the console, on real exports and on edited ones. */
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entry, type TestJournal, testJournal } from './journal-kit.ts';

const SCRIPT = join(import.meta.dirname, '../../resources/verify-journal.mjs');

let journal: TestJournal;
let text: string;
let lines: string[];

beforeAll(() => {
  journal = testJournal();
  journal.fill(4);
  // What could be taken for the entry's own members, or for the end of a line.
  const others = '0'.repeat(64);
  journal.add({
    summary: `,"hash":"${others}","kind":"x"\u2028\n\u2029 "prev":"${others}"`,
    data: { hash: others, prev: others, seq: 1, summary: '"', text: '\u2028 ñ \u{1F600} \\' },
  });
  journal.add({ ...entry(), at: 1e21, summary: '', actor: '', action: null, data: null });
  journal.fill(2);
  text = journal.exportText();
  lines = text.trimEnd().split('\n');
});
afterAll(() => journal.close());

async function verify(content: string, ...more: string[]) {
  const file = join(journal.dir, `export-${Math.random()}.jsonl`);
  writeFileSync(file, content);
  return run(file, ...more);
}

async function run(...args: string[]) {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...args]);
    return { code: 0, said: stdout };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stderr' in error)) throw error;
    return { code: error.code, said: String(error.stderr) };
  }
}

const line = (number: number) => lines[number - 1] ?? '';
const joined = (all: readonly string[]) => `${all.join('\n')}\n`;
const edited = (number: number, from: string | RegExp, to: string) =>
  joined(lines.with(number - 1, line(number).replace(from, to)));

/** The line with the hash that its text would have. */
function rehashed(text: string): string {
  const { hash: old } = JSON.parse(text);
  const bare = text.replace(`,"hash":"${old}"`, '');
  return text.replace(old, hash('sha256', bare));
}

test('whoever must trust the script can read it: twenty lines', () => {
  const code = readFileSync(SCRIPT, 'utf8')
    .split('\n')
    .filter((one) => one !== '' && !one.startsWith('//'));
  expect(code.length).toBeLessThanOrEqual(20);
});

test('the export of the journal as it is passes', async () => {
  const { head } = journal.file;
  const result = await verify(text);
  expect(result).toMatchObject({ code: 0 });
  expect(result.said).toContain(`8 entries, each as it was written. Head: ${head.hash}`);
});

test('a head that was noted earlier is found in it, at the end or before', async () => {
  for (const number of [3, 8]) {
    const { hash } = JSON.parse(line(number));
    expect(await verify(text, hash)).toMatchObject({ code: 0 });
  }
});

test('a file that is not there is said so', async () => {
  const result = await run(join(journal.dir, 'nothing.jsonl'));
  expect(result.code).toBe(1);
  expect(result.said).toContain('no such file');
});

describe('an export that was edited', () => {
  test.each<[what: string, content: () => string, says: string]>([
    ['another summary', () => edited(3, 'Roll back', 'Look at'), 'line 3 is not what was written'],
    ['another time', () => edited(1, '"at":1', '"at":2'), 'line 1 is not what was written'],
    ['other data', () => edited(5, 'ñ', 'n'), 'line 5 is not what was written'],
    ['another person', () => edited(8, '"mika"', '"kim"'), 'line 8 is not what was written'],
    [
      'another hash',
      () => edited(4, JSON.parse(line(4)).hash, '0'.repeat(64)),
      'line 4 is not what was written',
    ],
    ['a missing line', () => joined(lines.toSpliced(2, 1)), 'line 3 is entry 4'],
    ['no beginning', () => joined(lines.slice(1)), 'line 1 is entry 2'],
    [
      'two lines exchanged',
      () => joined(lines.with(1, line(3)).with(2, line(2))),
      'line 2 is entry 3',
    ],
    [
      'a line replaced by one that is whole',
      () => joined(lines.with(2, rehashed(line(3).replace('Roll back', 'Look at')))),
      'line 4 does not follow the one before it',
    ],
    ['a line twice', () => joined(lines.toSpliced(3, 0, line(3))), 'line 4 is entry 3'],
    ['an empty line', () => joined(lines.toSpliced(3, 0, '')), 'line 4 is not an entry'],
    ['the last line cut in the middle', () => text.slice(0, -30), 'line 8 is not an entry'],
    ['nothing left', () => '', 'line 1 is not an entry'],
  ])('%s', async (_what, content, says) => {
    const result = await verify(content());
    expect(result.code).toBe(1);
    expect(result.said).toContain(says);
  });

  test('whose tail was cut off shows against a head that was noted', async () => {
    const cut = joined(lines.slice(0, 6));
    expect(await verify(cut)).toMatchObject({ code: 0 });
    const result = await verify(cut, journal.file.head.hash);
    expect(result.code).toBe(1);
    expect(result.said).toContain('cut off after line 6');
  });
});

test('the break of a journal that was cut off is in its export too', async () => {
  const broken = testJournal();
  broken.fill(5);
  broken.restart(() => broken.tamper('DELETE FROM entries WHERE seq > 3'));
  const result = await verify(broken.exportText());
  broken.close();
  expect(result.code).toBe(1);
  expect(result.said).toContain('line 4 is entry 6');
});
