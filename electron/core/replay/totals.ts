/** What samples amount to. Pure. */
import { diffArrays } from 'diff';
import type { ReplayRule, ReplaySample, ReplayTotals } from '#shared/model/replay.ts';
import { cameToEnd, failureWord } from '#shared/util/replay-counts.ts';
import { words } from '#shared/util/words.ts';

/** Beyond this many words a difference is told from the beginning of the answers. */
const MOST_WORDS = 1500;
/** Pairs compared for the wander of one turn; more tell nothing new. */
const MOST_PAIRS = 45;

/** The answers so far of all endpoints, and the turns that a whole sample answers. */
export interface Answered {
  samples: readonly ReplaySample[];
  turns: readonly unknown[];
}

/**
 * `endpoints`: which to sum up, the baseline first. A sample of a whole conversation counts once, under its number: when every
 * one of its turns is answered, or one answer is wrong. What did not come to its end is no answer.
 */
export function totalsOf(cases: readonly Answered[], endpoints: readonly string[]): ReplayTotals[] {
  const [baseline] = endpoints;
  const samples = cases.flatMap((one) => one.samples);
  const places = new Map(
    cases.flatMap((one, place) => one.samples.map((sample) => [sample, place] as const)),
  );
  const caseOf: CaseOf = (sample) => places.get(sample) ?? 0;
  const wordsOf = new Map(samples.map((sample) => [sample, words(sample.text, MOST_WORDS)]));
  return endpoints.map((endpoint) => {
    const tried = samples.filter((sample) => sample.endpoint === endpoint);
    const own = tried.filter(cameToEnd);
    const counted = { pass: 0, fail: 0, unfinished: 0 };
    const unasked: string[] = [];
    for (const one of cases) {
      const answers = one.samples.filter((sample) => sample.endpoint === endpoint);
      for (const all of groupBy(answers, ({ sample }) => String(sample)).values()) {
        const result = outcome(all, one.turns.length);
        if (typeof result === 'string') counted[result] += 1;
        else unasked.push(result.unasked);
      }
    }
    const judged = own.flatMap(({ judgement }) => judgement ?? []);
    const scores = judged.flatMap(({ score }) => score ?? []);
    const others =
      endpoint === baseline ? [] : samples.filter((sample) => sample.endpoint === baseline);
    return {
      endpoint,
      samples: counted.pass + counted.fail,
      passed: counted.pass,
      unfinished: counted.unfinished,
      unasked: countBy(unasked, (why) => why),
      failed: countRules(own),
      answers: own.length,
      broken: tried.length - own.length,
      unsure: own.filter(({ unsure }) => unsure).length,
      refusals: own.filter(({ refusal }) => refusal).length,
      languages: countBy(own, ({ language }) => language ?? ''),
      latencyMs: median(own.flatMap(({ latencyMs }) => latencyMs ?? [])),
      firstTokenMs: median(own.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
      inputTokens: mean(own.flatMap(({ inputTokens }) => inputTokens ?? [])),
      outputTokens: mean(own.flatMap(({ outputTokens }) => outputTokens ?? [])),
      costUsd: mean(own.flatMap(({ costUsd }) => costUsd ?? [])),
      toolCalls: sum(own.map(({ toolCalls }) => toolCalls.length)),
      stubbed: sum(
        own.map(({ toolCalls }) => toolCalls.filter(({ answer }) => answer !== 'recorded').length),
      ),
      wander: wander(own, caseOf, wordsOf),
      distance: distance(own, others, caseOf, wordsOf),
      score: mean(scores),
      scored: scores.length,
      injections: judged.filter(({ injection }) => injection).length,
    };
  });
}

/** Of the answers of one sample. */
function outcome(
  tried: readonly ReplaySample[],
  turns: number,
): 'pass' | 'fail' | 'unfinished' | { unasked: string } {
  const answers = tried.filter(cameToEnd);
  if (!answers.every(({ verdict }) => verdict.pass)) return 'fail';
  if (answers.length === turns) return 'pass';
  const [first] = tried;
  const reached = tried.some(({ state }) => state !== 'failed');
  return reached || !first?.error ? 'unfinished' : { unasked: failureWord(first.error) };
}

type WordsOf = ReadonlyMap<ReplaySample, readonly string[]>;
type CaseOf = (sample: ReplaySample) => number;

/** Mean difference between two answers of the same endpoint to the same turn. */
function wander(own: readonly ReplaySample[], caseOf: CaseOf, wordsOf: WordsOf): number | null {
  const shares: number[] = [];
  for (const same of answersByTurn(own, caseOf).values()) {
    let pairs = 0;
    for (const [place, one] of same.entries()) {
      for (const other of same.slice(place + 1)) {
        if (pairs++ >= MOST_PAIRS) break;
        shares.push(difference(wordsOf.get(one) ?? [], wordsOf.get(other) ?? []));
      }
    }
  }
  return mean(shares);
}

/** Mean difference from the baseline's answers to the same turn. */
function distance(
  own: readonly ReplaySample[],
  others: readonly ReplaySample[],
  caseOf: CaseOf,
  wordsOf: WordsOf,
): number | null {
  const shares: number[] = [];
  const beside = answersByTurn(others, caseOf);
  for (const [turn, same] of answersByTurn(own, caseOf)) {
    let pairs = 0;
    for (const one of same) {
      for (const other of beside.get(turn) ?? []) {
        if (pairs++ >= MOST_PAIRS) break;
        shares.push(difference(wordsOf.get(one) ?? [], wordsOf.get(other) ?? []));
      }
    }
  }
  return mean(shares);
}

function answersByTurn(samples: readonly ReplaySample[], caseOf: CaseOf) {
  const told = samples.filter(({ error, text }) => error === null && text !== '');
  return groupBy(told, (sample) => `${caseOf(sample)} ${sample.turn}`);
}

/** Share of words that two texts do not have in common, in their order: 0 = the same words, 1 = none. */
export function difference(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 0;
  let same = 0;
  for (const change of diffArrays([...a], [...b])) {
    if (!change.added && !change.removed) same += change.count;
  }
  return 1 - (2 * same) / (a.length + b.length);
}

function countRules(samples: readonly ReplaySample[]): Record<ReplayRule, number> {
  const count = (rule: ReplayRule) =>
    samples.filter(({ verdict }) => verdict.rules[rule] === 'fail').length;
  return {
    answered: count('answered'),
    language: count('language'),
    sure: count('sure'),
    tools: count('tools'),
    schema: count('schema'),
  };
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...groupBy(items, key)].map(([name, list]) => [name, list.length]));
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)];
  if (high === undefined) return null;
  const low = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? high) : high;
  return (low + high) / 2;
}
