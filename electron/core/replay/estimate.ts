/** What a run will take, guessed from what was recorded. Pure. */
import type { Output } from '#shared/contract/index.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Config } from '#shared/model/config.ts';
import { RECORDED, type ReplaySpent } from '#shared/model/replay.ts';
import { costOf, guessTokens } from './budget.ts';
import { recordedMessages } from './messages.ts';
import type { Prepared } from './prepare.ts';
import type { ScriptTurn } from './script.ts';

/** Tokens of an answer where none were recorded. */
const USUAL_OUTPUT = 250;
const JUDGE_TOKENS = { input: 1200, output: 120 };
const JUDGE_MS = 2000;

type Phase = Output<'replay.preview'>['phases'][number];

/** What each phase of a run takes, in the order in which they are carried out. */
export function phasesOf(
  { cases }: Prepared,
  how: { endpoints: string[]; samples: number; judge: boolean },
  { endpoints, replay }: Pick<Config, 'endpoints' | 'replay'>,
): Phase[] {
  const judge = how.judge ? endpoints.find((one) => one.id === replay.judge) : undefined;
  const judged = (answers: number) => ({
    requests: judge ? answers : 0,
    tokens: judge ? answers * (JUDGE_TOKENS.input + JUDGE_TOKENS.output) : 0,
    usd: judge ? answers * (costOf(judge, JUDGE_TOKENS) ?? 0) : 0,
    ms: judge ? answers * JUDGE_MS : 0,
  });
  const turns = cases.reduce((sum, one) => sum + one.turns.length, 0);
  const phases: Phase[] = [];
  if (judge) {
    const recorded = judged(turns);
    phases.push({ endpoint: RECORDED, ...recorded, ms: recorded.ms / judge.concurrency });
  }
  for (const id of how.endpoints) {
    const endpoint = endpoints.find((one) => one.id === id);
    if (!endpoint) continue;
    // An answer holds its place until it is scored.
    const phase = { endpoint: id, ...judged(turns * how.samples) };
    for (const one of cases) {
      for (const turn of one.turns) {
        // A turn with tool calls asks once more to read what they answered.
        const rounds = turn.calls.length > 0 ? 2 : 1;
        const before = one.script.turns.filter((other) => other.number < turn.number);
        const each = tokensOf(turn, before, rounds);
        phase.requests += rounds * how.samples;
        phase.tokens += (each.input + each.output) * how.samples;
        phase.usd += (costOf(endpoint, each) ?? 0) * how.samples;
        phase.ms += turn.recorded.durationMs * how.samples;
      }
    }
    phases.push({ ...phase, ms: phase.ms / endpoint.concurrency });
  }
  return phases;
}

/** All phases together. */
export function sumOf(phases: readonly Phase[]): ReplaySpent {
  const sum = { requests: 0, tokens: 0, usd: 0, ms: 0 };
  for (const { requests, tokens, usd, ms } of phases) {
    sum.requests += requests;
    sum.tokens += tokens;
    sum.usd += usd;
    sum.ms += ms;
  }
  return sum;
}

function tokensOf(turn: ScriptTurn, before: readonly ScriptTurn[], rounds: number) {
  const { inputTokens, outputTokens } = turn.recorded;
  const text = JSON.stringify([...before, turn].flatMap(recordedMessages)).length;
  return {
    input: inputTokens ?? rounds * guessTokens(text + (turn.system?.length ?? 0)),
    output: outputTokens ?? USUAL_OUTPUT,
  };
}

/** What holds for the cases: told once, with how many it holds for where it does not for all. */
export function commonRemarks({ cases }: Prepared): Remark[] {
  const counts = new Map<string, { remark: Remark; count: number }>();
  for (const remark of cases.flatMap((one) => one.remarks)) {
    const known = counts.get(remark.code);
    if (known) known.count += 1;
    else counts.set(remark.code, { remark, count: 1 });
  }
  return [...counts.values()].map(({ remark, count }) =>
    cases.length > 1
      ? { ...remark, message: `${remark.message} (${count} of ${cases.length} conversations)` }
      : remark,
  );
}
