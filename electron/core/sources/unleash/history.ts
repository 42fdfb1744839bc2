/**
 * Unleash's events as the history of flags. An event tells at most one strategy; the full state before and after
 * it is found by walking back from the present state, undoing one event after the other. Where an event does
 * not fit the state that it should have led to (an event that is missing), nothing before it is claimed: `before` and `after` are null from there on.
 */
import type { FlagEvent, FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import { inOrder, sameStrategy, sameVariants } from '#shared/util/flag-state.ts';
import { readOrder, readStrategy, readVariants, type WireEvent } from './wire.ts';

export interface HistoryArgs {
  source: string;
  /** The console's name of the environment → Unleash's. */
  environments: Readonly<Record<string, { name: string }>>;
  /** Newest first. */
  events: readonly WireEvent[];
  /** The present state, by flag and the console's name of the environment. */
  present: (flag: string, environment: string) => FlagState | null;
}

/** Newest first. Events that concern no single flag are left out. */
export function toFlagEvents(args: HistoryArgs): FlagEvent[] {
  const states = new Map<string, FlagState | null>();
  const result: FlagEvent[] = [];
  for (const event of args.events) {
    const flag = event.featureName;
    const at = typeof event.createdAt === 'number' ? event.createdAt : Date.parse(event.createdAt);
    if (!flag || !Number.isFinite(at)) continue;
    for (const [environment, { name }] of Object.entries(args.environments)) {
      if (event.environment && event.environment !== name) continue;
      const key = `${environment}\u0000${flag}`;
      const known = states.get(key);
      const state = known === undefined ? args.present(flag, environment) : known;
      const twice = state === null ? null : writtenTwice(state, event);
      const after = twice ?? state;
      const before = twice !== null || state === null ? state : unwind(state, event);
      states.set(key, before);
      result.push({
        id: event.environment
          ? `${args.source}:${event.id}`
          : `${args.source}:${event.id}:${environment}`,
        source: args.source,
        key: flag,
        environment,
        at,
        by: event.createdBy || 'unknown',
        type: typeOf(event, before, after),
        summary: summaryOf(event, before, after),
        before,
        after: before === null && CHANGES_STATE.has(event.type) ? null : after,
      });
    }
  }
  return result;
}

const CHANGES_STATE = new Set([
  'feature-environment-enabled',
  'feature-environment-disabled',
  'feature-strategy-add',
  'feature-strategy-update',
  'feature-strategy-remove',
  'feature-environment-variants-updated',
  'strategy-order-changed',
]);
/** These change the state in a way that the event does not tell. */
const OPAQUE = new Set(['feature-variants-updated', 'feature-import']);

/** The state before the event, or null when the event does not fit the state after it. */
function unwind(after: FlagState, event: WireEvent): FlagState | null {
  switch (event.type) {
    case 'feature-environment-enabled':
      return after.enabled ? { ...after, enabled: false } : null;
    case 'feature-environment-disabled':
      return after.enabled ? null : { ...after, enabled: true };
    case 'feature-strategy-add': {
      const added = readStrategy(event.data);
      const found = added && find(after, added);
      if (!found) return null;
      return { ...after, strategies: after.strategies.filter((one) => one !== found) };
    }
    case 'feature-strategy-update': {
      const now = readStrategy(event.data);
      const then = readStrategy(event.preData);
      const found = now && find(after, now);
      if (!found || !then) return null;
      // An update leaves a strategy where it is.
      const { sortOrder = 0 } = found;
      const old = { ...then, sortOrder };
      const strategies = after.strategies.map((one) => (one === found ? old : one));
      return { ...after, strategies };
    }
    case 'feature-strategy-remove': {
      const removed = readStrategy(event.preData);
      return removed ? { ...after, strategies: [...after.strategies, removed] } : null;
    }
    case 'feature-environment-variants-updated': {
      const now = readVariants(event.data);
      const then = readVariants(event.preData);
      return now && then && sameVariants(now, after.variants) ? { ...after, variants: then } : null;
    }
    case 'strategy-order-changed': {
      const then = readOrder(event.preData);
      const fits =
        `${inOrder(after.strategies).map(({ id }) => id)}` === `${readOrder(event.data)}`;
      if (!fits || then?.length !== after.strategies.length) return null;
      const strategies = after.strategies.map((one) => ({
        ...one,
        sortOrder: then.indexOf(one.id),
      }));
      return { ...after, strategies: inOrder(strategies) };
    }
    default:
      return OPAQUE.has(event.type) ? null : after;
  }
}

/**
 * Of two that write the same strategy at once both say that they found it as before. The state after the first of
 * them, where `state` is the one that the second claims to have found; else null.
 */
function writtenTwice(state: FlagState, event: WireEvent): FlagState | null {
  if (event.type !== 'feature-strategy-update') return null;
  const [then, now] = [readStrategy(event.preData), readStrategy(event.data)];
  const found = then && find(state, then);
  if (!found || !now || sameStrategy(then, now)) return null;
  const { sortOrder = 0 } = found;
  return {
    ...state,
    strategies: state.strategies.map((one) => (one === found ? { ...now, sortOrder } : one)),
  };
}

function find(state: FlagState, strategy: Strategy): Strategy | undefined {
  return state.strategies.find((one) => one.id === strategy.id && sameStrategy(one, strategy));
}

/** `flag` on or off, `variant`, `rollout`, `strategy`, `created`, `archived`, … */
function typeOf(event: WireEvent, before: FlagState | null, after: FlagState | null): string {
  switch (event.type) {
    case 'feature-environment-enabled':
      return 'enabled';
    case 'feature-environment-disabled':
      return 'disabled';
    case 'feature-environment-variants-updated':
    case 'feature-variants-updated':
      return 'variants';
    case 'feature-strategy-add':
      return 'strategy_added';
    case 'feature-strategy-remove':
      return 'strategy_removed';
    case 'feature-strategy-update': {
      const [then, now] = [readStrategy(event.preData), readStrategy(event.data)];
      if (then && now && !sameVariants(then.variants, now.variants)) return 'variants';
      if (then && now && then.parameters.rollout !== now.parameters.rollout) return 'rollout';
      return 'strategy';
    }
    case 'strategy-order-changed':
      return 'strategy';
    default:
      return before === null && after === null && OPAQUE.has(event.type)
        ? 'strategy'
        : event.type.replace(/^feature-/, '').replaceAll('-', '_');
  }
}

function summaryOf(event: WireEvent, _before: FlagState | null, _after: FlagState | null): string {
  switch (event.type) {
    case 'feature-created':
      return 'Created';
    case 'feature-archived':
      return 'Archived';
    case 'feature-revived':
      return 'Brought back from the archive';
    case 'feature-environment-enabled':
      return 'Switched on';
    case 'feature-environment-disabled':
      return 'Switched off';
    case 'feature-strategy-add':
      return `Strategy added: ${strategyWords(readStrategy(event.data))}`;
    case 'feature-strategy-remove':
      return `Strategy removed: ${strategyWords(readStrategy(event.preData))}`;
    case 'feature-strategy-update':
      return updateWords(readStrategy(event.preData), readStrategy(event.data));
    case 'feature-environment-variants-updated':
      return variantWords(readVariants(event.preData) ?? [], readVariants(event.data) ?? []);
    case 'strategy-order-changed':
      return 'Strategies put in another order';
    default:
      return sentence(event.type.replace(/^feature-/, '').replaceAll('-', ' '));
  }
}

function strategyWords(strategy: Strategy | null): string {
  if (strategy === null) return 'not told';
  const { rollout } = strategy.parameters;
  const weights = strategy.variants.map(({ name, weight }) => `${name} ${weight / 10} %`);
  return [
    strategy.title || strategy.name,
    ...(rollout === undefined ? [] : [`rollout ${rollout} %`]),
    ...weights,
  ].join(', ');
}

function updateWords(then: Strategy | null, now: Strategy | null): string {
  if (then === null || now === null) return 'Strategy changed';
  const words: string[] = [];
  if (then.parameters.rollout !== now.parameters.rollout) {
    words.push(`rollout ${then.parameters.rollout ?? '?'} % → ${now.parameters.rollout ?? '?'} %`);
  }
  if (!sameVariants(then.variants, now.variants)) {
    words.push(variantWords(then.variants, now.variants));
  }
  if ((then.disabled ?? false) !== (now.disabled ?? false)) {
    words.push(now.disabled ? 'strategy paused' : 'strategy resumed');
  }
  return sentence(words.join(', ') || 'strategy changed');
}

function variantWords(then: readonly Variant[], now: readonly Variant[]): string {
  const names = [...new Set([...then, ...now].map((variant) => variant.name))];
  const weight = (list: readonly Variant[], name: string) =>
    list.find((variant) => variant.name === name)?.weight;
  const words = names.flatMap((name) => {
    const [a, b] = [weight(then, name), weight(now, name)];
    if (a === b) return [];
    if (a === undefined) return [`${name} added at ${(b ?? 0) / 10} %`];
    return b === undefined ? [`${name} removed`] : [`${name} ${a / 10} % → ${b / 10} %`];
  });
  return sentence(words.join(', ') || 'variants changed');
}

/** Capitalised, but for a name at its beginning, which stays as it is written: "v41 90 % → 75 %". */
function sentence(words: string): string {
  if (!/^[a-z]+([ :,]|$)/.test(words)) return words;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
