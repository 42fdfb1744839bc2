/** The candidate's share of users: to any percentage, along the rungs of a ladder, gated by how it does. Pure. */
import { format } from '#core/analysis/bands.ts';
import { rolloutByVersion, rolloutShare } from '#core/analysis/rollout.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Blocker } from '#shared/model/action.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { FlagState, Variant } from '#shared/model/flag.ts';
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';
import type { VersionFacts } from './facts.ts';
import type { ModelFlag, Target } from './plan.ts';
import { seconds } from './proof.ts';

/** Flag services keep weights per mille: one digit behind the point is the finest. */
const FINEST = 10;

/** @throws NightdeskError `bad_input` for what is no percentage that this flag can hold. */
export function checkPercent(modelFlag: ModelFlag, percent: number): void {
  const bad = (what: string) =>
    new NightdeskError('bad_input', `A rollout is ${what}, not ${percent}. Nothing was changed.`);
  if (!Number.isFinite(percent) || percent < 0 || percent > 100) {
    throw bad('a percentage from 0 to 100');
  }
  if (modelFlag.by === 'rollout' && !Number.isInteger(percent)) {
    throw bad(`a whole percentage in ${modelFlag.source}`);
  }
  if (!Number.isInteger(percent * FINEST)) throw bad('a percentage with at most one decimal');
}

/** The candidate's present share, in percent. */
export function percentNow(modelFlag: ModelFlag, state: FlagState): number {
  const share = rolloutByVersion(modelFlag, state).get(modelFlag.candidate ?? '') ?? 0;
  return Number((share * 100).toFixed(1));
}

/** @throws NightdeskError `bad_input` at the top of the ladder. */
export function nextRung(ladder: readonly number[], now: number): number {
  const next = ladder.find((rung) => rung > now);
  if (next !== undefined) return next;
  throw new NightdeskError(
    'bad_input',
    `There is no next rung: it is at ${now} %, and the ladder ends at ${ladder.at(-1)} %.`,
  );
}

/** The state in which the candidate gets `percent` of all users, and the stable version the rest. */
export function rampState(modelFlag: ModelFlag, before: FlagState, percent: number): Target {
  const { candidate, stable, flag } = modelFlag;
  const not = (impossible: string): Target => ({ after: before, impossible });
  if (candidate === undefined) return not(`The flag ${flag} has no candidate to ramp.`);
  if (!before.enabled) return not(`The flag ${flag} is off: nobody gets ${candidate}.`);
  const active = before.strategies.filter(({ disabled }) => !disabled);
  if (modelFlag.by === 'rollout') {
    const [only, second] = active;
    if (only?.parameters.rollout === undefined || second !== undefined) {
      return not(
        `The flag ${flag} has ${active.length} active strategies; a percentage can be set where exactly one has a rollout.`,
      );
    }
    const strategies = before.strategies.map((one) =>
      one === only ? { ...one, parameters: { ...one.parameters, rollout: String(percent) } } : one,
    );
    return { after: { ...before, strategies }, impossible: null };
  }
  const partial = active.find((strategy) => rolloutShare(strategy) < 1);
  if (partial !== undefined) {
    return not(
      `The strategy ${partial.title || partial.name} reaches ${partial.parameters.rollout} % only: its variants do not divide all users.`,
    );
  }
  const lists = [before.variants, ...before.strategies.map(({ variants }) => variants)].filter(
    (variants) => variants.length > 0,
  );
  if (lists.length === 0) return not(`The flag ${flag} has no variants.`);
  for (const variants of lists) {
    for (const name of [stable, candidate]) {
      if (!variants.some((one) => one.name === name)) {
        return not(`The flag ${flag} does not offer ${name} everywhere.`);
      }
    }
    const third = variants.find(
      ({ name, weight }) => weight > 0 && name !== stable && name !== candidate,
    );
    if (third !== undefined) {
      return not(`The flag ${flag} also serves ${third.name}: a percentage of two cannot be set.`);
    }
  }
  const divided = (variants: readonly Variant[]) =>
    divide(variants, { stable, candidate, weight: Math.round(percent * 10) });
  return {
    after: {
      ...before,
      strategies: before.strategies.map((one) => ({ ...one, variants: divided(one.variants) })),
      variants: divided(before.variants),
    },
    impossible: null,
  };
}

/** Only one of two may have a weight that the service computes, or it would share the rest out evenly. */
function divide(
  variants: readonly Variant[],
  to: { stable: string; candidate: string; weight: number },
): Variant[] {
  const variable = variants.filter(({ weightType }) => weightType !== 'fix');
  const keep =
    variable.length === 1 &&
    (variable[0]?.name === to.stable || variable[0]?.name === to.candidate);
  return variants.map((variant) => {
    const weight =
      variant.name === to.candidate ? to.weight : variant.name === to.stable ? 1000 - to.weight : 0;
    const weightType = variant.name === to.stable ? 'variable' : 'fix';
    return keep ? { ...variant, weight } : { ...variant, weight, weightType };
  });
}

/** What is known of the candidate at its present rung. */
export interface Standing {
  candidate: string;
  facts: VersionFacts | null;
  signals: readonly SignalDefinition[];
  /** Requests behind the figures, and the stretch they were counted over. */
  windowMs: number;
  minRequests: number;
  /** How long it has been at its present rung; null = not known. */
  atRungMs: number | null;
  /** Signals that were out of band within the time that a rung must hold, and how long ago. */
  lately: readonly { signal: string; agoMs: number; value: number; limit: number }[];
}

/** Why the candidate should not climb from `now` to `to`. Empty: it may. Going down is always free. */
export function gate(
  service: Pick<ServiceConfig, 'ramp'>,
  now: number,
  to: number,
  standing: Standing,
  holdMs: number,
): Blocker[] {
  if (to <= now) return [];
  const { ladder } = service.ramp;
  const blockers: Blocker[] = [];
  const block = (code: string, message: string, signals?: string[]) =>
    blockers.push({ code, message, overridable: true, ...(signals ? { signals } : {}) });
  const next = ladder.find((rung) => rung > now);
  if (!ladder.includes(to)) {
    block('no_rung', `${to} % is not a rung: the ladder is ${ladder.join(', ')} %.`);
  } else if (next !== to) {
    block('rung_skipped', `${next} % comes before ${to} %: the ladder is ${ladder.join(', ')} %.`);
  }
  const { candidate, facts, minRequests, windowMs } = standing;
  const requests =
    facts?.requestsPerSecond == null
      ? null
      : Math.round((facts.requestsPerSecond * windowMs) / 1000);
  const cells = [...(facts?.cells.values() ?? [])];
  const bad = cells.filter((cell) => cell.state === 'bad');
  const within = `in the last ${seconds(windowMs)}`;
  if (bad.length > 0) {
    const words = bad.map((cell) => outOf(standing.signals, cell)).filter(Boolean);
    block(
      'out_of_band',
      `${candidate} ${words.slice(0, 4).join(', ')} in ${requests ?? 'an unknown number of'} requests ${within}.`,
      bad.map(({ signal }) => signal),
    );
  } else if (now === 0) {
    // Nobody is on it, so there is nothing to measure and no rung to hold; what it did before it fell still counts.
  } else if (requests === null || requests < minRequests) {
    block(
      'too_few',
      `${candidate} had ${requests ?? 'no measured'} requests ${within}; fewer than ${minRequests} are too few to tell.`,
    );
  } else if (!cells.some((cell) => cell.state === 'ok' || cell.state === 'watch')) {
    block('unmeasured', `None of the signals of ${candidate} can be judged now.`);
  }
  if (now > 0 && standing.atRungMs !== null && standing.atRungMs < holdMs) {
    block(
      'too_early',
      `${candidate} has been at ${now} % for ${seconds(standing.atRungMs)}; a rung must hold for ${seconds(holdMs)}.`,
    );
  }
  for (const past of bad.length > 0 ? [] : standing.lately) {
    const definition = standing.signals.find((one) => one.id === past.signal);
    if (definition === undefined) continue;
    block(
      'out_of_band_lately',
      `${candidate} ${definition.short} was ${format(definition, past.value)}, beyond ${format(definition, past.limit)}, ${seconds(past.agoMs)} ago; it must hold for ${seconds(holdMs)}.`,
      [past.signal],
    );
    break;
  }
  return blockers;
}

function outOf(signals: readonly SignalDefinition[], cell: Cell): string {
  const definition = signals.find((one) => one.id === cell.signal);
  if (definition === undefined || cell.value === null) return '';
  const over = cell.high !== null && cell.value > cell.high;
  const edge = over ? cell.high : cell.low;
  if (edge === null) return `${definition.short} ${format(definition, cell.value)}`;
  return `${definition.short} ${format(definition, cell.value)} ${over ? 'over' : 'under'} ${format(definition, edge)}`;
}
