/** Comparing states of flags, whichever service they come from. Pure. */
import type { FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * True when clients could not tell the two apart. Ids of strategies do not count (one that is created again gets
 * a new one), nor sort numbers (the order does), nor the order of variants (the service sorts them).
 */
export function sameFlagState(a: FlagState, b: FlagState): boolean {
  return flagStateText(a) === flagStateText(b);
}

export function sameStrategy(a: Strategy, b: Strategy): boolean {
  return canonicalJson(comparableStrategy(a)) === canonicalJson(comparableStrategy(b));
}

export function sameVariants(a: readonly Variant[], b: readonly Variant[]): boolean {
  return canonicalJson(comparableVariants(a)) === canonicalJson(comparableVariants(b));
}

/** One spelling per state. */
export function flagStateText(state: FlagState): string {
  return canonicalJson({
    enabled: state.enabled,
    strategies: inOrder(state.strategies).map(comparableStrategy),
    variants: comparableVariants(state.variants),
  });
}

/** By their sort number where they have one; else as they came. */
export function inOrder(strategies: readonly Strategy[]): Strategy[] {
  return [...strategies].sort((a, b) => (a.sortOrder ?? 0) - (b.sortOrder ?? 0));
}

function comparableStrategy(strategy: Strategy) {
  return {
    name: strategy.name,
    title: strategy.title || null,
    disabled: strategy.disabled ?? false,
    parameters: strategy.parameters,
    constraints: strategy.constraints,
    segments: [...strategy.segments].sort((a, b) => a - b),
    variants: comparableVariants(strategy.variants),
  };
}

function comparableVariants(variants: readonly Variant[]) {
  return [...variants]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((variant) => ({
      name: variant.name,
      weight: variant.weight,
      weightType: variant.weightType ?? 'variable',
      stickiness: variant.stickiness ?? 'default',
      payload: variant.payload ?? null,
      overrides: emptyAsNull(variant.overrides),
    }));
}

function emptyAsNull(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : (value ?? null);
}
