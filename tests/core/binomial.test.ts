import { expect, it } from 'vitest';
import { canBe, enoughToTell, hasMoved } from '#core/analysis/binomial.ts';
import fc from '../helpers/random.ts';

/** The same probability, multiplied out. */
function atMost(count: number, n: number, share: number): number {
  let term = (1 - share) ** n;
  let sum = term;
  for (let hits = 1; hits <= count; hits++) {
    term *= ((n - hits + 1) / hits) * (share / (1 - share));
    sum += term;
  }
  return sum;
}

it('says that a share has moved exactly where chance is rarer than one in a thousand', () => {
  const count = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(
      count,
      fc.nat(200),
      fc.double({ min: 0.02, max: 0.95, noNaN: true }),
      (n, k, was) => {
        const seen = Math.min(k, n);
        const probability = atMost(seen, n, was);
        fc.pre(Math.abs(probability - 0.001) > 1e-9);
        expect(hasMoved(seen, n, was, 0)).toBe(probability < 0.001);
        // Counted from the other side it is the same question.
        expect(hasMoved(n - seen, n, 1 - was, 1)).toBe(probability < 0.001);
      },
    ),
  );
});

it('needs no chance where nothing, or everything, was so before', () => {
  expect(hasMoved(1, 5_000, 0, 0.01)).toBe(true);
  expect(hasMoved(0, 5_000, 0, 0.01)).toBe(false);
  expect(hasMoved(4_999, 5_000, 1, 0.99)).toBe(true);
  expect(hasMoved(5_000, 5_000, 1, 0.99)).toBe(false);
  expect(hasMoved(0, 0, 0.5, 0)).toBe(false);
});

it('goes by the normal approximation where there are many', () => {
  // 3.09 standard deviations below the mean is one in a thousand.
  const [n, was] = [1_000_000, 0.5];
  expect(hasMoved(Math.floor(n * was - 3.2 * 500), n, was, 0.4)).toBe(true);
  expect(hasMoved(Math.ceil(n * was - 3.0 * 500), n, was, 0.4)).toBe(false);
});

it('says what can be chance, on both sides', () => {
  expect([0, 10, 50, 90, 100].map((count) => canBe(count, 200, 0.25))).toEqual([
    false,
    false,
    true,
    false,
    false,
  ]);
  expect(canBe(0, 20, 0.25)).toBe(true);
  expect(canBe(0, 0, 0.25)).toBe(true);
});

it('asks for as many as tell two shares apart, and for no more than it may', () => {
  expect(enoughToTell(0.25, 0, 20_000)).toBe(180);
  expect(enoughToTell(0.01, 0, 20_000)).toBe(5_941);
  expect(enoughToTell(0.01, 0.011, 20_000)).toBe(20_000);
  expect(enoughToTell(0.5, 0.5, 20_000)).toBe(0);
});
