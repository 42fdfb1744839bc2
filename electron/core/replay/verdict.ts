/** The visible rules that an answer is held against. Pure. */
import type { ReplaySample, RuleResult, Verdict } from '#shared/model/replay.ts';
import { languageSwitched } from '#shared/util/failures.ts';
import type { RecordedCall } from './model-call.ts';
import { callKey } from './values.ts';

type Judged = Pick<
  ReplaySample,
  'state' | 'error' | 'text' | 'finishReason' | 'refusal' | 'unsure' | 'language' | 'toolCalls'
>;

const CANNOT_TELL: Verdict['rules'] = {
  answered: 'unknown',
  language: 'unknown',
  sure: 'unknown',
  tools: 'unknown',
  schema: 'unknown',
};

/** What an answer is held against. */
export interface Measure {
  calls: readonly RecordedCall[];
  /** The recorded turn failed: nobody knows whether its calls were right, so they decide nothing. */
  failed: boolean;
}

/**
 * - `answered`: a whole answer with words in it, not cut off by its limit of tokens, and no refusal
 * - `language`: in the language of the question
 * - `sure`: it does not say that it is unsure
 * - `tools`: the recorded calls, each as often, in any order; unknown where the recorded turn failed
 * - `schema`: arguments fit the recorded schema of their tool
 *
 * An answer that did not come to its end is held against none of them: it is no answer of the version.
 * `asked`: the language of the question; `recorded`: null = it is the recorded answer itself.
 */
export function judge(answer: Judged, asked: string | null, recorded: Measure | null): Verdict {
  if (recorded !== null && answer.state !== 'done') {
    return { pass: false, rules: CANNOT_TELL, besideFailed: null };
  }
  const same = recorded !== null ? sameCalls(answer, recorded.calls) : null;
  const failed = recorded?.failed ?? false;
  const rules: Verdict['rules'] = {
    answered: result(
      answer.error === null &&
        answer.finishReason !== 'length' &&
        answer.text.trim() !== '' &&
        !answer.refusal,
    ),
    language:
      asked === null || answer.language === null
        ? 'unknown'
        : result(!languageSwitched(asked, answer.language)),
    sure: answer.text.trim() === '' ? 'unknown' : result(!answer.unsure),
    tools: same === null || failed ? 'unknown' : result(same),
    schema: schemaRule(answer),
  };
  return {
    pass: Object.values(rules).every((rule) => rule !== 'fail'),
    rules,
    besideFailed: same === null || !failed ? null : same ? 'same' : 'other',
  };
}

function sameCalls({ toolCalls }: Judged, expected: readonly RecordedCall[]): boolean {
  const made = toolCalls.map(callKey).sort();
  const wanted = expected.map(callKey).sort();
  return made.length === wanted.length && made.every((key, place) => key === wanted[place]);
}

function schemaRule({ toolCalls }: Judged): RuleResult {
  if (toolCalls.some((call) => call.answer === 'unreadable')) return 'fail';
  const checked = toolCalls.flatMap((call) =>
    call.schemaErrors === null ? [] : [call.schemaErrors],
  );
  return checked.length === 0 ? 'unknown' : result(checked.every((errors) => errors.length === 0));
}

function result(pass: boolean): RuleResult {
  return pass ? 'pass' : 'fail';
}
