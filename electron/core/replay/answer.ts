/** Answers one turn: asks the endpoint, lets the recording answer its tools, until there are words. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { ReplaySample, ReplayToolCall } from '#shared/model/replay.ts';
import { BudgetSpent, costOf, guessTokens, type Share } from './budget.ts';
import type { CompletionRequest, CompletionResult, Completions } from './completion.ts';
import { languageOf } from './language.ts';
import { roundMessages } from './messages.ts';
import { type Phrases, soundsRefusing, soundsUnsure } from './phrases.ts';
import type { RecordedTools } from './tools.ts';
import type { ChatMessage } from './wire.ts';

/** A model that goes on calling tools for ever is stopped here. */
const MOST_ROUNDS = 8;
const TRIES = 3;
const LONGEST_WAIT_MS = 30_000;

export interface AnswerDeps {
  completions: Completions;
  budget: Share;
  phrases: Phrases;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** All of a sample that the answer itself tells. */
export type Answer = Omit<
  ReplaySample,
  'endpoint' | 'sample' | 'turn' | 'verdict' | 'judgement' | 'judgeError'
>;

/**
 * `asked`: the language of the question. Answers what the endpoint does wrong as a failed or partial sample; throws
 * `BudgetSpent` where the budget does not reach to its end, and what the signal says when it aborts. `messages` is extended by
 * what was said, so that it can be the history of the next turn.
 */
export async function answerTurn(
  deps: AnswerDeps,
  messages: ChatMessage[],
  request: Omit<CompletionRequest, 'messages'>,
  tools: RecordedTools,
  asked: string | null,
  signal: AbortSignal,
): Promise<Answer> {
  const { budget, completions, phrases } = deps;
  const toolCalls: ReplayToolCall[] = [];
  const tokens = { input: 0, output: 0, told: true };
  let requests = 0;
  let latencyMs = 0;
  let firstTokenMs: number | null = null;
  let last: CompletionResult | null = null;
  let error: Answer['error'] = null;
  let endless = false;
  let text = '';

  for (let round = 0; round < MOST_ROUNDS; round++) {
    let asking: CompletionResult;
    try {
      asking = await ask(deps, { ...request, messages }, signal, () => {
        requests += 1;
      });
    } catch (caught) {
      if (!(caught instanceof NightdeskError) || signal.aborted) throw caught;
      // Our own limit is no answer of the endpoint.
      if (caught instanceof BudgetSpent) throw caught;
      error = failureOf(caught);
      break;
    }
    last = asking;
    const { usage } = asking;
    const used = usage ?? {
      input: guessTokens(JSON.stringify(messages).length),
      output: guessTokens(asking.text.length + JSON.stringify(asking.toolCalls).length),
    };
    tokens.input += used.input;
    tokens.output += used.output;
    tokens.told &&= usage !== null;
    budget.used(used.input + used.output, costOf(completions.endpoint, used));
    // What the user waits for: the rounds before, and then the first words.
    firstTokenMs =
      asking.text !== '' && asking.firstTokenMs !== null ? latencyMs + asking.firstTokenMs : null;
    latencyMs += asking.latencyMs;
    text = asking.text;
    error = asking.brokeOff && failureOf(asking.brokeOff);
    if (error !== null || asking.toolCalls.length === 0) break;
    const answered = asking.toolCalls.map((call) => tools.answer(call));
    toolCalls.push(...answered);
    const results = answered.map(({ result }) => result);
    messages.push(...roundMessages(asking.text, asking.toolCalls, results));
    if (round === MOST_ROUNDS - 1) {
      endless = true;
      error = {
        code: 'endless',
        message: `It went on calling tools after ${MOST_ROUNDS} rounds and was stopped.`,
      };
    }
  }

  const said = text !== '' ? text : (last?.refusal ?? '');
  if (said !== '') messages.push({ role: 'assistant', content: said });
  const refusal =
    (last?.refusal ?? '') !== '' ||
    last?.finishReason === 'content_filter' ||
    soundsRefusing(said, phrases.refusal);
  return {
    // That it never ends is its own doing; what fails on the way is not.
    state: error === null || endless ? 'done' : last !== null ? 'partial' : 'failed',
    text: said,
    finishReason: last?.finishReason ?? null,
    refusal,
    unsure: soundsUnsure(said, phrases.unsure),
    language: languageOf(said, asked),
    latencyMs: last === null ? null : latencyMs,
    firstTokenMs,
    inputTokens: tokens.told && last ? tokens.input : null,
    outputTokens: tokens.told && last ? tokens.output : null,
    costUsd: tokens.told && last ? costOf(completions.endpoint, tokens) : null,
    requests,
    toolCalls,
    error,
  };
}

function failureOf({ code, detail, message }: NightdeskError): NonNullable<Answer['error']> {
  const status = detail?.status;
  return { code, message, ...(typeof status === 'number' ? { status } : {}) };
}

/**
 * One request. Only a server that asks to slow down (429) is asked again, for it did no work; everything else may have cost
 * something already. Each try counts against the budget.
 */
async function ask(
  { budget, completions, sleep }: AnswerDeps,
  request: CompletionRequest,
  signal: AbortSignal,
  sent: () => void,
): Promise<CompletionResult> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    budget.take();
    sent();
    try {
      return await completions.ask(request, signal);
    } catch (error) {
      const limited = error instanceof NightdeskError && error.code === 'rate_limited';
      if (!limited || attempt === TRIES) throw error;
      const told = error.detail?.retryAfterMs;
      const wait = typeof told === 'number' ? told : 500 * 2 ** attempt;
      if (wait > Math.min(LONGEST_WAIT_MS, budget.leftMs())) throw error;
      await sleep(wait, signal);
    }
  }
}
