/** What a run shows, in one sentence for the person who decides. Pure. */
import type { Replay, ReplayCase, ReplayTotals } from '#shared/model/replay.ts';

/** "v41 answers this correctly in 5 of 5, v42 in 0 of 5"; null before there is anything to say. */
export function findingOf(
  replay: Pick<Replay, 'kind' | 'endpoints' | 'samples' | 'totals'>,
  cases: readonly ReplayCase[],
): string | null {
  const told = replay.endpoints.flatMap((endpoint) => {
    const totals = replay.totals.find((one) => one.endpoint === endpoint.id);
    return totals && totals.samples > 0 ? [{ name: endpoint.version ?? endpoint.id, totals }] : [];
  });
  const [best, ...rest] = told.toSorted((a, b) => share(b.totals) - share(a.totals));
  if (!best) return null;
  const counts = ({ passed, samples }: ReplayTotals) => `${passed} of ${samples}`;
  const many = cases.length > 1;
  const others = rest
    .map(({ name, totals }) => `, ${name} ${many ? '' : 'in '}${counts(totals)}`)
    .join('');
  if (!many) {
    const what = replay.kind === 'conversation' ? 'this whole conversation' : 'this';
    return `${best.name} answers ${what} correctly in ${counts(best.totals)}${others}`;
  }
  const of =
    replay.samples > 1
      ? `samples of ${cases.length} recorded conversations`
      : 'recorded conversations';
  return `${best.name} answers ${counts(best.totals)} ${of} correctly${others}`;
}

function share({ passed, samples }: ReplayTotals): number {
  return samples === 0 ? 0 : passed / samples;
}
