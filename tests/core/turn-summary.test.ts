import { describe, expect, it } from 'vitest';
import { summariseFacts, turnFacts } from '#core/analysis/conversation.ts';
import type { Turn } from '#shared/model/conversation.ts';
import { ConversationSummary } from '#shared/model/conversation.ts';
import { failingsOf, failuresOf, tellingTurn } from '#shared/util/failures.ts';
import fc from '../helpers/random.ts';

let made = 0;

function turn(change: Partial<Turn> = {}): Turn {
  made++;
  return {
    traceId: `t-${made}`,
    name: 'invoke_agent support-bot',
    startedAt: 1000 * made,
    durationMs: 1000,
    messages: [],
    live: { version: 'v41', model: null, prompt: null, index: null, flags: {} },
    language: null,
    answerLanguage: null,
    unsure: false,
    handoff: false,
    error: null,
    guardrailBlocked: false,
    feedback: [],
    finishReason: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    timeToFirstTokenMs: null,
    spanCount: 1,
    ...change,
  };
}

const summarise = (turns: readonly Turn[], slowTurnMs: number) =>
  summariseFacts(turns.map(turnFacts), slowTurnMs);
const said = (content: string): Turn['messages'] => [
  { role: 'assistant', parts: [{ type: 'text', content: 'How can I help?' }] },
  { role: 'user', parts: [{ type: 'text', content }] },
];
const es = (answerLanguage: string): Partial<Turn> => ({ language: 'es-MX', answerLanguage });
const live = (version: string): Turn['live'] => ({ ...turn().live, version });

describe('a conversation', () => {
  it('is titled with the first thing the user said, on one line, cut at 200 characters', () => {
    const title = (content: string) =>
      summarise([turn(), turn({ messages: said(content) })], 5000).title;
    expect(title('Where is\n\n my  refund?')).toBe('Where is my refund?');
    expect(title('x'.repeat(500))).toBe(`${'x'.repeat(199)}…`);
    expect(title('😀'.repeat(150)).isWellFormed()).toBe(true);
    expect(title('\0\u0007')).toBe('invoke_agent support-bot');
  });

  it('is titled with the name of its root span where nobody said anything', () => {
    expect(summarise([turn()], 5000).title).toBe('invoke_agent support-bot');
  });

  it('has the version of its last turn, and all of them in order', () => {
    const turns = [
      turn({ live: live('v41') }),
      turn({ live: live('v42') }),
      turn({ live: live('') }),
    ];
    expect(summarise(turns, 5000)).toMatchObject({ version: 'v42', versions: ['v41', 'v42'] });
  });

  it('sums and spans its turns', () => {
    const first = turn({ inputTokens: 5, outputTokens: 1, costUsd: 0.5, language: 'es' });
    const second = turn({ inputTokens: 7, durationMs: 4000, unsure: true, language: 'en' });
    expect(summarise([second, first], 5000)).toMatchObject({
      turns: 2,
      startedAt: first.startedAt,
      endedAt: second.startedAt + 4000,
      slowestTurnMs: 4000,
      inputTokens: 12,
      outputTokens: 1,
      costUsd: 0.5,
      unsure: 1,
      language: 'es',
    });
  });

  it('costs nothing only where that was told, and more than a part of its turns told', () => {
    const figures = (...costs: (number | null)[]) => {
      const turns = costs.map((costUsd) => turn({ costUsd }));
      const { costAtLeast, costUsd } = summarise(turns, 5000);
      return [costUsd, costAtLeast];
    };
    expect(figures(null, null)).toEqual([null, undefined]);
    expect(figures(0, 0)).toEqual([0, undefined]);
    expect(figures(0.1, 0.2)[1]).toBeUndefined();
    expect(figures(0.1, null)).toEqual([0.1, true]);
    expect(summarise([turn({ costUsd: 0.1, costAtLeast: true })], 5000).costAtLeast).toBe(true);
    expect(summarise([turn()], 5000)).toMatchObject({ inputTokens: null, outputTokens: null });
    expect(summarise([turn({ inputTokens: 0 })], 5000).inputTokens).toBe(0);
  });

  it.each([
    ['error', { error: 'timeout' }],
    ['unsure', { unsure: true }],
    ['thumbs_down', { feedback: ['thumbs_down'] }],
    ['handoff', { handoff: true }],
    ['slow', { durationMs: 5001 }],
    ['guardrail', { guardrailBlocked: true }],
    ['language_switched', { language: 'es-MX', answerLanguage: 'en' }],
  ] satisfies [string, Partial<Turn>][])('fails by %s when one turn does', (failure, change) => {
    expect(summarise([turn(), turn(change), turn()], 5000).failures).toEqual([failure]);
  });

  it.each([
    ['a turn as long as the limit', { durationMs: 5000 }],
    ['another region of the language', { language: 'es-MX', answerLanguage: 'ES' }],
    ['an unknown language', { language: 'es' }],
    ['thumbs up', { feedback: ['thumbs_up'] }],
  ] satisfies [string, Partial<Turn>][])('does not fail by %s', (_, change) => {
    expect(summarise([turn(change)], 5000).failures).toEqual([]);
  });

  it.each([
    ['whose answer itself failed', [{}, { handoff: true }, { unsure: true }, { error: 'x' }], 2],
    ['that was only slow, where no answer failed', [{}, { durationMs: 5001 }, {}], 1],
    ['that a user disliked', [{}, { feedback: ['thumbs_down'] }, {}], 1],
    ['in another language, not in another region', [es('es'), es('en'), {}], 1],
    ['of none, where none failed', [{}, es('es'), {}], null],
    ['of none, where there is none', [], null],
  ] satisfies [string, Partial<Turn>[], number | null][])(
    'is answered again from the turn %s',
    (...those) => {
      const [, changes, place] = those;
      expect(
        tellingTurn(
          changes.map((change, at) => ({
            turn: at,
            failures: failuresOf(failingsOf(turn(change)), 5000),
          })),
        ),
      ).toBe(place);
    },
  );

  it('is the same in whatever order its turns are given, from turns or from their facts', () => {
    const turns = [
      turn({ messages: said('Hi'), live: live('v41'), unsure: true, costUsd: 0.1 }),
      turn({ live: live('v42'), error: 'x', feedback: ['regenerate'], costUsd: 0.2 }),
      turn({ live: live('v42'), feedback: ['thumbs_down'], costUsd: 0.3 }),
    ];
    const whole = summarise(turns, 5000);
    fc.assert(
      fc.property(fc.shuffledSubarray(turns, { minLength: 3 }), (shuffled) => {
        expect(summarise(shuffled, 5000)).toEqual(whole);
      }),
    );
    expect(
      ConversationSummary.omit({
        key: true,
        id: true,
        service: true,
        environment: true,
        pinned: true,
      }).parse(whole),
    ).toEqual(whole);
  });

  it('carries no texts in its facts, whatever was said', () => {
    expect(
      JSON.stringify(turnFacts(turn({ messages: said('x'.repeat(100_000)) }))).length,
    ).toBeLessThan(1000);
  });

  it('without turns is empty', () => {
    expect(summarise([], 5000)).toMatchObject({ turns: 0, title: '', failures: [] });
  });
});
