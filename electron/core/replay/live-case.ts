/** A conversation while it is answered again: its recording, and what has come of it so far. */
import type { ValidateFunction } from 'ajv';
import type { StoredCase } from '#core/cache/queries/replays.ts';
import { RECORDED, type ReplaySample } from '#shared/model/replay.ts';
import type { Judged } from './judge.ts';
import { recordedMessages } from './messages.ts';
import { askedLanguage, type PreparedCase } from './prepare.ts';
import type { ScriptTurn } from './script.ts';
import { sourcesOf } from './sources.ts';
import { toolSchemas } from './tools.ts';
import type { Measure } from './verdict.ts';
import type { ChatMessage } from './wire.ts';

export interface LiveCase extends PreparedCase {
  stored: StoredCase;
  samples: ReplaySample[];
  /** What a turn's tool calls are held against. */
  schemasOf: (turn: ScriptTurn) => ReadonlyMap<string, ValidateFunction>;
}

export function liveCase(one: PreparedCase, number: number): LiveCase {
  const { category, remarks, summary, turns } = one;
  return {
    ...one,
    samples: [],
    schemasOf: schemasOnce(),
    stored: {
      case: {
        number,
        conversation: summary.key,
        conversationId: summary.id,
        title: summary.title,
        version: turns.at(-1)?.recorded.live.version ?? summary.version,
        language: summary.language,
        category,
        turns: turns.map((turn) => turn.number),
        remarks,
        totals: [],
      },
      turns: turns.map((turn) => ({
        turn: turn.number,
        traceId: turn.recorded.traceId,
        question: turn.said.join('\n'),
        asked: askedLanguage(turn),
      })),
    },
  };
}

/** Turns that share their tools share what is compiled of them. */
function schemasOnce(): LiveCase['schemasOf'] {
  const known = new Map<string, ReadonlyMap<string, ValidateFunction>>();
  return ({ defined }) => {
    const key = JSON.stringify(defined);
    const schemas = known.get(key) ?? toolSchemas({ defined });
    known.set(key, schemas);
    return schemas;
  };
}

/** The recorded turns before one, and after the turn numbered `after`. */
export function historyBefore(one: PreparedCase, turn: ScriptTurn, after = -1): ScriptTurn[] {
  return one.script.turns.filter(({ number }) => number > after && number < turn.number);
}

/** A turn that failed, as the service tells it or by the rules, is no measure of which tools to call. */
export function measureOf({ failed, samples }: LiveCase, turn: ScriptTurn): Measure {
  const recorded = samples.find(
    (sample) => sample.endpoint === RECORDED && sample.turn === turn.number,
  );
  return {
    calls: turn.calls,
    failed: failed.has(turn.number) || recorded?.verdict.pass === false,
  };
}

/** What was said in a recorded turn, without its tool calls. */
export function spoken(turn: ScriptTurn): ChatMessage[] {
  return recordedMessages(turn).filter(
    (message) => message.role === 'user' || message.role === 'assistant',
  );
}

/** What the judge is given: the question, what was said and looked up before it, and the answer. */
export function toJudge(
  sample: ReplaySample,
  one: LiveCase,
  turn: ScriptTurn,
  before: readonly ChatMessage[],
): Judged {
  return {
    question: turn.said.join('\n'),
    before: before.flatMap((message) =>
      (message.role === 'user' || message.role === 'assistant') && message.content
        ? [{ by: message.role, text: message.content }]
        : [],
    ),
    sources: sourcesOf(turn, sample.toolCalls, historyBefore(one, turn)),
    answer: sample.text,
  };
}
