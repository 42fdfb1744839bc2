/** Somebody with the files in hand: whatever they do is found, and the first entry it concerns is named. */
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAnchor } from '#core/cache/journal/anchor.ts';
import { COLUMNS, type EntryRow, nextRow } from '#core/cache/journal/entry.ts';
import { seenEntry } from '#core/cache/journal/finding-entry.ts';
import { journalCalls } from '#core/cache/queries/journal.ts';
import { entry, type TestJournal, testJournal } from './journal-kit.ts';

let journal: TestJournal;
beforeEach(() => {
  journal = testJournal();
  journal.fill(7);
});
afterEach(() => journal.close());

const quoted = (value: string | number | null) =>
  value === null
    ? 'NULL'
    : typeof value === 'number'
      ? String(value)
      : `'${value.replaceAll("'", "''")}'`;
const insert = (row: EntryRow) =>
  `INSERT INTO entries (${COLUMNS}) VALUES (${[
    row.seq,
    row.at,
    row.kind,
    row.actor,
    row.action,
    row.environment,
    row.summary,
    row.data,
    row.prev,
    row.hash,
  ]
    .map(quoted)
    .join(', ')})`;
const hashAt = (seq: number) =>
  journal.file.db
    .prepare<[number], string>('SELECT hash FROM entries WHERE seq = ?')
    .pluck()
    .get(seq) ?? '';
/** An entry whose own hash is right, as one who knows how it is made would forge it. */
const forged = (seq: number) =>
  nextRow({ seq: seq - 1, hash: hashAt(seq - 1) }, entry({ summary: 'forged' }));
const others = `'${'0'.repeat(63)}1'`;
const shiftFrom = (seq: number) =>
  `UPDATE entries SET seq = -seq - 1 WHERE seq >= ${seq}; UPDATE entries SET seq = -seq WHERE seq < 0`;

const TAMPERINGS: [what: string, sql: () => string, firstBad: number][] = [
  ['seq', () => 'UPDATE entries SET seq = 99 WHERE seq = 4', 4],
  ['at', () => 'UPDATE entries SET at = at + 1 WHERE seq = 6', 6],
  ['kind', () => "UPDATE entries SET kind = 'step' WHERE seq = 4", 4],
  ['actor', () => "UPDATE entries SET actor = 'kim' WHERE seq = 1", 1],
  ['action', () => "UPDATE entries SET action = 'a-9' WHERE seq = 2", 2],
  ['environment', () => "UPDATE entries SET environment = 'staging' WHERE seq = 4", 4],
  ['summary', () => "UPDATE entries SET summary = 'nothing happened' WHERE seq = 7", 7],
  ['data', () => "UPDATE entries SET data = '{}' WHERE seq = 2", 2],
  ['data that is no JSON', () => "UPDATE entries SET data = '{' WHERE seq = 2", 2],
  ['prev', () => `UPDATE entries SET prev = ${others} WHERE seq = 4`, 4],
  ['hash', () => `UPDATE entries SET hash = ${others} WHERE seq = 4`, 4],
  ['the hash of the last', () => `UPDATE entries SET hash = ${others} WHERE seq = 7`, 7],
  [
    'an entry, with a hash that fits',
    () => `DELETE FROM entries WHERE seq = 4; ${insert(forged(4))}`,
    4,
  ],
  [
    'the last entry, with a hash that fits',
    () => `DELETE FROM entries WHERE seq = 7; ${insert(forged(7))}`,
    7,
  ],
  ['a deleted entry', () => 'DELETE FROM entries WHERE seq = 3', 3],
  ['a deleted beginning', () => 'DELETE FROM entries WHERE seq < 3', 1],
  ['the tail cut off', () => 'DELETE FROM entries WHERE seq > 5', 6],
  ['the last entry cut off', () => 'DELETE FROM entries WHERE seq = 7', 7],
  ['everything cut off', () => 'DELETE FROM entries', 1],
  [
    'two entries exchanged',
    () =>
      'UPDATE entries SET seq = 99 WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 3; UPDATE entries SET seq = 3 WHERE seq = 99',
    2,
  ],
  ['an entry put in between', () => `${shiftFrom(4)}; ${insert(forged(4))}`, 4],
  ['an entry put before the first', () => insert({ ...forged(1), seq: 0 }), 0],
  [
    'entries put after the last',
    () => {
      const first = forged(8);
      return `${insert(first)}; ${insert(nextRow(first, entry()))}`;
    },
    8,
  ],
];

describe.each(TAMPERINGS)('%s changed in the file', (_what, sql, firstBad) => {
  test('is found while the console runs', () => {
    journal.tamper(sql());
    const verdict = journal.verify();
    expect(verdict).toMatchObject({ ok: false, firstBad });
    expect(verdict.problems[0]?.seq).toBe(firstBad);
    expect(verdict.holds).not.toBe('');
    expect(verdict.next).toContain('Copy journal.db');
  });

  test('is found after a start, and still after the next', () => {
    const statements = sql();
    journal.restart(() => journal.tamper(statements));
    expect(journal.verify()).toMatchObject({ ok: false, firstBad });
    journal.add();
    journal.restart();
    expect(journal.verify()).toMatchObject({ ok: false, firstBad });
  });
});

test('the whole chain written anew is found by the head outside', () => {
  const rows: EntryRow[] = [];
  let last = { seq: 0, hash: '0'.repeat(64) };
  for (let i = 0; i < 7; i++) {
    const row = nextRow(last, entry({ summary: 'forged', at: i }));
    rows.push(row);
    last = row;
  }
  journal.restart(() => journal.tamper(`DELETE FROM entries; ${rows.map(insert).join(';')}`));
  const verdict = journal.verify();
  expect(verdict).toMatchObject({ ok: false, firstBad: 7 });
  expect(verdict.why).toContain('rewritten');
});

test('an older copy of the database alone is found', () => {
  const copy = `${journal.path}.copy`;
  journal.restart(() => copyFileSync(journal.path, copy));
  journal.fill(3);
  journal.restart(() => {
    for (const part of ['-wal', '-shm']) rmSync(journal.path + part, { force: true });
    copyFileSync(copy, journal.path);
  });
  expect(journal.verify()).toMatchObject({ ok: false, firstBad: 8 });
});

describe('after a finding', () => {
  const findings = () => journalCalls.findings(journal.file, {});

  test('the journal goes on, tells of it once, and gives no number twice', () => {
    const lost = journal.file.head;
    journal.restart(() => journal.tamper('DELETE FROM entries WHERE seq > 5'));
    expect(findings()).toMatchObject([
      { seq: 8, problems: [{ seq: 6, why: 'Entries 6 to 7 are missing.' }], seen: null },
    ]);
    const { entries } = journalCalls.list(journal.file, { limit: 1 });
    // What was cut off would fit in again.
    expect(entries[0]).toMatchObject({ seq: 8, kind: 'tampering', prev: lost.hash });
    journal.add();
    journal.restart();
    expect(findings()).toHaveLength(1);
    expect(journal.file.head.seq).toBe(9);
  });

  test('a person may say that they have seen it; the break stays', () => {
    journal.restart(() => journal.tamper('DELETE FROM entries WHERE seq > 5'));
    journal.file.append(seenEntry(8, 'the disk was restored', 'mika', 5));
    journal.file.settle(5);
    expect(findings()).toMatchObject([
      { seen: { by: 'mika', at: 5, words: 'the disk was restored' } },
    ]);
    expect(journal.verify()).toMatchObject({ ok: false, firstBad: 6 });
  });
});

describe('the head outside the database', () => {
  const anchored = () => {
    const reading = readAnchor(journal.anchorFile);
    return reading.kind === 'head' ? reading.head.seq : reading.kind;
  };

  test('follows every entry', () => {
    expect(anchored()).toBe(7);
    journal.add();
    expect(anchored()).toBe(8);
  });

  test('may lag by the entry that was being written when the console was killed', () => {
    journal.file.append(entry());
    expect(anchored()).toBe(7);
    expect(journal.verify()).toMatchObject({ ok: true, entries: 8 });
    journal.restart();
    expect(anchored()).toBe(8);
    expect(journal.verify()).toMatchObject({ ok: true, entries: 8 });
  });

  test('of the very first entry may not have been written', () => {
    const fresh = testJournal();
    fresh.file.append(entry());
    expect(existsSync(fresh.anchorFile)).toBe(false);
    fresh.restart();
    expect(fresh.verify()).toMatchObject({ ok: true, entries: 1, anchor: { seq: 1 } });
    fresh.close();
  });

  test('that was interrupted in the middle of a write is the one before', () => {
    const text = readFileSync(journal.anchorFile, 'latin1');
    const newest = text.indexOf('"seq":7');
    journal.file.append(entry());
    // The next write goes to the other place; half of it reaches the disk.
    const place = newest < 192 ? 192 : 0;
    const torn = text.slice(0, place) + '{"seq":8,"hash":"ab'.padEnd(60) + text.slice(place + 60);
    journal.restart(() => writeFileSync(journal.anchorFile, torn, 'latin1'));
    expect(journal.verify()).toMatchObject({ ok: true, entries: 8 });
  });

  test.each([
    ['missing', () => rmSync(journal.anchorFile), 'is missing'],
    ['empty', () => truncateSync(journal.anchorFile), 'is missing'],
    ['not readable', () => writeFileSync(journal.anchorFile, 'nothing\n'), 'cannot be read'],
    [
      'edited by hand',
      () =>
        writeFileSync(
          journal.anchorFile,
          readFileSync(journal.anchorFile, 'utf8').replaceAll(/"seq":\d/g, '"seq":3'),
        ),
      'cannot be read',
    ],
  ])('%s is a finding that names no entry before its time', (_what, spoil, why) => {
    journal.restart(spoil);
    const verdict = journal.verify();
    expect(verdict).toMatchObject({ ok: false, firstBad: 8, problems: [] });
    expect(verdict.why).toContain(why);
    expect(anchored()).toBe(8);
    journal.file.append(seenEntry(8, 'moved by hand', 'mika', 5));
    journal.file.settle(5);
    expect(journal.verify()).toMatchObject({ ok: true });
  });

  test('missing or replaced while the console runs is found', () => {
    const other = testJournal();
    other.fill(9);
    copyFileSync(other.anchorFile, journal.anchorFile);
    other.close();
    expect(journal.verify()).toMatchObject({ ok: false, firstBad: 8 });
    rmSync(journal.anchorFile);
    expect(journal.verify()).toMatchObject({ ok: false, firstBad: 8 });
  });

  test('of another journal is found at the next start', () => {
    const other = testJournal();
    other.fill(6);
    other.add({ summary: 'another' });
    journal.restart(() => copyFileSync(other.anchorFile, journal.anchorFile));
    other.close();
    expect(journal.verify()).toMatchObject({ ok: false, firstBad: 7 });
  });

  test('is begun for a journal that an older version made', () => {
    journal.restart(() => {
      journal.tamper(
        `DELETE FROM migrations WHERE number > 1; DROP INDEX entries_of_findings;
         DROP TABLE saved_searches; DROP INDEX entries_of_configuration`,
      );
      rmSync(journal.anchorFile);
    });
    expect(journal.verify()).toMatchObject({ ok: true, entries: 8 });
    expect(anchored()).toBe(8);
    // Said, not assumed: somebody could have made it look so.
    const { entries } = journalCalls.list(journal.file, { limit: 1 });
    expect(entries).toMatchObject([{ kind: 'anchored', data: { last: 7 } }]);
  });

  test('is missed in a journal whose version kept one, though a newer version opens it', () => {
    journal.restart(() => {
      journal.tamper(
        `DELETE FROM migrations WHERE number > 2;
         DROP TABLE saved_searches; DROP INDEX entries_of_configuration`,
      );
      rmSync(journal.anchorFile);
    });
    expect(journal.verify().ok).toBe(false);
  });
});
