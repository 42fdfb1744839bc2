import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { migrate } from '#core/cache/migrate.ts';
import { cacheMigrations } from '#core/cache/migrations/index.ts';
import { openCache } from '#core/cache/open.ts';
import { openCacheFile, openJournalFile } from '#core/cache/open-file.ts';
import { emptyBlock, setBit } from '#core/cache/queries/key-set.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { silentLog } from '../fixtures/deps.ts';
import { smallDisk } from '../fixtures/small-disk.ts';
import { points, tempDir, testCache, turn, WORKER } from './cache-kit.ts';

const open = (dataDir: string) => openCache({ dataDir, worker: WORKER, log: silentLog });
const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const code = (error: unknown) => (error instanceof NightdeskError ? error.code : error);

describe('migrations', () => {
  const one = { number: 1, name: 'one', sql: 'CREATE TABLE a (x)' };
  const two = { number: 2, name: 'two', sql: 'CREATE TABLE b (x); INSERT INTO b VALUES (1)' };

  test('are applied once each, in their order', () => {
    const db = new Database(':memory:');
    expect(migrate(db, 'x.db', [one])).toBe(1);
    expect(migrate(db, 'x.db', [one, two])).toBe(1);
    expect(migrate(db, 'x.db', [one, two])).toBe(0);
    expect(db.prepare('SELECT count(*) FROM b').pluck().get()).toBe(1);
  });

  test('one that fails leaves nothing of itself', () => {
    const db = new Database(':memory:');
    const broken = { number: 2, name: 'broken', sql: 'CREATE TABLE b (x); SELECT nonsense' };
    expect(() => migrate(db, 'x.db', [one, broken])).toThrow(
      /x\.db cannot be used: step 2 \(broken\)/,
    );
    expect(
      db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('a', 'b')").pluck().all(),
    ).toEqual(['a']);
    expect(migrate(db, 'x.db', [one, two])).toBe(1);
  });

  test('one that reads otherwise than when it was applied is refused', () => {
    const db = new Database(':memory:');
    migrate(db, 'x.db', [one]);
    expect(() => migrate(db, 'x.db', [{ ...one, sql: 'CREATE TABLE a (x, y)' }])).toThrow(
      /step 1 \(one\) is not the one/,
    );
  });

  test('a file of a newer version is refused', () => {
    const db = new Database(':memory:');
    migrate(db, 'x.db', [one, two]);
    expect(() => migrate(db, 'x.db', [one])).toThrow(/newer version/);
  });

  test('kept re-runs no longer count answers that did not come as wrong ones', () => {
    const db = new Database(':memory:');
    migrate(db, 'cache.db', cacheMigrations.slice(0, 9));
    const totals = {
      endpoint: 'v42',
      samples: 5,
      passed: 2,
      unfinished: 0,
      failed: { answered: 2, language: 1 },
      answers: 5,
      broken: 2,
    };
    const body = JSON.stringify({ totals: [totals] });
    db.prepare(
      "INSERT INTO replays (id, environment, started_at, state, body) VALUES ('r', 'e', 1, 'done', ?)",
    ).run(body);
    migrate(db, 'cache.db', cacheMigrations.slice(0, 10));
    const kept: string = db.prepare('SELECT body FROM replays').pluck().get() as string;
    expect(JSON.parse(kept).totals).toEqual([
      {
        ...totals,
        samples: 3,
        unfinished: 2,
        unasked: {},
        failed: { answered: 0, language: 1 },
        answers: 3,
      },
    ]);
  });

  test('a cost that no turn told is no longer one of $0', () => {
    const raw = new Database(':memory:');
    migrate(raw, 'cache.db', cacheMigrations.slice(0, 10));
    const conversation = raw.prepare(
      `INSERT INTO conversations (key, id, service, environment, version, started_at, ended_at, slowest_ms, cost_usd,
         failures, feedback, facets, summary) VALUES (?, ?, 'bot', 'e', '', 1, 1, 1, ?, 0, 0, ?, ?)`,
    );
    const ofTurn = raw.prepare(
      "INSERT INTO turns (id, trace_id, combination, started_at, facts, messages, text) VALUES (?, ?, 1, 1, ?, '[]', '')",
    );
    raw.exec(
      "INSERT INTO facets (id, kind, value) VALUES (1, 'environment', 'e'), (2, 'cost', '0'), (3, 'cost', '9')",
    );
    const bits = raw.prepare('INSERT INTO facet_bits (facet, block, bits) VALUES (?, 0, ?)');
    const set = (...keys: number[]) => {
      const block = emptyBlock();
      for (const key of keys) setBit(block, key, true);
      return block;
    };
    bits.run(1, set(1, 2, 3, 4));
    bits.run(2, set(1, 2));
    bits.run(3, set(3, 4));
    const rows: [key: number, costUsd: number, facets: number[], turns: (number | undefined)[]][] =
      [
        [1, 0, [1, 2], [undefined, undefined]],
        [2, 0, [1, 2], [0]],
        [3, 0.1 + 0.2, [1, 3], [0.1, 0.2]],
        [4, 0.25, [1, 3], [undefined, 0.25]],
      ];
    for (const [key, costUsd, facets, turns] of rows) {
      const summary = { costUsd, inputTokens: 0, outputTokens: 0, title: 'Hi' };
      conversation.run(key, `c-${key}`, costUsd, JSON.stringify(facets), JSON.stringify(summary));
      for (const [n, one] of turns.entries()) {
        ofTurn.run(
          key * 2 ** 20 + n,
          `t${key}-${n}`,
          JSON.stringify({ costUsd: one, inputTokens: 5 }),
        );
      }
    }
    migrate(raw, 'cache.db', cacheMigrations);
    const kept = raw.prepare('SELECT cost_usd, summary, facets FROM conversations ORDER BY key');
    expect(
      kept.all().map((row) => {
        const { cost_usd, summary, facets } = row as Record<string, string>;
        return [cost_usd, JSON.parse(summary ?? ''), facets];
      }),
    ).toEqual([
      [null, { costUsd: null, inputTokens: 0, outputTokens: null, title: 'Hi' }, '[1]'],
      [0, { costUsd: 0, inputTokens: 0, outputTokens: null, title: 'Hi' }, '[1,2]'],
      [0.1 + 0.2, { costUsd: 0.1 + 0.2, inputTokens: 0, outputTokens: null, title: 'Hi' }, '[1,3]'],
      [
        0.25,
        { costUsd: 0.25, costAtLeast: true, inputTokens: 0, outputTokens: null, title: 'Hi' },
        '[1,3]',
      ],
    ]);
    const left = raw.prepare('SELECT bits FROM facet_bits WHERE facet = 2').pluck().get();
    expect(left).toEqual(Buffer.from(set(2)));
  });

  test('turns without an answer are found among those that were stored before', () => {
    const raw = new Database(':memory:');
    migrate(raw, 'cache.db', cacheMigrations.slice(0, 11));
    const said = (role: string, type: string) => ({ role, parts: [{ type, content: 'Hi' }] });
    const asked = said('user', 'text');
    const turns: [facts: object, messages: object[], missing: boolean][] = [
      [{ odd: { toldBefore: 2 } }, [asked], true],
      [{}, [asked, said('assistant', 'text')], false],
      [{}, [asked, said('assistant', 'tool_call')], true],
      [{}, [asked, said('assistant', 'text'), said('tool', 'tool_call_response')], false],
      [{ error: 'timeout' }, [asked], false],
      [{}, [], false],
    ];
    const insert = raw.prepare(
      "INSERT INTO turns (id, trace_id, combination, started_at, facts, messages, text) VALUES (?, ?, 1, 1, ?, ?, '')",
    );
    for (const [id, [facts, messages]] of turns.entries()) {
      insert.run(id, `t${id}`, JSON.stringify(facts), JSON.stringify(messages));
    }
    migrate(raw, 'cache.db', cacheMigrations);
    const kept = raw.prepare<[], string>('SELECT facts FROM turns ORDER BY id').pluck().all();
    expect(kept.map((facts) => JSON.parse(facts).odd?.answerMissing ?? false)).toEqual(
      turns.map(([, , missing]) => missing),
    );
    expect(JSON.parse(kept[0] ?? '').odd.toldBefore).toBe(2);
  });

  test('the numbers of the real ones go up by one', () => {
    expect(cacheMigrations.map((step) => step.number)).toEqual(
      cacheMigrations.map((_, i) => i + 1),
    );
  });
});

describe('a cache.db that cannot be used', () => {
  /** Opened, and what its log says of a file that was set aside: why, and under which name it lies. */
  async function openTold(dataDir: string) {
    let told: { why: string; path: string } | null = null;
    const warn = (found: object) => {
      if ('why' in found && 'path' in found) told = { why: `${found.why}`, path: `${found.path}` };
    };
    const cache = await testCache({ dataDir, log: { ...silentLog, warn } });
    return { cache, told: told ?? { why: '', path: '' } };
  }
  const aside = (dir: string) => readdirSync(dir).filter((name) => name.includes('set-aside'));

  test('because it is damaged is set aside whole, and a new one begun', async () => {
    const dataDir = await tempDir();
    const path = join(dataDir, 'cache.db');
    writeFileSync(path, 'this is no database, but somebody may want it back'.repeat(100));
    const before = hash(path);
    const { cache, told } = await openTold(dataDir);
    expect(told.why).toMatch(/not a database/);
    expect(aside(dataDir)).toHaveLength(1);
    expect(hash(told.path)).toBe(before);
    await cache.write('commitBatch', { source: 'm', batch: { cursor: '1' } });
    expect(await cache.read('readSyncStates', {})).toHaveLength(1);
  });

  test('because a migration changed is set aside, and a new one begun', async () => {
    const dataDir = await tempDir();
    const first = await open(dataDir);
    await first.write('commitBatch', { source: 'm', batch: { cursor: '1' } });
    await first.close();
    const db = new Database(join(dataDir, 'cache.db'));
    db.exec("UPDATE migrations SET hash = 'x' WHERE number = 2");
    db.close();
    const { cache, told } = await openTold(dataDir);
    expect(told.why).toMatch(/step 2 \(conversations\) is not the one/);
    expect(await cache.read('readSyncStates', {})).toEqual([]);
    const old = new Database(told.path, { readonly: true });
    expect(old.prepare('SELECT cursor FROM sync_state').pluck().all()).toEqual(['1']);
    old.close();
  });

  test('because a migration fails on it is set aside; when it fails on a new one too, that is told', async () => {
    const path = join(await tempDir(), 'cache.db');
    openCacheFile(path, 0, null).db.close();
    const broken = [...cacheMigrations, { number: 99, name: 'broken', sql: 'SELECT nonsense' }];
    expect(() => openCacheFile(path, 1, null, broken)).toThrow(/step 99 \(broken\) failed/);
    expect(existsSync(`${path}.set-aside-1970-01-01T00-00-00.001Z`)).toBe(true);
  });

  test('because damage was met while it was in use is set aside at the next start', async () => {
    const dataDir = await tempDir();
    const first = await open(dataDir);
    const spans = Array.from({ length: 400 }, (_, n) =>
      turn({ conversation: `c-${n}`, trace: `t${n}`, said: `word ${n}` }),
    ).flat();
    await first.write('commitBatch', { source: 'otlp', batch: { spans } });
    await first.close();
    const path = join(dataDir, 'cache.db');
    const bytes = readFileSync(path);
    // Behind the roots of the tables, so that the file still opens.
    bytes.fill(0xab, bytes.length / 2);
    writeFileSync(path, bytes);
    const { cache: second, told } = await openTold(dataDir);
    expect(told.why).toBe('');
    const failure = await second
      .read('searchConversations', {
        text: 'word',
        filter: {},
        sort: 'newest',
        limit: 500,
        offset: 0,
      })
      .catch((error: unknown) => error);
    expect(code(failure)).toBe('storage_failed');
    await second.close();
    expect((await openTold(dataDir)).told.why).toMatch(/damaged/);
  });
});

describe('a journal.db that cannot be used', () => {
  test('stops the start with a clear message, and is not touched', async () => {
    const dataDir = await tempDir();
    const path = join(dataDir, 'journal.db');
    writeFileSync(path, 'not a database'.repeat(1000));
    const before = hash(path);
    const failure = await open(dataDir).catch((error: unknown) => error);
    expect(code(failure)).toBe('storage_failed');
    expect(String(failure)).toMatch(
      /journal cannot be opened.*: journal\.db is damaged\. Restore journal\.db from a copy/,
    );
    expect(hash(path)).toBe(before);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('journal'))).toEqual([
      'journal.db',
    ]);
  });
});

test('a journal.db that finds no room stops the start, and only that is said', async (context) => {
  const disk = smallDisk(join(await tempDir(), 'disk'), 4096);
  if (!disk) return context.skip('needs the right to mount');
  try {
    const path = join(disk.dir, 'journal.db');
    openJournalFile(path, 0).db.close();
    disk.fill();
    const failure = () => openJournalFile(path, 1);
    expect(failure).toThrow(expect.objectContaining({ code: 'storage_full' }));
    expect(failure).toThrow(
      /^The journal cannot be opened, so no action could be recorded: No space left for journal\.db\. Nothing that was stored is lost; free some space and start again\.$/,
    );
    disk.free();
    openJournalFile(path, 2).db.close();
  } finally {
    disk.unmount();
  }
});

test('the journal is written through to the disk, the cache is not', async () => {
  const dataDir = await tempDir();
  const cache = await testCache({ dataDir });
  expect((await cache.audit('verify', {})).ok).toBe(true);
  const db = new Database(join(dataDir, 'journal.db'), { readonly: true });
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  db.close();
});

describe('a full disk', () => {
  test('is told as storage_full, loses nothing that was stored, and ends when there is space', async () => {
    const dataDir = await tempDir();
    const small = await open(dataDir);
    await small.write('commitBatch', {
      source: 'm',
      batch: { cursor: 'first', points: [points([[1, 1]])] },
    });
    await small.close();
    const limited = await openCache({
      dataDir,
      worker: WORKER,
      log: silentLog,
      limits: { maxPages: 80 },
    });
    const big = {
      source: 'm',
      batch: {
        cursor: 'second',
        spans: turn({ conversation: 'c', trace: 't', said: 'x'.repeat(2_000_000) }),
      },
    };
    const failure = await limited.write('commitBatch', big).catch((error: unknown) => error);
    expect(code(failure)).toBe('storage_full');
    expect((await limited.read('readSyncStates', {})).map((one) => one.cursor)).toEqual(['first']);
    expect(await limited.read('findConversations', { ids: ['c'], limit: 1 })).toEqual([]);
    // Small things still fit.
    await limited.write('commitBatch', { source: 'm', batch: { points: [points([[2, 2]])] } });
    await limited.close();
    const roomy = await testCache({ dataDir });
    expect(readdirSync(dataDir).filter((name) => name.includes('set-aside'))).toEqual([]);
    await roomy.write('commitBatch', big);
    expect(await roomy.read('findConversations', { ids: ['c'], limit: 1 })).toHaveLength(1);
  });
});

describe('what has nothing to do with the file itself leaves a healthy cache in its place', () => {
  const grow = {
    number: 99,
    name: 'grow',
    sql: 'CREATE TABLE grown AS SELECT randomblob(1000000) AS x',
  };
  /** A cache with something in it, before its next migration. */
  function older(path: string): void {
    const { db } = openCacheFile(path, 0, null);
    db.exec("INSERT INTO sync_state (source, cursor) VALUES ('m', 'kept')");
    db.close();
  }
  function expectKept(path: string): void {
    expect(readdirSync(dirname(path)).filter((name) => name.includes('set-aside'))).toEqual([]);
    const { db } = openCacheFile(path, 2, null, [...cacheMigrations, grow]);
    expect(db.prepare('SELECT cursor FROM sync_state').pluck().all()).toEqual(['kept']);
    db.close();
  }

  test('a migration that finds no room', async () => {
    const path = join(await tempDir(), 'cache.db');
    older(path);
    const most = statSync(path).size / 4096 + 10;
    expect(() => openCacheFile(path, 1, most, [...cacheMigrations, grow])).toThrow(
      expect.objectContaining({
        code: 'storage_full',
        message: expect.stringMatching(/^No space left for cache\.db\. Nothing .* is lost/),
      }),
    );
    expectKept(path);
  });

  test('a disk that is full to its last byte, whatever is written first', async (context) => {
    const disk = smallDisk(join(await tempDir(), 'disk'), 4096);
    if (!disk) return context.skip('needs the right to mount');
    try {
      const path = join(disk.dir, 'cache.db');
      older(path);
      disk.fill();
      expect(() => openCacheFile(path, 1, null, [...cacheMigrations, grow])).toThrow(
        expect.objectContaining({ code: 'storage_full' }),
      );
      disk.free();
      expectKept(path);
    } finally {
      disk.unmount();
    }
  });

  test('another program that writes to it', async () => {
    const path = join(await tempDir(), 'cache.db');
    older(path);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(() => openCacheFile(path, 1, null, [...cacheMigrations, grow])).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^cache\.db is in use by another program\./),
      }),
    );
    other.close();
    expectKept(path);
  });
});

test('a search never waits for the writer', async () => {
  const cache = await testCache();
  const spans = Array.from({ length: 3000 }, (_, n) =>
    turn({ conversation: `c-${n}`, trace: `t${n}`, said: 'word '.repeat(50) }),
  ).flat();
  const order: string[] = [];
  const write = cache
    .write('commitBatch', { source: 'otlp', batch: { spans } })
    .then(() => order.push('write'));
  const read = cache.read('readSyncStates', {}).then(() => order.push('read'));
  await Promise.all([write, read]);
  expect(order).toEqual(['read', 'write']);
});

test('after close, calls say so instead of hanging', async () => {
  const dataDir = await tempDir();
  const cache = await open(dataDir);
  await cache.close();
  await expect(cache.read('cacheSize', {})).rejects.toThrow(/has stopped/);
});
