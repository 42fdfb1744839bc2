import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GENESIS, journalCalls, type NewEntry } from '#core/cache/queries/journal.ts';
import { journalMigrations, journalPragmas } from '#core/cache/queries/journal-schema.ts';
import { canonicalJson } from '#shared/util/canonical-json.ts';

let dir: string;
let db: Database.Database;

function open(): Database.Database {
  const opened = new Database(join(dir, 'journal.db'));
  for (const pragma of journalPragmas) opened.pragma(pragma);
  return opened;
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nightdesk-journal-'));
  db = open();
  for (const migration of journalMigrations) db.exec(migration.sql);
});
afterEach(() => {
  db.close();
  rmSync(dir, { recursive: true });
});

function entry(over: Partial<NewEntry> = {}): NewEntry {
  return {
    at: 1_700_000_000_000,
    kind: 'intent',
    actor: 'mika',
    action: 'a-1',
    environment: 'production',
    summary: 'Roll back support-bot v42 → v41',
    data: { b: [1, null, 'x'], a: { z: 1, y: 2 } },
    ...over,
  };
}

function fill(count: number): void {
  for (let i = 0; i < count; i++) {
    journalCalls.append(db, { entry: entry({ at: 1000 + i, action: i % 2 ? 'a-1' : null }) });
  }
}

/** As somebody with the file in hand would: past the triggers. */
function tamper(sql: string): void {
  db.exec('DROP TRIGGER IF EXISTS entries_stay; DROP TRIGGER IF EXISTS entries_remain');
  db.exec(sql);
}

describe('the chain', () => {
  test('each entry carries the hash of the one before', () => {
    const first = journalCalls.append(db, { entry: entry() });
    const second = journalCalls.append(db, { entry: entry({ at: 2 }) });
    expect(first).toMatchObject({ seq: 1, prev: GENESIS });
    expect(second).toMatchObject({ seq: 2, prev: first.hash });
    expect(journalCalls.verify(db, {})).toMatchObject({ ok: true, entries: 2, head: second.hash });
    expect(journalCalls.head(db, {})).toEqual({ seq: 2, hash: second.hash });
  });

  test('an export can be checked by whoever has SHA-256 and sorted keys', () => {
    fill(5);
    const lines = journalCalls.exportLines(db, {}).trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    let prev = GENESIS;
    for (const line of lines) {
      const { hash, ...rest }: Record<string, unknown> = JSON.parse(line);
      expect(rest.prev).toBe(prev);
      expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(hash);
      prev = String(hash);
    }
  });

  test('whatever is written verifies and is read back equal', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue())), (entries) => {
        for (const [summary, data] of entries) {
          const written = journalCalls.append(db, { entry: entry({ summary, data }) });
          const { entries: read } = journalCalls.list(db, { limit: 1 });
          expect(read).toEqual([written]);
        }
        expect(journalCalls.verify(db, {})).toMatchObject({ ok: true });
      }),
      { numRuns: 30 },
    );
  });

  test('it outlives the connection', () => {
    fill(3);
    const head = journalCalls.head(db, {});
    db.close();
    db = open();
    expect(journalCalls.head(db, {})).toEqual(head);
    journalCalls.append(db, { entry: entry() });
    expect(journalCalls.verify(db, { anchor: head })).toMatchObject({ ok: true, entries: 4 });
  });
});

describe('tampering', () => {
  test.each([
    ['an edited summary', "UPDATE entries SET summary = 'nothing happened' WHERE seq = 4", 4],
    ['edited data', "UPDATE entries SET data = '{}' WHERE seq = 2", 2],
    ['a changed time', 'UPDATE entries SET at = at + 1 WHERE seq = 6', 6],
    ['a deleted entry', 'DELETE FROM entries WHERE seq = 3', 4],
    ['a deleted beginning', 'DELETE FROM entries WHERE seq = 1', 2],
    [
      'two entries exchanged',
      'UPDATE entries SET seq = 99 WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 3; UPDATE entries SET seq = 3 WHERE seq = 99',
      2,
    ],
  ])('%s is found, and named', (_what, sql, firstBad) => {
    fill(7);
    tamper(sql);
    const verdict = journalCalls.verify(db, {});
    expect(verdict).toMatchObject({ ok: false, firstBad });
    expect(verdict.why).not.toBe('');
  });

  test('a cut tail shows against a head that was kept elsewhere', () => {
    fill(7);
    const anchor = journalCalls.head(db, {});
    tamper('DELETE FROM entries WHERE seq > 5');
    expect(journalCalls.verify(db, {})).toMatchObject({ ok: true });
    expect(journalCalls.verify(db, { anchor })).toMatchObject({ ok: false, firstBad: 6 });
  });

  test('a chain that was written anew shows against the head', () => {
    fill(3);
    const anchor = journalCalls.head(db, {});
    tamper('DELETE FROM entries');
    for (let i = 0; i < 4; i++) journalCalls.append(db, { entry: entry({ summary: 'forged' }) });
    expect(journalCalls.verify(db, { anchor })).toMatchObject({ ok: false, firstBad: 3 });
  });

  test('the program itself cannot change or delete an entry', () => {
    fill(2);
    expect(() => db.exec("UPDATE entries SET summary = ''")).toThrow(/never changed/);
    expect(() => db.exec('DELETE FROM entries')).toThrow(/never deleted/);
  });
});

describe('reading', () => {
  test('newest first, by pages and by action', () => {
    fill(10);
    const page = journalCalls.list(db, { before: 8, limit: 3 });
    expect(page.entries.map((found) => found.seq)).toEqual([7, 6, 5]);
    expect(page.total).toBe(10);
    const ofAction = journalCalls.list(db, { action: 'a-1', limit: 100 });
    expect(ofAction.entries.map((found) => found.seq)).toEqual([10, 8, 6, 4, 2]);
  });

  test('by action it uses the index', () => {
    const plan = db
      .prepare<[], { detail: string }>(
        "EXPLAIN QUERY PLAN SELECT * FROM entries WHERE action = 'a' AND seq < 9 ORDER BY seq DESC LIMIT 5",
      )
      .all();
    expect(plan.map((row) => row.detail).join()).toContain('entries_by_action');
  });
});
