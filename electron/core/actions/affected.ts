/** Who feels a plan: how many users get another answer than before, and what is theirs of everything else. Pure. */
import type { Affected } from '#shared/model/action.ts';
import type { FlagChange } from '#shared/model/planned-change.ts';
import type { ServiceFacts } from './facts.ts';
import { type Movement, usersMoved } from './plan.ts';

/** How many users move, and which part they are of those that the figures are known of. */
export interface Reach {
  /** Versions that lose; empty: the figures are those of the whole service. */
  from: readonly string[];
  /** A kill switch is among the changes: it is about everybody, whatever else goes with it. */
  everybody: boolean;
  /** Share of all users that move, 0–1; null = unknown. */
  rollout: number | null;
  /** Those, of the users that `from` had, 0–1. */
  part: number;
}

/** `moves` is what the changes do to the flag that chooses the version; null when they leave it alone. */
export function reachOf(
  moves: Movement | null,
  flags: readonly FlagChange[],
  everybody: boolean,
): Reach {
  if (moves === null || everybody) {
    const moved = Math.max(0, ...flags.map(({ before, after }) => usersMoved(before, after)));
    const rollout = flags.length === 0 ? null : moved;
    return { from: [], everybody, rollout, part: rollout ?? 1 };
  }
  const { from, rollout, had } = moves;
  if (from.length > 0) return { from, everybody, rollout, part: rollout / had };
  // Nobody gets another version, but something else of the flag may change: for whom is not known.
  const same = flags.every(({ noop }) => noop);
  return { from, everybody, rollout: same ? 0 : null, part: same ? 0 : 1 };
}

/** `conversations`: of the last hour, on the versions that lose, or on all; null = not known, or of no service. */
export function affectedBy(
  { from, everybody, rollout, part }: Reach,
  standing: ServiceFacts | null,
  conversations: number | null,
): Affected {
  const share = everybody ? 1 : trafficShare(standing, from);
  const rate = requestRate(standing, from);
  return {
    rollout,
    trafficShare: share === null ? null : share * part,
    conversationsLastHour: conversations === null ? null : Math.round(conversations * part),
    requestsPerSecond: rate === null ? null : rate * part,
    estimated: part > 0 && part < 1 - 1e-9,
  };
}

function trafficShare(standing: ServiceFacts | null, from: readonly string[]): number | null {
  if (standing === null || from.length === 0) return null;
  const shares = standing.versions
    .filter(({ version }) => from.includes(version))
    .map((one) => one.trafficShare);
  if (shares.length === 0 || shares.includes(null)) return null;
  return shares.reduce((sum: number, share) => sum + (share ?? 0), 0);
}

function requestRate(standing: ServiceFacts | null, from: readonly string[]): number | null {
  if (standing === null) return null;
  if (from.length === 0) return standing.whole.requestsPerSecond;
  const rates = standing.versions
    .filter(({ version }) => from.includes(version))
    .map((one) => one.requestsPerSecond);
  return rates.every((rate) => rate === null)
    ? null
    : rates.reduce((sum: number, rate) => sum + (rate ?? 0), 0);
}
