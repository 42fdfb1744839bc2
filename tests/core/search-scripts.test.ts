/** Search in writing systems that put no space between words, and with accents. */
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { migrate } from '#core/cache/migrate.ts';
import { cacheMigrations } from '#core/cache/migrations/index.ts';
import { matchExpression } from '#core/cache/queries/match-expression.ts';
import { setApart, setTogether } from '#shared/util/unspaced.ts';
import fc from '../helpers/random.ts';
import { testCache, turn } from './cache-kit.ts';

const T0 = 1_700_000_000_000;
const SAID = {
  zh: '我想申请退款谢谢',
  ja: '返金はどこで確認できますか。iPhoneの件です',
  th: 'ยังไม่พบคำสั่งซื้อของฉัน',
  ko: '환불을 받고 싶어요',
  es: 'Quiero hacer una devolución del pedido',
  ru: 'Где мой возврат',
};

async function found(text: string): Promise<string[]> {
  const cache = await testCache();
  const spans = Object.entries(SAID).flatMap(([language, said], n) =>
    turn({ conversation: language, trace: `t${n}`, at: T0 + n, said, language }),
  );
  await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
  const args = { text, filter: {}, sort: 'newest', limit: 50, offset: 0 } as const;
  const { rows } = await cache.read('searchConversations', args);
  for (const row of rows) {
    // What is shown is what was said.
    expect(SAID[row.id as keyof typeof SAID]).toContain(
      row.snippet?.split('\n')[0]?.replaceAll('…', ''),
    );
  }
  return rows.map(({ id }) => id);
}

describe('words are found', () => {
  test.each([
    ['退款', 'zh'],
    ['退', 'zh'],
    ['申请退款谢谢', 'zh'],
    ['申请 谢谢', 'zh'],
    ['確認', 'ja'],
    ['iPhone', 'ja'],
    ['iphoneの件', 'ja'],
    ['คำสั่งซื้อ', 'th'],
    ['환불', 'ko'],
    ['devolución', 'es'],
    ['devolucion', 'es'],
    ['DEVOLUCIÓN', 'es'],
    ['devol*', 'es'],
    ['возврат', 'ru'],
  ])('%s, wherever it stands in a sentence', async (text, id) => {
    expect(await found(text)).toEqual([id]);
  });

  test.each(['款退', '申请谢谢', 'devolu', 'озврат', '返品'])(
    '%s, which nobody said, is not',
    async (text) => {
      expect(await found(text)).toEqual([]);
    },
  );
});

test('what is set apart comes together again, whatever it is', () => {
  const some = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\x1f'));
  fc.assert(fc.property(some, (text) => setTogether(setApart(text)) === text));
});

test('marks without end are set apart in one walk', () => {
  // A walk back over them at each place would take minutes, and the test with it.
  for (const first of [' ', 'a', 'ก']) {
    const text = `${first}${'\u0301'.repeat(90_000)}中文`;
    expect(setTogether(setApart(text))).toBe(text);
    expect(setApart(text)).toContain('中\x1f文');
  }
});

test('what an older version stored is found too', () => {
  const db = new Database(':memory:');
  migrate(db, 'x.db', cacheMigrations.slice(0, 8));
  const texts = [SAID.zh, SAID.es, SAID.ja];
  const insert = db.prepare(
    `INSERT INTO turns (id, trace_id, combination, started_at, facts, messages, text)
     VALUES (?, ?, 0, 0, '', '', ?)`,
  );
  const index = db.prepare('INSERT INTO turns_fts (rowid, text) VALUES (?, ?)');
  for (const [id, text] of texts.entries()) {
    insert.run(id, `t${id}`, text);
    index.run(id, text);
  }
  migrate(db, 'x.db', cacheMigrations);
  const hits = (text: string) =>
    db
      .prepare('SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?')
      .pluck()
      .all(matchExpression(text));
  expect(hits('退款')).toEqual([0]);
  expect(hits('devolucion')).toEqual([1]);
  expect(hits('確認')).toEqual([2]);
  // Nothing is left in the index of how it was.
  db.exec("INSERT INTO turns_fts (turns_fts) VALUES ('integrity-check')");
  expect(hits(`"${SAID.zh.slice(0, 3)}"*`)).toEqual([0]);
});
