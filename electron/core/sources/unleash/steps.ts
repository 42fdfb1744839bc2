/** Which calls lead from one state of a flag to another, and what must not be sent at all. Pure. */
import type { FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import { inOrder, sameStrategy, sameVariants } from '#shared/util/flag-state.ts';

export type Step =
  | { call: 'off' }
  | { call: 'on' }
  | { call: 'add'; strategy: Strategy; place: number }
  | { call: 'update'; id: string; strategy: Strategy }
  | { call: 'remove'; id: string }
  /** One entry per strategy of the target, in its order: the id it has, or the place of an `add`. */
  | { call: 'order'; of: (string | number)[] }
  | { call: 'variants'; variants: Variant[] };

/**
 * Off goes first (it takes effect at once) and on goes last (only what is complete is turned on); strategies are
 * added before others are removed, because a flag that is on without any reaches everybody.
 */
export function stepsBetween(from: FlagState, to: FlagState): Step[] {
  const target = inOrder(to.strategies);
  const { kept, left } = pair(inOrder(from.strategies), target);
  const adds: Step[] = [];
  const updates: Step[] = [];
  target.forEach((strategy, place) => {
    const old = kept.get(place);
    if (old === undefined) adds.push({ call: 'add', strategy, place });
    else if (!sameStrategy(old, strategy)) updates.push({ call: 'update', id: old.id, strategy });
  });
  const order: Step[] = isOrdered(target, kept, from)
    ? []
    : [{ call: 'order', of: target.map((_, place) => kept.get(place)?.id ?? place) }];
  return [
    ...(from.enabled && !to.enabled ? [{ call: 'off' } as const] : []),
    ...updates,
    ...adds,
    ...left.map((strategy): Step => ({ call: 'remove', id: strategy.id })),
    ...order,
    ...(sameVariants(from.variants, to.variants)
      ? []
      : [{ call: 'variants', variants: to.variants } as const]),
    ...(!from.enabled && to.enabled ? [{ call: 'on' } as const] : []),
  ];
}

/**
 * Whether `present` is what is left of a change from one state to the other that ended on the way, there or back:
 * each of its calls took effect or did not, and nothing else is different.
 */
export function isPartOf(from: FlagState, to: FlagState, present: FlagState): boolean {
  const own = stepsBetween(from, to);
  const was: Step = { call: 'order', of: inOrder(from.strategies).map(({ id }) => id) };
  return stepsBetween(from, present).every((step) =>
    [...own, was].some((one) => covers(one, step)),
  );
}

/** Whether a call would have done what another one stands for. */
function covers(one: Step, step: Step): boolean {
  if (one.call === 'add' && step.call === 'add') return sameStrategy(one.strategy, step.strategy);
  if (one.call === 'update' && step.call === 'update') {
    return one.id === step.id && sameStrategy(one.strategy, step.strategy);
  }
  if (one.call === 'remove' && step.call === 'remove') return one.id === step.id;
  if (one.call === 'variants' && step.call === 'variants') {
    return sameVariants(one.variants, step.variants);
  }
  if (one.call === 'order' && step.call === 'order') {
    // What was added stands where it was added; the others, one after the other as there.
    const both = (a: typeof step, b: typeof step) =>
      a.of.filter((id) => typeof id === 'string' && b.of.includes(id));
    return `${both(one, step)}` === `${both(step, one)}`;
  }
  return one.call === step.call;
}

/**
 * Which strategy there is which one of the target: by id; then, because a strategy that was removed and made
 * again has another id, by equal content; then by name, so that one is changed rather than exchanged.
 */
function pair(from: Strategy[], target: Strategy[]) {
  const kept = new Map<number, Strategy>();
  let left = from;
  const rounds: ((a: Strategy, b: Strategy) => boolean)[] = [
    (a, b) => a.id === b.id,
    sameStrategy,
    (a, b) => a.name === b.name,
  ];
  for (const fits of rounds) {
    target.forEach((strategy, place) => {
      if (kept.has(place)) return;
      const found = left.find((candidate) => fits(candidate, strategy));
      if (found === undefined) return;
      kept.set(place, found);
      left = left.filter((candidate) => candidate !== found);
    });
  }
  return { kept, left };
}

function isOrdered(target: Strategy[], kept: Map<number, Strategy>, from: FlagState): boolean {
  const was = inOrder(from.strategies);
  let before: { sort: number; index: number } | null = null;
  for (const [place, strategy] of target.entries()) {
    const old = kept.get(place);
    const sort = (old ?? strategy).sortOrder ?? place;
    const index = old === undefined ? -1 : was.indexOf(old);
    if (before !== null) {
      const tie = sort === before.sort && before.index >= 0 && index > before.index;
      if (sort < before.sort || (sort === before.sort && !tie)) return false;
    }
    before = { sort, index };
  }
  return true;
}

/** What the server would take although it is wrong, or would alter without a word. Empty: it may be sent. */
export function problemsOf(state: FlagState): string[] {
  return [
    ...state.strategies.flatMap((strategy) => [
      ...rolloutProblems(strategy),
      ...variantProblems(strategy.variants),
    ]),
    ...variantProblems(state.variants),
  ];
}

function rolloutProblems(strategy: Strategy): string[] {
  const { rollout } = strategy.parameters;
  if (rollout === undefined) return [];
  return /^\d{1,3}$/.test(rollout) && Number(rollout) <= 100
    ? []
    : [`a rollout of "${rollout}" is not a whole number from 0 to 100`];
}

function variantProblems(variants: readonly Variant[]): string[] {
  if (variants.length === 0) return [];
  const problems: string[] = [];
  if (new Set(variants.map((variant) => variant.name)).size !== variants.length) {
    problems.push('two variants have the same name');
  }
  for (const { name, weight } of variants) {
    if (!Number.isInteger(weight) || weight < 0 || weight > 1000) {
      problems.push(`the weight of ${name}, ${weight}, is not a whole number from 0 to 1000`);
    }
  }
  const sum = variants.reduce((total, variant) => total + variant.weight, 0);
  if (sum !== 1000) problems.push(`the weights of the variants sum to ${sum}, not to 1000`);
  if (problems.length > 0) return problems;

  const variable = variants.filter((variant) => variant.weightType !== 'fix');
  if (variable.length === 0) return ['no variant has a variable weight; Unleash asks for one'];
  const rest = variable.reduce((total, variant) => total + variant.weight, 0);
  // Unleash gives the remainder of an uneven division to the first ones it meets.
  const [low, high] = [Math.floor(rest / variable.length), Math.ceil(rest / variable.length)];
  const uneven = variable.filter(({ weight }) => weight < low || weight > high);
  return uneven.length === 0
    ? []
    : [
        `Unleash would divide ${rest} evenly between ${variable.map(({ name }) => name).join(', ')}`,
      ];
}
