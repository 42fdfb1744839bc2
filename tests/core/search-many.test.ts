/** Turn ids leave 32 bits as soon as a conversation's key is large: searching must not notice. */
import { expect, it } from 'vitest';
import { testCache, turn } from './cache-kit.ts';

const search = { filter: {}, sort: 'newest', limit: 50, offset: 0 } as const;

it('every hit shows the words of its own conversation, and all hits are walked', async () => {
  const cache = await testCache();
  // More than one chunk of hits, so that the walk has to go on behind its last one.
  const count = 3000;
  const spans = Array.from({ length: count }, (_, at) =>
    turn({
      conversation: `c-${at}`,
      trace: `t${at}`,
      at: 1_700_000_000_000 + at * 1000,
      said: `Where is my refund number ${at}`,
    }),
  ).flat();
  await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
  const { rows } = await cache.read('searchConversations', { ...search, text: 'refund' });
  expect(rows).toHaveLength(50);
  for (const row of rows) expect(row.snippet).toContain(`number ${row.id.slice(2)}`);
  const last = await cache.read('searchConversations', {
    ...search,
    text: 'refund',
    offset: count - 1,
    limit: 10,
  });
  expect(last.rows.map((row) => row.id)).toEqual(['c-0']);
  expect(last.total).toBe(count);
});
