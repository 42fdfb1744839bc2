/** The journal: appends with full durability beside the bare disk, and the verification of 100,000 entries. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { NewEntry } from '#core/cache/journal/entry.ts';
import { openJournalFile } from '#core/cache/open-file.ts';
import { inTempDir, open } from './kit.ts';
import { median, report, sized, timed } from './report.ts';

const APPENDS = sized(300, 20);
const ENTRIES = sized(100_000, 1_000);
const ROUNDS = sized(5, 1);

/** What a step of an action writes, give or take. */
const entry = (index: number): NewEntry => ({
  at: 1_700_000_000_000 + index,
  kind: 'step',
  actor: 'mika',
  action: `a-${Math.floor(index / 12)}`,
  environment: 'production',
  summary: 'served done: 200 of 200 evaluations answer v41',
  data: {
    step: {
      name: 'served',
      state: 'done',
      startedAt: 1_700_000_000_000 + index,
      endedAt: 1_700_000_000_400 + index,
      text: '200 of 200 evaluations answer v41',
      next: '',
    },
    seen: { probes: 200, counts: { v41: 200 }, note: 'x'.repeat(300) },
  },
});

await inTempDir(async (dir) => {
  const raw = new Database(join(dir, 'raw.db'));
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  raw.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  const insert = raw.prepare('INSERT INTO rows (text) VALUES (?)');
  const text = JSON.stringify(entry(0));
  const cache = await open(dir);
  const file = openSync(join(dir, 'bare'), 'w');
  const figures = { journal: [] as number[], sqlite: [] as number[], file: [] as number[] };
  // In turns, so that whatever else uses the disk meanwhile slows all three.
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await timed(() => {
      for (let i = 0; i < APPENDS; i++) {
        writeSync(file, text);
        fdatasyncSync(file);
      }
    });
    const rows = await timed(() => {
      for (let i = 0; i < APPENDS; i++) insert.run(text);
    });
    const appended = await timed(async () => {
      for (let i = 0; i < APPENDS; i++) await cache.journal('append', { entry: entry(i) });
    });
    figures.file.push((APPENDS / bare) * 1000);
    figures.sqlite.push((APPENDS / rows) * 1000);
    figures.journal.push((APPENDS / appended) * 1000);
  }
  closeSync(file);
  raw.close();
  await cache.close();
  const limit = median(figures.sqlite);
  report({
    name: 'journal appends, each durable',
    value: median(figures.journal),
    unit: '1/s',
    limit,
    ratio: median(figures.journal) / limit,
    of: 'one after the other, each awaited from its thread, with the head outside the database; limit: one row, committed with fsync',
  });
  report({
    name: 'bare appends to a file, each flushed',
    value: median(figures.file),
    unit: '1/s',
  });
});

await inTempDir(async (dir) => {
  const journal = openJournalFile(join(dir, 'journal.db'), 0);
  // Only filled here: durable from the end of it on.
  journal.db.pragma('synchronous = OFF');
  const fill = journal.db.transaction(() => {
    for (let i = 0; i < ENTRIES; i++) journal.append(entry(i));
  });
  fill();
  journal.settle(0);
  journal.db.close();
  const cache = await open(dir);
  const verified: number[] = [];
  const delays: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const walk = timed(async () => {
      const { ok, entries } = await cache.audit('verify', {});
      if (!ok || entries < ENTRIES) throw new Error('the journal does not verify');
    });
    delays.push(await timed(() => cache.journal('append', { entry: entry(round) })));
    verified.push(await walk);
  }
  const exported = await timed(async () => {
    let after: number | null = 0;
    while (after !== null) ({ next: after } = await cache.audit('exportPiece', { after }));
  });
  await cache.close();
  report({
    name: 'journal of 100,000 entries verified',
    value: median(verified),
    unit: 'ms',
    goal: '≤ 1000',
    met: median(verified) <= 1000,
  });
  report({
    name: 'journal append while 100,000 entries are verified',
    value: median(delays),
    unit: 'ms',
  });
  report({ name: 'journal of 100,000 entries exported, in pieces', value: exported, unit: 'ms' });
});
