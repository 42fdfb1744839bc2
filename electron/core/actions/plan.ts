/** What an action would change: from the state a flag has to the state it should have. Pure. */
import {
  flagRollout,
  rolloutByVersion,
  rolloutShare,
  versionsOffered,
} from '#core/analysis/rollout.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';

export type ModelFlag = NonNullable<ServiceConfig['modelFlag']>;

export interface Target {
  after: FlagState;
  /** Why the wished state cannot be reached with this flag; null when it can. */
  impossible: string | null;
}

/** The state in which everybody gets version `to`. */
export function rollbackState(modelFlag: ModelFlag, before: FlagState, to: string): Target {
  return modelFlag.by === 'rollout'
    ? byRollout(modelFlag, before, to)
    : byVariants(modelFlag, before, to);
}

function byVariants(modelFlag: ModelFlag, before: FlagState, to: string): Target {
  const offered = versionsOffered(modelFlag, before);
  if (!before.enabled && to === modelFlag.stable) return { after: before, impossible: null };
  if (!offered.has(to)) {
    const has = offered.size === 0 ? 'no variants' : `only ${[...offered].join(', ')}`;
    return {
      after: before,
      impossible: `The flag ${modelFlag.flag} has ${has}; none of them is ${to}.`,
    };
  }
  const missing = before.strategies.find(
    ({ variants }) => variants.length > 0 && !variants.some((variant) => variant.name === to),
  );
  if (missing !== undefined) {
    return {
      after: before,
      impossible: `The strategy ${missing.title || missing.name} does not offer ${to}.`,
    };
  }
  return {
    after: {
      enabled: before.enabled,
      strategies: before.strategies.map((strategy) => ({
        ...strategy,
        variants: allTo(strategy.variants, to),
      })),
      variants: allTo(before.variants, to),
    },
    impossible: before.enabled ? null : `The flag ${modelFlag.flag} is off: nobody gets ${to}.`,
  };
}

/**
 * The whole weight to one variant. Names, order, payloads and stickiness stay. Where the gaining variant is one
 * whose weight the flag service computes ("variable": what the fixed ones leave, in equal parts), the others must
 * be fixed at 0, or the service would share the weight out among them again.
 */
export function allTo(variants: readonly Variant[], to: string): Variant[] {
  const target = variants.find((variant) => variant.name === to);
  const computed = target !== undefined && target.weightType !== 'fix';
  return variants.map((variant) => {
    if (variant.name === to) return { ...variant, weight: 1000 };
    const pinned = computed && variant.weightType !== 'fix' ? { weightType: 'fix' } : {};
    return { ...variant, weight: 0, ...pinned };
  });
}

/** The candidate's share to 0; there is no third version. */
function byRollout(modelFlag: ModelFlag, before: FlagState, to: string): Target {
  const { stable, candidate, flag } = modelFlag;
  if (to !== stable) {
    return {
      after: before,
      impossible: `The flag ${flag} chooses between ${stable} and ${candidate ?? 'nothing else'}; it cannot send anybody to ${to}.`,
    };
  }
  const after = { ...before, strategies: before.strategies.map(reachNobody) };
  return { after, impossible: null };
}

/** A strategy without a percentage (a list of users, say) can only be paused. */
function reachNobody(strategy: Strategy): Strategy {
  return strategy.parameters.rollout === undefined
    ? { ...strategy, disabled: true }
    : { ...strategy, parameters: { ...strategy.parameters, rollout: '0' } };
}

/** The AI path on or off. A flag without a strategy is given one that reaches everybody, which flag services do by themselves. */
export function killSwitchState(before: FlagState, on: boolean, flag: string): FlagState {
  if (!on || before.strategies.length > 0) return { ...before, enabled: on };
  return {
    ...before,
    enabled: true,
    strategies: [
      {
        id: '',
        name: 'flexibleRollout',
        title: null,
        disabled: false,
        sortOrder: 0,
        parameters: { rollout: '100', stickiness: 'default', groupId: flag },
        constraints: [],
        segments: [],
        variants: [],
      },
    ],
  };
}

export interface Movement {
  /** Versions that lose share, most first, and the one that gains most. */
  from: string[];
  to: string | null;
  /** Shares of all users, 0–1: those that change the version, and those that the losing versions had. */
  rollout: number;
  had: number;
}

/** Who wins and who loses users between two states of a flag that chooses the model version. */
export function movement(modelFlag: ModelFlag, before: FlagState, after: FlagState): Movement {
  const [then, now] = [rolloutByVersion(modelFlag, before), rolloutByVersion(modelFlag, after)];
  const changes = [...new Set([...then.keys(), ...now.keys()])]
    .map((version) => ({
      version,
      had: then.get(version) ?? 0,
      change: (now.get(version) ?? 0) - (then.get(version) ?? 0),
    }))
    .filter(({ change }) => Math.abs(change) > 1e-9)
    .sort((a, b) => a.change - b.change);
  const losing = changes.filter(({ change }) => change < 0);
  const gaining = changes.at(-1);
  return {
    from: losing.map(({ version }) => version),
    to: gaining !== undefined && gaining.change > 0 ? gaining.version : null,
    rollout: losing.reduce((sum, { change }) => sum - change, 0),
    had: losing.reduce((sum, { had }) => sum + had, 0),
  };
}

/**
 * The share of all users to whom a flag answers something else afterwards, 0–1, whatever it decides. Where more
 * changes than who gets what (constraints, payloads), it may be all that it reaches.
 */
export function usersMoved(before: FlagState, after: FlagState): number {
  const [then, now] = [answers(before), answers(after)];
  const moved = [...then].reduce(
    (sum, [answer, share]) => sum + Math.max(0, share - (now.get(answer) ?? 0)),
    0,
  );
  if (sameFlagState(withoutShares(before), withoutShares(after))) return moved;
  return Math.max(moved, flagRollout(before), flagRollout(after));
}

/** Answer → share of users; strategies share out as in `rolloutByVersion`. */
function answers(state: FlagState): Map<string, number> {
  const shares = new Map<string, number>();
  const add = (answer: string, share: number) =>
    shares.set(answer, (shares.get(answer) ?? 0) + share);
  let left = 1;
  const reach = (share: number, own: readonly Variant[]) => {
    const variants = own.length > 0 ? own : state.variants;
    const weights = variants.reduce((sum, { weight }) => sum + weight, 0);
    left -= share;
    if (weights <= 0) add('on', share);
    else for (const { name, weight } of variants) add(`on ${name}`, (share * weight) / weights);
  };
  if (state.enabled && state.strategies.length === 0) reach(left, []);
  for (const strategy of state.enabled ? state.strategies : []) {
    reach(left * rolloutShare(strategy), strategy.variants);
  }
  add('off', left);
  return shares;
}

/** All that a state says beside who gets what. */
function withoutShares(state: FlagState): FlagState {
  const even = (variants: readonly Variant[]) =>
    variants.map((variant) => ({ ...variant, weight: 0, weightType: 'fix' }));
  return {
    enabled: true,
    strategies: state.strategies.map((one) => ({
      ...one,
      disabled: false,
      parameters: { ...one.parameters, rollout: '' },
      variants: even(one.variants),
    })),
    variants: even(state.variants),
  };
}
