/**
 * Ranks changes by how well each explains a break. A first, honest ranking: a product of four plain factors, each
 * given as a reason in words, divided by the sum over all changes plus a share for "something not recorded here".
 */
import type { Change, Suspect } from '#shared/model/change.ts';

export interface Break {
  service: string;
  /** When the first signal left its band. */
  onset: number;
  /** Versions with signals out of band, and those that are healthy. */
  badVersions: readonly string[];
  healthyVersions: readonly string[];
}

/** After this long, a change explains a break e times less well. */
const DECAY_MS = 30 * 60_000;
/** Onsets are read off windows: a change may seem to come a little after what it caused. */
const TOLERANCE_MS = 90_000;
/** The weight of a cause that the console cannot see. */
const UNSEEN = 0.06;
const WORTH_SHOWING = 0.01;

export function rankSuspects(changes: readonly Change[], broken: Break): Suspect[] {
  const weighed = changes
    .filter((change) => change.kind !== 'silence' && change.kind !== 'runbook')
    .map((change) => ({ change, ...weigh(change, broken) }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, UNSEEN);
  return weighed
    .map(({ change, weight, reasons }) => ({ change, score: weight / total, reasons }))
    .filter(({ score }) => score >= WORTH_SHOWING)
    .sort((a, b) => b.score - a.score || b.change.at - a.change.at);
}

function weigh(change: Change, broken: Break): { weight: number; reasons: string[] } {
  const factors = [timing(change, broken), place(change, broken), versions(change, broken)];
  return {
    weight: factors.reduce((product, [factor]) => product * factor, 1),
    reasons: factors.map(([, reason]) => reason).filter((reason) => reason !== ''),
  };
}

type Factor = readonly [number, string];

function timing(change: Change, { onset }: Break): Factor {
  const before = onset - change.at;
  if (before < -TOLERANCE_MS) return [0.02, 'after it began'];
  const gap = Math.max(before, 0);
  return [Math.exp(-gap / DECAY_MS), `${minutes(gap)} before onset`];
}

function place(change: Change, { service }: Break): Factor {
  if (change.service === service) return [1, ''];
  return change.service === '' ? [0.2, 'touches no single service'] : [0.03, 'another service'];
}

function versions(change: Change, { badVersions, healthyVersions }: Break): Factor {
  if (change.versions.length === 0) {
    return badVersions.length > 0 && healthyVersions.length > 0
      ? [0.15, 'would touch every version']
      : [0.6, ''];
  }
  const hitsBad = change.versions.some((version) => badVersions.includes(version));
  const hitsHealthy = change.versions.some((version) => healthyVersions.includes(version));
  if (hitsBad && !hitsHealthy) {
    return [1, `only ${badVersions.join(', ')} affected`];
  }
  if (hitsBad) return [0.3, 'healthy versions use it too'];
  return [0.05, 'other versions'];
}

function minutes(ms: number): string {
  if (ms < 60_000) return 'less than 1 min';
  const whole = Math.round(ms / 60_000);
  return whole < 120 ? `${whole} min` : `${Math.round(whole / 60)} h`;
}
