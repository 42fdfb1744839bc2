/** The recorded answer in the form of a sample, so that it stands beside the new ones under the same rules. Pure. */
import type { ValidateFunction } from 'ajv';
import { RECORDED, type ReplaySample } from '#shared/model/replay.ts';
import { withoutReasoning } from './answer-text.ts';
import { languageOf } from './language.ts';
import { type Phrases, soundsRefusing, soundsUnsure } from './phrases.ts';
import type { ScriptTurn } from './script.ts';
import { RecordedTools } from './tools.ts';
import { asContent } from './values.ts';
import { judge } from './verdict.ts';

/** What the service told of the turn counts; words are looked at only where it told nothing. */
export function recordedSample(
  turn: ScriptTurn,
  asked: string | null,
  schemas: ReadonlyMap<string, ValidateFunction>,
  phrases: Phrases,
): ReplaySample {
  const { recorded } = turn;
  const tools = new RecordedTools(turn.calls, [], schemas);
  const toolCalls = turn.calls.map((call, place) =>
    tools.answer({
      id: `call_${place + 1}`,
      type: 'function',
      function: { name: call.name, arguments: asContent(call.arguments ?? {}) },
    }),
  );
  const text = withoutReasoning(turn.answer);
  const answer = {
    state: recorded.error === null ? ('done' as const) : ('failed' as const),
    text,
    finishReason: recorded.finishReason,
    refusal: recorded.guardrailBlocked || soundsRefusing(text, phrases.refusal),
    unsure: recorded.unsure || soundsUnsure(text, phrases.unsure),
    language: recorded.answerLanguage ?? languageOf(text, asked),
    latencyMs: recorded.durationMs,
    firstTokenMs: recorded.timeToFirstTokenMs,
    inputTokens: recorded.inputTokens,
    outputTokens: recorded.outputTokens,
    // A part of it beside the whole of another answer would say that the service is cheaper.
    costUsd: recorded.costAtLeast ? null : recorded.costUsd,
    requests: 0,
    toolCalls,
    error: recorded.error === null ? null : { code: 'recorded', message: recorded.error },
  };
  return {
    ...answer,
    endpoint: RECORDED,
    sample: 0,
    turn: turn.number,
    verdict: judge(answer, asked, null),
    judgement: null,
    judgeError: null,
  };
}
