import { expect, test } from 'vitest';
import type { ReplayCase } from '#shared/model/replay.ts';
import { categoriesOf } from '../../renderer/features/replay/by-category.ts';

function one(category: string, of: object): ReplayCase {
  const totals = {
    endpoint: 'v41',
    samples: 1,
    passed: 0,
    unfinished: 0,
    unasked: {},
    scored: 0,
    score: null,
  };
  return { category, totals: [{ ...totals, ...of }] } as unknown as ReplayCase;
}

test('a sample is summed up by category, the largest first, scores by how many were scored', () => {
  const found = categoriesOf([
    one('es', { passed: 1, scored: 1, score: 1 }),
    one('en', { passed: 1 }),
    one('es', { passed: 0, scored: 3, score: 0.2 }),
    one('es', { samples: 0, unfinished: 1 }),
  ]);
  expect(found.map(({ name, conversations }) => [name, conversations])).toEqual([
    ['es', 3],
    ['en', 1],
  ]);
  expect(found[0]?.totalsOf('v41')).toEqual({
    samples: 2,
    passed: 1,
    unfinished: 1,
    unasked: {},
    score: expect.closeTo(0.4),
  });
  expect(found[1]?.totalsOf('v41')).toMatchObject({ passed: 1, score: null });
  expect(found[1]?.totalsOf('v42')).toMatchObject({ samples: 0, score: null });
});

test('where nothing has a category there is none to show', () => {
  expect(categoriesOf([one('', {})])).toEqual([]);
});
