/** What a flag intends: the share of users per model version. Pure. */
import type { ServiceConfig } from '#shared/model/config.ts';
import type { FlagState, Strategy } from '#shared/model/flag.ts';

type ModelFlag = NonNullable<ServiceConfig['modelFlag']>;

/** 0–1. Strategies without a percentage reach everybody. */
export function rolloutShare(strategy: Strategy): number {
  if (strategy.disabled) return 0;
  const rollout = Number(strategy.parameters.rollout ?? '100');
  return Number.isFinite(rollout) ? Math.min(Math.max(rollout, 0), 100) / 100 : 0;
}

/** 0–1: the largest share that one of the strategies reaches; 0 when the flag is off. */
export function flagRollout(state: FlagState): number {
  if (!state.enabled) return 0;
  if (state.strategies.length === 0) return 1;
  return Math.max(...state.strategies.map(rolloutShare));
}

/** Versions that the flag can give anybody. */
export function versionsOffered(modelFlag: ModelFlag, state: FlagState): Set<string> {
  if (modelFlag.by === 'rollout') {
    return new Set([modelFlag.stable, ...(modelFlag.candidate ? [modelFlag.candidate] : [])]);
  }
  const all = [...state.strategies.flatMap(({ variants }) => variants), ...state.variants];
  return new Set(all.map(({ name }) => name));
}

/**
 * Version → share of users. Strategies are taken as asked one after the other, each reaching its share of those
 * that the ones before left over; who none reaches gets the stable version. Constraints and segments cannot be
 * weighed without knowing the users, so with them the shares are what holds within the constrained audience.
 */
export function rolloutByVersion(modelFlag: ModelFlag, state: FlagState): Map<string, number> {
  const shares = new Map<string, number>();
  const add = (version: string, share: number) =>
    shares.set(version, (shares.get(version) ?? 0) + share);
  let left = 1;
  for (const strategy of state.enabled ? state.strategies : []) {
    const reached = left * rolloutShare(strategy);
    if (reached <= 0) continue;
    left -= reached;
    if (modelFlag.by === 'rollout') {
      add(modelFlag.candidate ?? modelFlag.stable, reached);
      continue;
    }
    const variants = strategy.variants.length > 0 ? strategy.variants : state.variants;
    const weights = variants.reduce((sum, variant) => sum + variant.weight, 0);
    if (weights <= 0) add(modelFlag.stable, reached);
    for (const variant of weights > 0 ? variants : []) {
      add(variant.name, (reached * variant.weight) / weights);
    }
  }
  add(modelFlag.stable, left);
  return shares;
}
