/** Whether what was seen proves that an action took effect, and the sentence that says so. Pure. */
import { format } from '#core/analysis/bands.ts';
import { canBe, enoughToTell, hasMoved } from '#core/analysis/binomial.ts';
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

/** Four standard errors, and a point for hashing that is only nearly even. */
function tolerance(share: number, n: number): number {
  return 4 * Math.sqrt((share * (1 - share)) / n) + 0.01;
}

const PROBES = { least: 200, most: 20_000 };

/** So many made-up users tell what is served before from what is to be served. */
export function probesFor(before: Expected, after: Expected): number {
  const needed = moved(before, after).map(({ was, is }) => enoughToTell(was, is, PROBES.most));
  return Math.max(PROBES.least, Math.min(...needed, PROBES.most));
}

/** `alike`: what is seen fits the plan, and what was before as well. */
export type ServedJudgement = Judgement & { alike: boolean };

export function judgeServed(
  before: Expected,
  after: Expected,
  { counts, probes }: Served,
): ServedJudgement {
  const answers = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const said = (proven: boolean, text: string, alike = false) => ({ proven, alike, text });
  const wrong = answers.filter(([answer]) => (after.shares.get(answer) ?? 0) === 0);
  if (wrong.length > 0) {
    const still = wrong.map(([answer, count]) => `${count} ${answer}`).join(', ');
    return said(false, `${still} of ${probes} evaluations, as before the change`);
  }
  const off = [...after.shares].find(
    ([answer, share]) =>
      Math.abs((counts[answer] ?? 0) / probes - share) > tolerance(share, probes),
  );
  if (after.exact && off !== undefined) {
    const [answer, share] = off;
    return said(
      false,
      `${counts[answer] ?? 0} of ${probes} evaluations answer ${answer}, planned are ${percent(share)}`,
    );
  }
  const [only] = answers;
  const text =
    answers.length === 1 && only !== undefined
      ? `${only[1]} of ${probes} evaluations answer ${only[0]}`
      : `${answers.map(([answer, count]) => `${count} ${answer}`).join(', ')} of ${probes} evaluations, as planned`;
  const changes = moved(before, after);
  const told =
    before.exact && after.exact
      ? changes.length === 0 ||
        changes.some(({ answer, was, is }) => hasMoved(counts[answer] ?? 0, probes, was, is))
      : // Who asks decides: what made-up users get tells only where some answer has come or gone, and they get any.
        changes.some(({ was, is }) => was === 0 || is === 0) &&
        answers.some(([one]) => one !== 'off');
  return said(told, text, !told);
}

/** The answers whose share the change moves. */
function moved(before: Expected, after: Expected) {
  return [...new Set([...before.shares.keys(), ...after.shares.keys()])]
    .map((answer) => ({
      answer,
      was: before.shares.get(answer) ?? 0,
      is: after.shares.get(answer) ?? 0,
    }))
    .filter(({ was, is }) => Math.abs(was - is) > 1e-9);
}

export interface Traffic {
  /** Requests by version in the window. */
  turns: readonly { version: string; turns: number }[];
  windowMs: number;
  /** Version → share that the flag now intends, 0–1. */
  intended: ReadonlyMap<string, number>;
  /** Versions that were to lose. */
  from: readonly string[];
  /** Their share of requests by the flag before, 0–1. */
  flagBefore: number;
  /** What traffic there was right before; empty where that is not known. */
  turnsBefore: readonly { version: string; turns: number }[];
  minRequests: number;
}

export interface LiveJudgement extends Judgement {
  requests: number;
  /** Why it cannot be told; null where it can. */
  untold: string | null;
}

/** A conversation that had begun before may keep its version for a while: one in a hundred is let pass. */
const STRAGGLERS = 0.01;
export const TOO_FEW = 'too few requests to tell';

export function judgeLive(traffic: Traffic): LiveJudgement {
  const { from, intended } = traffic;
  const requests = total(traffic.turns);
  if (requests === 0) return { proven: false, untold: TOO_FEW, requests, text: 'no requests yet' };
  const count = (version: string) =>
    traffic.turns.find((one) => one.version === version)?.turns ?? 0;
  const left = total(traffic.turns, from);
  const planned = from.reduce((sum, version) => sum + (intended.get(version) ?? 0), 0);
  const before = shareBefore(traffic);
  const within = `in the last ${seconds(traffic.windowMs)}`;
  const seen = [...intended].map(([version, share]) => ({
    version,
    share,
    real: count(version) / requests,
  }));
  const emptied = planned === 0;
  const fits = emptied
    ? left / requests <= STRAGGLERS
    : seen.every(({ share, real }) => Math.abs(real - share) <= tolerance(share, requests) + 0.03);
  const text = emptied
    ? `${left} of ${requests} requests on ${from.join(', ')} ${within} (was ${percent(before)})`
    : `${seen.map(({ version, share, real }) => `${version} ${percent(real)} (planned ${percent(share)})`).join(', ')} of ${requests} requests ${within}`;
  const few = requests < traffic.minRequests;
  const told = hasMoved(left, requests, before, planned);
  const same = before <= planned ? 'it was no more before, so traffic cannot show it' : TOO_FEW;
  const untold = few ? TOO_FEW : fits && !told ? same : null;
  return { proven: fits && untold === null, untold, requests, text };
}

/** As the flag had it, which is exact; unless the traffic of then says that it did not follow the flag. */
function shareBefore({ from, flagBefore, turnsBefore, minRequests }: Traffic): number {
  const requests = total(turnsBefore);
  const count = total(turnsBefore, from);
  return requests < minRequests || canBe(count, requests, flagBefore)
    ? flagBefore
    : count / requests;
}

function total(turns: Traffic['turns'], versions?: readonly string[]): number {
  return turns
    .filter(({ version }) => versions === undefined || versions.includes(version))
    .reduce((sum, one) => sum + one.turns, 0);
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
  /** Seen out of band. */
  out: string[];
  /** Without a fresh value, or with too few requests to tell. */
  untold: string[];
  text: string;
}

/** `aiOff`: with the AI path off a signal may not be measured any more, which is not waited for. */
export function judgeRecovered(watched: readonly Watched[], aiOff: boolean): RecoveryJudgement {
  const words = { in: [] as string[], out: [] as string[], untold: [] as string[] };
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
      else words.untold.push(`${name}: no fresh value yet`);
    } else if (state === 'few') words.untold.push(`${name}${value}: ${TOO_FEW}`);
    else words.out.push(`${name}${value} still out of band`);
  }
  return {
    inBand: words.out.length === 0 && words.untold.length === 0,
    measured,
    out: words.out,
    untold: words.untold,
    text: [...words.in, ...words.untold, ...words.out].join('; '),
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
