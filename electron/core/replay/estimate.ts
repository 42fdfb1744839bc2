/** What a run will take, guessed from what was recorded. Pure. */
import type { Output } from '#shared/contract/index.ts';
import type { Remark } from '#shared/model/basics.ts';
import type { Config, EndpointConfig } from '#shared/model/config.ts';
import { RECORDED, type ReplaySpent } from '#shared/model/replay.ts';
import { costOf, guessTokens } from './budget.ts';
import { recordedMessages } from './messages.ts';
import type { Prepared, PreparedCase } from './prepare.ts';
import type { ScriptTurn } from './script.ts';
import { boundedSources, sourcesOf } from './sources.ts';
import { asContent } from './values.ts';

/** Tokens of an answer where none were recorded. */
const USUAL_OUTPUT = 250;
/** Without the sources that the judge is given. */
const JUDGE_TOKENS = { input: 1200, output: 120 };
const JUDGE_MS = 2000;

type Phase = Output<'replay.preview'>['phases'][number];

/** What each phase of a run takes, in the order in which they are carried out. */
export function phasesOf(
  { cases }: Prepared,
  how: { endpoints: string[]; samples: number; judge: boolean },
  { endpoints, replay }: Pick<Config, 'endpoints' | 'replay'>,
): Phase[] {
  const named = (id: string | undefined) => endpoints.find((one) => one.id === id) ?? null;
  const judge = how.judge ? named(replay.judge) : null;
  const phase = (id: string, endpoint: EndpointConfig | null, samples: number, at: number) => {
    const { ms, requests, tokens, usd } = sumOf(cases.map((one) => takes(one, endpoint, judge)));
    return {
      endpoint: id,
      requests: requests * samples,
      tokens: tokens * samples,
      usd: usd * samples,
      ms: (ms * samples) / at,
    };
  };
  const asked = how.endpoints.flatMap((id) => named(id) ?? []);
  return [
    ...(judge ? [phase(RECORDED, null, 1, judge.concurrency)] : []),
    ...asked.map((one) => phase(one.id, one, how.samples, one.concurrency)),
  ];
}

/** What one sample of a case takes, its scoring included. `endpoint`: null = what was recorded is only scored. */
export function takes(
  { script, turns }: Pick<PreparedCase, 'script' | 'turns'>,
  endpoint: EndpointConfig | null,
  judge: EndpointConfig | null,
): ReplaySpent {
  const sum = { requests: 0, tokens: 0, usd: 0, ms: 0 };
  for (const turn of turns) {
    if (judge) {
      const tokens = judgeTokensOf(turn);
      sum.requests += 1;
      sum.tokens += tokens.input + tokens.output;
      sum.usd += costOf(judge, tokens) ?? 0;
      // An answer holds its place until it is scored.
      sum.ms += JUDGE_MS;
    }
    if (!endpoint) continue;
    // A turn with tool calls asks once more to read what they answered.
    const rounds = turn.calls.length > 0 ? 2 : 1;
    const before = script.turns.filter((other) => other.number < turn.number);
    const each = tokensOf(turn, before, rounds);
    sum.requests += rounds;
    sum.tokens += each.input + each.output;
    sum.usd += costOf(endpoint, each) ?? 0;
    sum.ms += turn.recorded.durationMs;
  }
  return sum;
}

/** All of them together. */
export function sumOf(parts: readonly ReplaySpent[]): ReplaySpent {
  const sum = { requests: 0, tokens: 0, usd: 0, ms: 0 };
  for (const { requests, tokens, usd, ms } of parts) {
    sum.requests += requests;
    sum.tokens += tokens;
    sum.usd += usd;
    sum.ms += ms;
  }
  return sum;
}

function judgeTokensOf(turn: ScriptTurn) {
  const told = turn.calls.map(({ name, result }) => ({ name, result: asContent(result) }));
  const sources = JSON.stringify(boundedSources(sourcesOf(turn, told))).length;
  return { ...JUDGE_TOKENS, input: JUDGE_TOKENS.input + guessTokens(sources) };
}

function tokensOf(turn: ScriptTurn, before: readonly ScriptTurn[], rounds: number) {
  const { inputTokens, outputTokens } = turn.recorded;
  const messages = [...before, turn].flatMap(recordedMessages);
  const beside = turn.asked === turn.said ? '' : (turn.asked.at(-1) ?? '');
  const text = JSON.stringify(messages).length + beside.length;
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
