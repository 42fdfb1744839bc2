import { expect, test } from 'vitest';
import { holesIn, timeTicks, toRows, valueTicks } from '../../renderer/ui/chart/series.ts';

const line = (id: string, points: [number, number][]) => ({
  id,
  label: id,
  tone: 'neutral' as const,
  ts: points.map(([at]) => at),
  value: points.map(([, value]) => value),
});
const even = (id: string, from: number, count: number, step = 10) =>
  line(
    id,
    Array.from({ length: count }, (_, i) => [from + i * step, i]),
  );

test('series with other moments share rows, and single missing points are joined over', () => {
  const rows = toRows([even('a', 0, 5), even('b', 5, 5)]);
  expect(rows.map((row) => row.at)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
  expect(rows[1]).toMatchObject({ at: 5, a: 0.5, b: 0 });
});

test('a real hole stays a hole', () => {
  const rows = toRows([
    line('a', [
      [0, 1],
      [10, 1],
      [20, 1],
      [200, 2],
      [210, 2],
    ]),
  ]);
  expect(rows.some((row) => row.a === null && row.at > 20 && row.at < 200)).toBe(true);
});

test('a value that is not finite is no point', () => {
  expect(
    toRows([
      line('a', [
        [0, Number.NaN],
        [10, 1],
        [20, Number.POSITIVE_INFINITY],
      ]),
    ]),
  ).toEqual([{ at: 10, a: 1 }]);
});

test('history that is coarser than what is scraped live is no row of holes', () => {
  expect([...holesIn([0, 60, 120, 180, 182, 184, 186], 4)]).toEqual([]);
  expect([...holesIn([0, 60, 120, 300, 302, 304], 4)]).toEqual([]);
  expect([...holesIn([0, 2, 4, 200, 202, 204], 4)]).toEqual([3]);
  expect([...holesIn([0, 500], 4)]).toEqual([]);
});

test('ticks are round and cover the values', () => {
  expect(valueTicks(0.9, 5.8)).toEqual([0, 2, 4, 6]);
  expect(valueTicks(0, 0).at(-1)).toBe(1);
  expect(valueTicks(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY).at(-1)).toBe(1);
  const from = new Date(2026, 0, 1, 2, 7).getTime();
  const ticks = timeTicks(from, from + 3_600_000, 6);
  expect(ticks.length).toBeGreaterThan(2);
  for (const tick of ticks) expect(new Date(tick).getMinutes() % 5).toBe(0);
});
