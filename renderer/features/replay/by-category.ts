/** What a sample amounts to in each of its categories. Pure. */
import type { ReplayCase, ReplayTotals } from '#shared/model/replay.ts';

/** What of totals can be summed up again. */
export type CategoryTotals = Pick<
  ReplayTotals,
  'samples' | 'passed' | 'unfinished' | 'unasked' | 'score'
>;

export interface Category {
  name: string;
  conversations: number;
  /** Of one endpoint, or of what was recorded. */
  totalsOf: (endpoint: string) => CategoryTotals;
}

/** Largest first; none where the cases have no category: only a nightly sample's do. */
export function categoriesOf(cases: readonly ReplayCase[]): Category[] {
  const named = cases.filter(({ category }) => category !== '');
  return [...Map.groupBy(named, ({ category }) => category)]
    .map(([name, own]) => ({
      name,
      conversations: own.length,
      totalsOf: (id: string) =>
        summed(own.flatMap(({ totals }) => totals.filter(({ endpoint }) => endpoint === id))),
    }))
    .toSorted((a, b) => b.conversations - a.conversations || (a.name < b.name ? -1 : 1));
}

function summed(totals: readonly ReplayTotals[]): CategoryTotals {
  const sum = (of: (one: ReplayTotals) => number) => totals.reduce((all, one) => all + of(one), 0);
  const scored = sum((one) => one.scored);
  const unasked: Record<string, number> = {};
  for (const [why, count] of totals.flatMap((one) => Object.entries(one.unasked))) {
    unasked[why] = (unasked[why] ?? 0) + count;
  }
  return {
    samples: sum(({ samples }) => samples),
    passed: sum(({ passed }) => passed),
    unfinished: sum(({ unfinished }) => unfinished),
    unasked,
    score: scored === 0 ? null : sum((one) => (one.score ?? 0) * one.scored) / scored,
  };
}
