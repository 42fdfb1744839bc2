/** What a run shows, in one sentence for the person who decides. Pure. */
import type { Replay, ReplayCase, ReplayTotals } from '#shared/model/replay.ts';
import { uncountedWords, wasAsked } from '#shared/util/replay-counts.ts';

/**
 * "v41 answers this correctly in 5 of 5, v42 in 0 of 5"; null before there is anything to say. Only what is answered to its end
 * counts, who could not be asked is named, and who was never asked is not spoken of.
 */
export function findingOf(
  replay: Pick<Replay, 'kind' | 'endpoints' | 'samples' | 'totals'>,
  cases: readonly ReplayCase[],
): string | null {
  const told = replay.endpoints.flatMap((endpoint) => {
    const totals = replay.totals.find((one) => one.endpoint === endpoint.id);
    return totals && wasAsked(totals) ? [{ name: endpoint.version ?? endpoint.id, totals }] : [];
  });
  const [best, ...rest] = told.toSorted((a, b) => share(b.totals) - share(a.totals));
  if (!best) return null;
  if (best.totals.samples === 0) {
    return told.every(({ totals }) => Object.keys(totals.unasked).length === 0)
      ? 'No sample is answered to its end: there is nothing to count'
      : told.map(({ name, totals }) => `${name} ${uncountedWords(totals)}`).join(', ');
  }
  const many = cases.length > 1;
  const others = rest.map(({ name, totals }) =>
    totals.samples === 0
      ? `, ${name} ${uncountedWords(totals)}`
      : `, ${name} ${many ? '' : 'in '}${counts(totals)}${uncounted(totals)}`,
  );
  const what = many
    ? `${counts(best.totals)} ${conversations(replay, cases)}`
    : whole(replay, cases);
  const how = many ? 'correctly' : `correctly in ${counts(best.totals)}`;
  return `${best.name} answers ${what} ${how}${uncounted(best.totals)}${others.join('')}`;
}

/** What one case is; a long one is answered in part. */
function whole({ kind }: Pick<Replay, 'kind'>, cases: readonly ReplayCase[]): string {
  if (kind !== 'conversation') return 'this';
  const [one] = cases;
  if (!one) return 'this conversation';
  return isCut(one)
    ? `the first ${one.turns.length} turns of this conversation`
    : 'this whole conversation';
}

function conversations({ samples }: Pick<Replay, 'samples'>, cases: readonly ReplayCase[]): string {
  const cut = cases.find(isCut);
  const part = cut ? ` (their first ${cut.turns.length} turns)` : '';
  return samples > 1
    ? `samples of ${cases.length} recorded conversations${part}`
    : `recorded conversations${part}`;
}

function isCut({ remarks }: ReplayCase): boolean {
  return remarks.some(({ code }) => code === 'long');
}

function counts({ passed, samples }: ReplayTotals): string {
  return `${passed} of ${samples}`;
}

function uncounted(totals: ReplayTotals): string {
  const words = uncountedWords(totals);
  return words === '' ? '' : ` (${words})`;
}

/** Without anything that counts it comes last. */
function share({ passed, samples }: ReplayTotals): number {
  return samples === 0 ? -1 : passed / samples;
}
