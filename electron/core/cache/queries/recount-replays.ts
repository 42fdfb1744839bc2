import type Database from 'better-sqlite3';
import { RECORDED, type ReplayTotals } from '#shared/model/replay.ts';

type Counted = Omit<ReplayTotals, 'unasked'>;

/**
 * Older versions counted an answer that did not come, or broke off, as a wrong one. From the totals alone, for the answers may be
 * pruned: each such answer made its sample wrong, so at most so many of the wrong ones were none. Why is not known any more.
 */
function recounted(totals: Counted): ReplayTotals {
  const { answers, broken, failed, passed, samples, unfinished } = totals;
  // What failed in the recording counts as before.
  if (totals.endpoint === RECORDED) return { ...totals, broken: 0, unasked: {} };
  const none = Math.min(broken, samples - passed);
  return {
    ...totals,
    samples: samples - none,
    unfinished: unfinished + none,
    unasked: {},
    failed: { ...failed, answered: Math.max(0, failed.answered - broken) },
    answers: answers - broken,
  };
}

/** Runs and their cases are stored with what they amount to. */
export function recountReplays(db: Database.Database): void {
  db.function('recounted', (json: string) => {
    const totals: Counted[] = JSON.parse(json);
    return JSON.stringify(totals.map(recounted));
  });
  for (const [table, path] of [
    ['replays', '$.totals'],
    ['replay_cases', '$.case.totals'],
  ] as const) {
    db.exec(
      `UPDATE ${table} SET body = json_set(body, '${path}', json(recounted(body -> '${path}')))`,
    );
  }
}
