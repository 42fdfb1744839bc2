import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GENESIS } from '#core/cache/journal/entry.ts';
import { journalCalls } from '#core/cache/queries/journal.ts';
import { createJournalKeeper } from '#core/operations/journal-keeper.ts';
import { realClock, silentLog } from '../fixtures/deps.ts';
import { runningCore } from '../fixtures/running-core.ts';
import fc, { runs } from '../helpers/random.ts';
import { tempDir, testCache } from './cache-kit.ts';
import { entry, type TestJournal, testJournal } from './journal-kit.ts';

let journal: TestJournal;
beforeEach(() => {
  journal = testJournal();
});
afterEach(() => journal.close());

describe('the chain', () => {
  test('each entry carries the hash of the one before', () => {
    const first = journalCalls.append(journal.file, { entry: entry() });
    const second = journalCalls.append(journal.file, { entry: entry({ at: 2 }) });
    journal.file.settle(3);
    expect(first).toMatchObject({ seq: 1, prev: GENESIS });
    expect(second).toMatchObject({ seq: 2, prev: first.hash });
    expect(journal.verify()).toMatchObject({
      ok: true,
      entries: 2,
      head: { seq: 2, hash: second.hash },
      anchor: { seq: 2, hash: second.hash, at: 3 },
    });
  });

  test('whatever is written verifies and is read back equal', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue())), (entries) => {
        for (const [summary, data] of entries) {
          const written = journal.file.append(entry({ summary, data }));
          const { entries: read } = journalCalls.list(journal.file, { limit: 1 });
          expect(read).toEqual([written]);
        }
        journal.file.settle(1);
        expect(journal.verify()).toMatchObject({ ok: true });
      }),
      runs(30),
    );
  });

  test('it outlives the connection', () => {
    journal.fill(3);
    const { head } = journal.file;
    journal.restart();
    expect(journal.file.head).toEqual(head);
    journal.add();
    expect(journal.verify()).toMatchObject({ ok: true, entries: 4 });
  });

  test('the program itself cannot change or delete an entry', () => {
    journal.fill(2);
    const { db } = journal.file;
    expect(() => db.exec("UPDATE entries SET summary = ''")).toThrow(/never changed/);
    expect(() => db.exec('DELETE FROM entries')).toThrow(/never deleted/);
  });
});

describe('reading', () => {
  test('newest first, by pages and by action', () => {
    journal.fill(10);
    const page = journalCalls.list(journal.file, { before: 8, limit: 3 });
    expect(page.entries.map((found) => found.seq)).toEqual([7, 6, 5]);
    expect(page.total).toBe(10);
    const ofAction = journalCalls.list(journal.file, { action: 'a-1', limit: 100 });
    expect(ofAction.entries.map((found) => found.seq)).toEqual([10, 8, 6, 4, 2]);
  });

  test('by action it uses the index', () => {
    const plan = journal.file.db
      .prepare<[], { detail: string }>(
        "EXPLAIN QUERY PLAN SELECT * FROM entries WHERE action = 'a' AND seq < 9 ORDER BY seq DESC LIMIT 5",
      )
      .all();
    expect(plan.map((row) => row.detail).join()).toContain('entries_by_action');
  });

  test('an entry whose data somebody broke is shown, and does not hide the others', () => {
    journal.fill(3);
    journal.tamper("UPDATE entries SET data = '{broken' WHERE seq = 2");
    const { entries } = journalCalls.list(journal.file, { limit: 10 });
    expect(entries.map((one) => one.seq)).toEqual([3, 2, 1]);
    expect(entries[1]?.data).toBe('{broken');
  });
});

test('entries are written while the whole journal is verified and exported', async () => {
  const cache = await testCache();
  const add = (at: number) => cache.journal('append', { entry: entry({ at }) });
  for (let i = 0; i < 2000; i++) await add(i);
  const verified = cache.audit('verify', {});
  const written: number[] = [];
  for (let i = 0; i < 50; i++) written.push((await add(i)).seq);
  expect(written.at(-1)).toBe(2050);
  // As it was at some moment of these writes, and whole.
  const result = await verified;
  expect(result).toMatchObject({ ok: true, firstBad: null });
  expect(result.entries).toBeGreaterThanOrEqual(2000);
});

test('an export comes in pieces that join without a seam, and ends where it began to', async () => {
  const cache = await testCache();
  const data = 'x'.repeat(400_000);
  for (let i = 0; i < 6; i++) await cache.journal('append', { entry: entry({ at: i, data }) });
  const pieces: string[] = [];
  let after: number | null = 0;
  let upTo: number | undefined;
  while (after !== null) {
    const piece: { text: string; next: number | null; upTo: number } = await cache.audit(
      'exportPiece',
      { after, upTo },
    );
    pieces.push(piece.text);
    ({ next: after, upTo } = piece);
    await cache.journal('append', { entry: entry() });
  }
  expect(pieces.length).toBeGreaterThan(1);
  const lines = pieces.join('').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('what was cut off while the console was not running is told at the next start', async () => {
  const dataDir = await tempDir();
  const before = await testCache({ dataDir });
  for (let i = 0; i < 5; i++) await before.journal('append', { entry: entry({ at: i }) });
  await before.close();
  const other = new Database(join(dataDir, 'journal.db'));
  other.exec('DROP TRIGGER entries_remain; DELETE FROM entries');
  other.close();
  const after = await testCache({ dataDir });
  expect(await after.journal('findings', {})).toMatchObject([
    { seq: 6, problems: [{ seq: 1, why: 'Entries 1 to 5 are missing.' }], seen: null },
  ]);
  expect(await after.audit('verify', {})).toMatchObject({ ok: false, firstBad: 1 });
});

describe('the keeper', () => {
  test('tells of what it found once, in the journal, until a person has seen it', async () => {
    const dataDir = await tempDir();
    const cache = await testCache({ dataDir });
    for (let i = 0; i < 5; i++) await cache.journal('append', { entry: entry({ at: i }) });
    const keeper = createJournalKeeper({
      cache,
      clock: realClock,
      log: silentLog,
      publish: () => undefined,
    });
    expect(await keeper.state()).toEqual({ verified: null, entries: 5, unseen: [] });
    expect(await keeper.verify()).toMatchObject({ ok: true, firstBad: null });

    const other = new Database(join(dataDir, 'journal.db'));
    other.exec("DROP TRIGGER entries_stay; UPDATE entries SET actor = 'kim' WHERE seq = 3");
    other.close();
    for (let i = 0; i < 2; i++) {
      expect(await keeper.verify()).toMatchObject({ ok: false, firstBad: 3 });
    }
    const { unseen, verified } = await keeper.state();
    expect(unseen).toMatchObject([{ seq: 6, problems: [{ seq: 3 }] }]);
    expect(verified).toMatchObject({ ok: false, findings: [{ seq: 6 }] });
    const { entries } = await cache.journal('list', { limit: 1 });
    expect(entries).toMatchObject([{ kind: 'tampering', actor: 'nightdesk' }]);

    expect(await keeper.acknowledge(6, 'a test', 'mika')).toEqual([]);
    expect((await keeper.state()).unseen).toEqual([]);
    expect(await keeper.verify()).toMatchObject({
      ok: false,
      firstBad: 3,
      findings: [{ seen: { by: 'mika', words: 'a test' } }],
    });
    await expect(keeper.acknowledge(6, 'again', 'mika')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

test('whoever has seen a finding stands in the journal as in every other entry', async () => {
  const dataDir = await tempDir();
  const cache = await testCache({ dataDir });
  for (let i = 0; i < 3; i++) await cache.journal('append', { entry: entry() });
  await cache.close();
  const other = new Database(join(dataDir, 'journal.db'));
  other.exec("DROP TRIGGER entries_stay; UPDATE entries SET actor = 'kim' WHERE seq = 2");
  other.close();
  const { core, viewer, close } = await runningCore(dataDir);
  try {
    const { findings } = await viewer('journal.verify', {});
    const input = { finding: findings[0]?.seq, words: 'a test' };
    await core.call('journal.acknowledge', input, { name: 'noor', role: 'admin' });
    const { entries } = await viewer('journal.list', { limit: 1 });
    expect(entries).toMatchObject([{ kind: 'tampering_seen', actor: 'noor (local)' }]);
  } finally {
    await close();
  }
});
