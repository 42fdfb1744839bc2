/** What a run will take, guessed from what was recorded. Pure. */
import type { Remark } from '#shared/model/basics.ts';
import type { Config } from '#shared/model/config.ts';
import { costOf, guessTokens } from './budget.ts';
import { recordedMessages } from './messages.ts';
import type { Prepared } from './prepare.ts';
import type { ScriptTurn } from './script.ts';

/** Tokens of an answer where none were recorded. */
const USUAL_OUTPUT = 250;
const JUDGE_TOKENS = { input: 1200, output: 120 };

/** `priced`: every endpoint has prices; else the cost cannot be told. */
export function estimateOf(
  { cases }: Prepared,
  how: { endpoints: string[]; samples: number; judge: boolean },
  { endpoints, replay }: Pick<Config, 'endpoints' | 'replay'>,
  priced: boolean,
) {
  let requests = 0;
  let tokens = 0;
  let usd = 0;
  let ms = 0;
  for (const id of how.endpoints) {
    const endpoint = endpoints.find((one) => one.id === id);
    if (!endpoint) continue;
    let workMs = 0;
    for (const one of cases) {
      for (const turn of one.turns) {
        // A turn with tool calls asks once more to read what they answered.
        const rounds = turn.calls.length > 0 ? 2 : 1;
        const before = one.script.turns.filter((other) => other.number < turn.number);
        const each = tokensOf(turn, before, rounds);
        requests += rounds * how.samples;
        tokens += (each.input + each.output) * how.samples;
        usd += (costOf(endpoint, each) ?? 0) * how.samples;
        workMs += turn.recorded.durationMs * how.samples;
      }
    }
    ms += workMs / endpoint.concurrency;
  }
  const judge = endpoints.find((one) => one.id === replay.judge);
  if (how.judge && judge) {
    const turns = cases.reduce((sum, one) => sum + one.turns.length, 0);
    const judged = turns * (1 + how.endpoints.length * how.samples);
    requests += judged;
    tokens += judged * (JUDGE_TOKENS.input + JUDGE_TOKENS.output);
    usd += judged * (costOf(judge, JUDGE_TOKENS) ?? 0);
  }
  return { requests, tokens, usd: priced ? usd : null, ms };
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
