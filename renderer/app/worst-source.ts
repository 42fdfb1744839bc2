import type { Freshness } from '#shared/model/basics.ts';

const RANK: Record<Freshness['state'], number> = {
  ok: 0,
  syncing: 0,
  never: 1,
  stale: 2,
  error: 3,
};

/**
 * The state that most needs a look, how many sources are behind, and the oldest answer of the
 * well ones (but for runbooks, which are read again only when their files change).
 */
export function worstOf(freshness: readonly Freshness[]): {
  worst: Freshness['state'];
  off: number;
  oldestAt: number | null;
} {
  let worst: Freshness['state'] = 'ok';
  let off = 0;
  let oldestAt: number | null = null;
  for (const { state, lastSuccessAt, kind } of freshness) {
    if (RANK[state] > 0) off += 1;
    else if (lastSuccessAt !== null && kind !== 'runbook-folder')
      oldestAt = Math.min(oldestAt ?? lastSuccessAt, lastSuccessAt);
    if (RANK[state] > RANK[worst]) worst = state;
  }
  return { worst, off, oldestAt };
}
