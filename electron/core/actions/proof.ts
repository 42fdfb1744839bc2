/** Whether what was seen proves that an action took effect, and the sentence that says so. Pure. */

import { format } from '#core/analysis/bands.ts';
import { rolloutShare } from '#core/analysis/rollout.ts';
import type { Served } from '#core/sources/connector.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { Cell, SignalDefinition } from '#shared/model/signal.ts';

/** What clients may get from a state: an answer (variant, `on`, `off`) → its share, 0–1. */
export interface Expected {
  shares: Map<string, number>;
  /**
   * False where the share depends on who asks (constraints, segments, lists of users, several strategies that
   * hash alike): then only what nobody may get can be checked.
   */
  exact: boolean;
}

export function expectedAnswers(state: FlagState): Expected {
  const shares = new Map<string, number>();
  const add = (answer: string, share: number) => {
    if (share > 0) shares.set(answer, (shares.get(answer) ?? 0) + share);
  };
  const active = state.enabled ? state.strategies.filter((strategy) => !strategy.disabled) : [];
  if (!state.enabled) return { shares: new Map([['off', 1]]), exact: true };
  let exact = active.length <= 1 || active.every((strategy) => rolloutShare(strategy) === 1);
  let left = 1;
  for (const strategy of active) {
    const conditional =
      strategy.constraints.length > 0 ||
      strategy.segments.length > 0 ||
      (strategy.name !== 'default' && strategy.parameters.rollout === undefined);
    if (conditional) exact = false;
    const reached = left * rolloutShare(strategy);
    const variants = strategy.variants.length > 0 ? strategy.variants : state.variants;
    const weights = variants.reduce((sum, variant) => sum + variant.weight, 0);
    if (weights <= 0) add('on', reached);
    else for (const { name, weight } of variants) add(name, (reached * weight) / weights);
    if (!conditional) left -= reached;
  }
  // A flag that is on without any strategy is on for everybody.
  if (state.enabled && state.strategies.length === 0) add('on', 1);
  else add('off', left);
  return { shares, exact };
}

export interface Judgement {
  proven: boolean;
  text: string;
}

/** Four standard errors, and two points for hashing that is only nearly even. */
function tolerance(share: number, n: number): number {
  return 4 * Math.sqrt((share * (1 - share)) / n) + 0.02;
}

export function judgeServed(expected: Expected, { counts, probes }: Served): Judgement {
  const answers = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const wrong = answers.filter(([answer]) => (expected.shares.get(answer) ?? 0) === 0);
  if (wrong.length > 0) {
    const still = wrong.map(([answer, count]) => `${count} ${answer}`).join(', ');
    return { proven: false, text: `${still} of ${probes} evaluations, as before the change` };
  }
  const off = [...expected.shares].find(
    ([answer, share]) =>
      Math.abs((counts[answer] ?? 0) / probes - share) > tolerance(share, probes),
  );
  if (expected.exact && off !== undefined) {
    const [answer, share] = off;
    return {
      proven: false,
      text: `${counts[answer] ?? 0} of ${probes} evaluations answer ${answer}, planned are ${percent(share)}`,
    };
  }
  const [only] = answers;
  if (answers.length === 1 && only !== undefined) {
    return { proven: true, text: `${only[1]} of ${probes} evaluations answer ${only[0]}` };
  }
  const words = answers.map(([answer, count]) => `${count} ${answer}`).join(', ');
  return { proven: true, text: `${words} of ${probes} evaluations, as planned` };
}

export interface Traffic {
  /** Requests by version in the window. */
  turns: readonly { version: string; turns: number }[];
  windowMs: number;
  /** Version → share that the flag now intends, 0–1. */
  intended: ReadonlyMap<string, number>;
  /** Versions that were to lose, and their share of traffic before; null = unknown. */
  from: readonly string[];
  shareBefore: number | null;
  minRequests: number;
}

export type LiveJudgement = Judgement & { requests: number; few: boolean };

/** A conversation that had begun before may keep its version for a while: one in a hundred is let pass. */
const STRAGGLERS = 0.01;

export function judgeLive(traffic: Traffic): LiveJudgement {
  const requests = traffic.turns.reduce((sum, one) => sum + one.turns, 0);
  const few = requests < traffic.minRequests;
  const within = `in the last ${seconds(traffic.windowMs)}`;
  if (requests === 0) return { proven: false, few, requests, text: 'no requests yet' };
  const count = (version: string) =>
    traffic.turns.find((one) => one.version === version)?.turns ?? 0;
  const was = traffic.shareBefore === null ? '' : ` (was ${percent(traffic.shareBefore)})`;
  const emptied = traffic.from.filter((version) => (traffic.intended.get(version) ?? 0) === 0);
  if (emptied.length > 0) {
    const left = emptied.reduce((sum, version) => sum + count(version), 0);
    const text = `${left} of ${requests} requests on ${emptied.join(', ')} ${within}${was}`;
    return { proven: !few && left / requests <= STRAGGLERS, few, requests, text };
  }
  const seen = [...traffic.intended].map(([version, share]) => ({
    version,
    share,
    real: count(version) / requests,
  }));
  const proven = seen.every(
    ({ share, real }) => Math.abs(real - share) <= tolerance(share, requests) + 0.03,
  );
  const words = seen.map(
    ({ version, share, real }) => `${version} ${percent(real)} (planned ${percent(share)})`,
  );
  return {
    proven: proven && !few,
    few,
    requests,
    text: `${words.join(', ')} of ${requests} requests ${within}`,
  };
}

/** One signal as it is judged for recovery. */
export interface Watched {
  definition: Pick<SignalDefinition, 'id' | 'short' | 'unit'>;
  /** `''` for the service as a whole. */
  version: string;
  cell: Cell | null;
}

export interface RecoveryJudgement {
  /** All in band. */
  inBand: boolean;
  /** At least one was seen to be in band: without that nothing proves a recovery. */
  measured: boolean;
  /** Not in band, or not to be told. */
  out: string[];
  text: string;
}

/** `aiOff`: with the AI path off a signal may not be measured any more, which is not waited for. */
export function judgeRecovered(watched: readonly Watched[], aiOff: boolean): RecoveryJudgement {
  const words = { in: [] as string[], out: [] as string[] };
  let measured = false;
  for (const { definition, version, cell } of watched) {
    const name = version === '' ? definition.short : `${definition.short} of ${version}`;
    const state = cell?.state ?? 'none';
    const value = cell?.value == null ? '' : ` ${format(definition, cell.value)}`;
    if (state === 'ok') {
      measured = true;
      words.in.push(`${name}${value} in band`);
    } else if (state === 'none' || state === 'stale') {
      if (aiOff) words.in.push(`${name} no longer measured`);
      else words.out.push(`${name}: no fresh value yet`);
    } else if (state === 'few') words.out.push(`${name}${value}: too few requests to tell`);
    else words.out.push(`${name}${value} still out of band`);
  }
  return {
    inBand: words.out.length === 0,
    measured,
    out: words.out,
    text: [...words.in, ...words.out].join('; '),
  };
}

export function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} %`;
}

/** `20 s`, `3 min`, `1.5 h`. */
export function seconds(ms: number): string {
  const s = ms / 1000;
  if (s < 10) return `${Number(s.toFixed(1))} s`;
  if (s < 120) return `${Math.round(s)} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Number((s / 3600).toFixed(1))} h`;
}
