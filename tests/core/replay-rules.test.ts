/** What re-runs are made of, without a server: scripts, recorded tools, rules, figures. */
import { describe, expect, test } from 'vitest';
import { Budget } from '#core/replay/budget.ts';
import { languageOf } from '#core/replay/language.ts';
import { recordedMessages } from '#core/replay/messages.ts';
import { soundsRefusing, soundsUnsure } from '#core/replay/phrases.ts';
import { plainSchema } from '#core/replay/schema.ts';
import { makeScript, recordedCalls } from '#core/replay/script.ts';
import { RecordedTools, toolSchemas } from '#core/replay/tools.ts';
import { difference, totalsOf } from '#core/replay/totals.ts';
import { callKey } from '#core/replay/values.ts';
import { judge } from '#core/replay/verdict.ts';
import type { Message, Span, Turn } from '#shared/model/conversation.ts';
import type { ReplaySample } from '#shared/model/replay.ts';
import { words } from '#shared/util/words.ts';

const text = (role: Message['role'], content: string): Message => ({
  role,
  parts: [{ type: 'text', content }],
});
const called = (id: string | null, name: string, given: unknown): Message => ({
  role: 'assistant',
  parts: [{ type: 'tool_call', id, name, arguments: given }],
});
const told = (id: string | null, name: string | null, response: unknown): Message => ({
  role: 'tool',
  parts: [{ type: 'tool_call_response', id, name, response }],
});

function turnOf(messages: Message[], more: Partial<Turn> = {}): Turn {
  return {
    traceId: 't',
    startedAt: 0,
    durationMs: 1000,
    messages,
    live: { version: 'v42', model: null, prompt: null, index: null, flags: {} },
    language: 'es',
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
    ...more,
  };
}

function chatSpan(attributes: Record<string, unknown>): Span {
  return {
    traceId: 't',
    spanId: 's',
    parentId: null,
    name: 'chat',
    operation: 'chat',
    startedAt: 0,
    durationMs: 1,
    status: 'unset',
    statusMessage: '',
    attributes,
    events: [],
  };
}

describe('a script', () => {
  const turn = turnOf([
    text('user', 'Where is A-1?'),
    called('c1', 'lookup', { id: 'A-1' }),
    told('c1', 'lookup', '{"state":"sent"}'),
    text('assistant', 'It is on its way.'),
  ]);

  test('has system prompt, tools and settings as they were recorded', () => {
    const parameters = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
    const script = makeScript({ turns: [turn] }, () => [
      chatSpan({
        'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
        'gen_ai.tool.definitions': JSON.stringify([
          { type: 'function', name: 'lookup', description: 'Looks up', parameters },
        ]),
        'gen_ai.request.temperature': 0.2,
        'gen_ai.request.max_tokens': 300,
      }),
    ]);
    expect(script.turns[0]?.system).toBe('Be brief.');
    expect(script.turns[0]?.tools).toEqual([
      { name: 'lookup', description: 'Looks up', parameters },
    ]);
    expect(script.turns[0]?.sampling).toEqual({ temperature: 0.2, max_tokens: 300 });
    expect(script.remarks).toEqual([]);
  });

  test('takes the system prompt out of the messages of a call, and OpenAI’s form of tools', () => {
    const script = makeScript({ turns: [turn] }, () => [
      chatSpan({
        'gen_ai.input.messages': JSON.stringify([
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Where is A-1?' },
        ]),
        'gen_ai.tool.definitions': [{ type: 'function', function: { name: 'lookup' } }],
      }),
    ]);
    expect(script.turns[0]?.system).toBe('Be kind.');
    expect(script.turns[0]?.tools).toMatchObject([
      { name: 'lookup', parameters: { type: 'object' } },
    ]);
  });

  test('has the documents that a turn retrieved, with their texts where these were recorded', () => {
    const retrieval = (attributes: Record<string, unknown>) => ({
      ...chatSpan(attributes),
      operation: 'retrieval' as const,
    });
    const script = makeScript({ turns: [turn] }, () => [
      retrieval({
        'ai.retrieval.documents': '[{"id":"a.md","language":"en","score":0.7},"b.md",null,{}]',
      }),
      // Its reranking tells one of them again.
      retrieval({ 'ai.retrieval.documents': [{ id: 'a.md', score: 0.9 }] }),
      retrieval({
        'gen_ai.retrieval.documents': [
          { id: 'doc_1', score: 0.9, content: 'Refunds take five days.' },
          { page_content: 'Shipping is free.', metadata: { source: 'shipping.md' } },
        ],
      }),
      retrieval({
        'retrieval.documents.1.document.content': 'Second.',
        'retrieval.documents.0.document.id': 7,
        'retrieval.documents.0.document.content': 'First.',
      }),
      retrieval({ 'gen_ai.retrieval.documents': '[{' }),
    ]);
    expect(script.turns[0]?.retrieved).toEqual([
      { name: 'a.md', text: null },
      { name: 'b.md', text: null },
      { name: 'doc_1', text: 'Refunds take five days.' },
      { name: 'shipping.md', text: 'Shipping is free.' },
      { name: '7', text: 'First.' },
      { name: '', text: 'Second.' },
    ]);
  });

  test('says what was not recorded, and makes tools from the calls', () => {
    const script = makeScript({ turns: [turn] }, () => []);
    expect(script.remarks.map(({ code }) => code)).toEqual(['no_system_prompt', 'tools_guessed']);
    const [made] = script.turns;
    expect(made?.tools).toEqual([
      { name: 'lookup', parameters: { type: 'object', properties: { id: {} } } },
    ]);
    expect(made && toolSchemas(made).size).toBe(0);
  });

  test('tells a recorded turn as endpoints take it: fresh ids, an answer to every call', () => {
    const odd = turnOf([
      text('user', 'Both?'),
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'same', name: 'a', arguments: { x: 1 } },
          { type: 'tool_call', id: 'same', name: 'b', arguments: '{"y":2}' },
        ],
      },
      told('same', 'a', { ok: true }),
      text('assistant', 'Done.'),
    ]);
    const [script] = makeScript({ turns: [odd] }, () => []).turns;
    expect(script && recordedMessages(script)).toEqual([
      { role: 'user', content: 'Both?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1_1', type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
          { id: 'call_1_2', type: 'function', function: { name: 'b', arguments: '{"y":2}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1_1', content: '{"ok":true}' },
      { role: 'tool', tool_call_id: 'call_1_2', content: 'No answer was recorded.' },
      { role: 'assistant', content: 'Done.' },
    ]);
  });

  test('pairs calls and answers by id, and by name where ids are missing', () => {
    const calls = recordedCalls([
      called(null, 'a', {}),
      called(null, 'b', {}),
      told(null, 'b', 'of b'),
      told(null, 'a', 'of a'),
    ]);
    expect(calls.map(({ name, result }) => [name, result])).toEqual([
      ['a', 'of a'],
      ['b', 'of b'],
    ]);
  });
});

describe('the recording answers tools', () => {
  const call = (name: string, given: string) => ({
    id: 'x',
    type: 'function' as const,
    function: { name, arguments: given },
  });

  test('by name and arguments, whatever their order and spelling', () => {
    expect(callKey({ name: 'f', arguments: '{"b":[1],"a":null}' })).toBe(
      callKey({ name: 'f', arguments: { a: null, b: [1] } }),
    );
    expect(callKey({ name: 'f', arguments: '' })).toBe(callKey({ name: 'f', arguments: {} }));
    const tools = new RecordedTools(
      [{ name: 'f', arguments: { a: 1, b: 2 }, result: { v: 1 } }],
      [],
      new Map(),
    );
    expect(tools.answer(call('f', '{ "b": 2, "a": 1 }'))).toMatchObject({
      answer: 'recorded',
      result: '{"v":1}',
    });
  });

  test('the same call again in the recorded order, and with the last from then on', () => {
    const of = (result: string) => ({ name: 'f', arguments: {}, result });
    const tools = new RecordedTools([of('1'), of('2')], [of('3')], new Map());
    const results = [1, 2, 3, 4].map(() => tools.answer(call('f', '{}')).result);
    expect(results).toEqual(['1', '2', '3', '3']);
  });

  test('from after what was done in between, once that was done again', () => {
    const made = (name: string, result: string) => ({ name, arguments: {}, result });
    const recorded = [made('look', 'open'), made('cancel', 'done'), made('look', 'cancelled')];
    const results = (...names: string[]) => {
      const tools = new RecordedTools(recorded, [], new Map());
      return names.map((name) => tools.answer(call(name, '{}')).result);
    };
    expect(results('look', 'cancel', 'look')).toEqual(['open', 'done', 'cancelled']);
    expect(results('cancel', 'look', 'look')).toEqual(['done', 'cancelled', 'cancelled']);
  });

  test.each(['ABAB', 'AWAWA', 'ABABAB', 'AABBA', 'ABCABCAB', 'AAAA'])(
    '%s made again as it was recorded has each answer at its place',
    (names) => {
      const recorded = [...names].map((name, place) => ({
        name,
        arguments: {},
        result: `${name}${place}`,
      }));
      const tools = new RecordedTools(recorded, [], new Map());
      const results = recorded.map(({ name }) => tools.answer(call(name, '{}')).result);
      expect(results).toEqual(recorded.map(({ result }) => result));
    },
  );

  test('what it has not recorded is stubbed and marked; what is no JSON too', () => {
    const tools = new RecordedTools(
      [{ name: 'f', arguments: { a: 1 }, result: undefined }],
      [],
      new Map(),
    );
    const stubbed = [tools.answer(call('f', '{"a":1}')), tools.answer(call('f', '{"a":2}'))];
    expect(stubbed.map(({ answer }) => answer)).toEqual(['unanswered', 'stubbed']);
    for (const { result } of stubbed) {
      expect(JSON.parse(result)).toMatchObject({ error: 'not_recorded' });
    }
    expect(tools.answer(call('f', '{"a":')).answer).toBe('unreadable');
  });

  test('and holds arguments against the recorded schema', () => {
    const schemas = toolSchemas({
      defined: [
        {
          name: 'f',
          parameters: {
            type: 'object',
            properties: { id: { type: 'string' }, n: { type: 'integer', minimum: 1 } },
            required: ['id'],
            additionalProperties: false,
          },
        },
      ],
    });
    const tools = new RecordedTools([], [], schemas);
    expect(tools.answer(call('f', '{"id":"a","n":2}')).schemaErrors).toEqual([]);
    expect(tools.answer(call('f', '{"n":0}')).schemaErrors?.toSorted()).toEqual([
      '/n must be >= 1',
      "the arguments must have required property 'id'",
    ]);
    // What a mark stands for may well be a number.
    expect(tools.answer(call('f', '{"id":"a","n":"⟦card k3f9⟧"}')).schemaErrors).toEqual([]);
    expect(tools.answer(call('g', '{}')).schemaErrors).toBeNull();
  });

  test('a schema is code to its validator: what could hang it or reach elsewhere is not kept', () => {
    expect(
      plainSchema({
        type: 'object',
        $ref: 'http://example.invalid/x',
        properties: {
          a: { type: 'string', pattern: '(a+)+$', minLength: 1 },
          b: { enum: ['x', 1], $data: '1/a' },
          c: { type: 'array', items: { type: ['string', 'null'] }, uniqueItems: true },
        },
      }),
    ).toEqual({
      type: ['object'],
      properties: {
        a: { type: ['string'], minLength: 1 },
        b: { enum: ['x', 1] },
        c: { type: ['array'], items: { type: ['string', 'null'] } },
      },
    });
    let deep: object = {};
    for (let i = 0; i < 100; i++) deep = { properties: { deep } };
    expect(plainSchema(deep)).toBeNull();
    expect(plainSchema('x')).toBeNull();
  });
});

describe('an answer', () => {
  test('has the language of most of its words', () => {
    expect(languageOf('La devolución está aceptada y el dinero sale hoy hacia tu tarjeta.')).toBe(
      'es',
    );
    expect(
      languageOf('No estoy seguro. Our refund policy says that refunds take a few business days.'),
    ).toBe('en');
    expect(languageOf('OK')).toBeNull();
    expect(languageOf('TH-12345 / 99,90 €')).toBeNull();
  });

  test('is told unsure or refusing by its words, and by words of one’s own', () => {
    for (const unsure of ["I'm not sure about that.", 'No estoy seguro.', 'Je ne suis pas sûre.']) {
      expect(soundsUnsure(unsure, [])).toBe(true);
    }
    expect(soundsUnsure('You can be sure of that.', [])).toBe(false);
    expect(soundsUnsure('Computer says no.', ['computer says NO'])).toBe(true);
    expect(soundsRefusing('I cannot help with that.', [])).toBe(true);
    expect(soundsRefusing('No puedo ayudarte con eso.', [])).toBe(true);
    expect(soundsRefusing('I can help with that.', [])).toBe(false);
  });

  const base = {
    state: 'done' as const,
    text: 'Sí.',
    refusal: false,
    unsure: false,
    language: 'es',
    toolCalls: [],
    finishReason: 'stop',
    error: null,
  };

  const NO_CALLS = { calls: [], failed: false };

  test('passes when no rule fails; what cannot be told does not fail it', () => {
    expect(judge(base, 'es-MX', null)).toEqual({
      pass: true,
      rules: {
        answered: 'pass',
        language: 'pass',
        sure: 'pass',
        tools: 'unknown',
        schema: 'unknown',
      },
      besideFailed: null,
    });
    expect(judge({ ...base, language: null }, 'es', NO_CALLS).rules.language).toBe('unknown');
  });

  test.each([
    ['answered', { text: ' ' }],
    ['answered', { error: { code: 'endless', message: 'It went on calling tools.' } }],
    ['answered', { refusal: true }],
    ['answered', { text: 'Your order is on its', finishReason: 'length' }],
    ['language', { language: 'en' }],
    ['sure', { unsure: true }],
  ])('fails "%s" for %j', (rule, change) => {
    const verdict = judge({ ...base, ...change }, 'es', NO_CALLS);
    expect(verdict.pass).toBe(false);
    expect(Object.entries(verdict.rules).filter(([, result]) => result === 'fail')).toEqual([
      [rule, 'fail'],
    ]);
  });

  const made = (name: string, given: string) => ({
    name,
    arguments: given,
    answer: 'recorded' as const,
    result: '',
    schemaErrors: null,
  });

  test('is not held against the calls of a recording that failed, which is said', () => {
    const failed = { calls: [], failed: true };
    expect(judge({ ...base, toolCalls: [made('a', '{}')] }, 'es', failed)).toMatchObject({
      pass: true,
      rules: { tools: 'unknown' },
      besideFailed: 'other',
    });
    expect(judge(base, 'es', failed)).toMatchObject({ pass: true, besideFailed: 'same' });
    expect(judge({ ...base, state: 'partial' }, 'es', failed).besideFailed).toBeNull();
  });

  test.each(['partial', 'failed'] as const)('holds a %s answer against no rule', (state) => {
    const error = { code: 'unreachable', message: 'cut off' };
    const verdict = judge({ ...base, state, error, unsure: true }, 'es', NO_CALLS);
    expect(new Set(Object.values(verdict.rules))).toEqual(new Set(['unknown']));
    expect(verdict.pass).toBe(false);
    // What failed in the recording is what its user got.
    expect(judge({ ...base, state, error }, 'es', null).rules.answered).toBe('fail');
  });

  test('must make the recorded calls, in any order, as often', () => {
    const expected = [
      { name: 'a', arguments: { x: 1 }, result: 1 },
      { name: 'b', arguments: {}, result: 2 },
    ];
    const rule = (toolCalls: ReturnType<typeof made>[]) =>
      judge({ ...base, toolCalls }, 'es', { calls: expected, failed: false }).rules.tools;
    expect(rule([made('b', '{}'), made('a', '{"x": 1}')])).toBe('pass');
    expect(rule([made('a', '{"x":1}')])).toBe('fail');
    expect(rule([made('a', '{"x":2}'), made('b', '{}')])).toBe('fail');
  });
});

describe('a budget', () => {
  test('keeps for what has begun what it is expected to take, and says so to who wants more', async () => {
    const limits = { requests: 4, tokens: 1000, usd: 1, minutes: 1 };
    const budget = new Budget(limits, () => 0);
    const expected = { requests: 2, tokens: 10, usd: 0 };
    const order: string[] = [];
    const goOn = Promise.withResolvers<void>();
    const slow = budget.within(expected, async (share) => {
      share.take();
      await goOn.promise;
      share.take();
      order.push('slow');
    });
    const greedy = budget.within(expected, async (share) => {
      share.take();
      share.take();
      expect(() => share.take()).toThrow(
        'What was left of 4 requests was kept for other answers that had begun.',
      );
    });
    const late = budget.within(expected, async (share) => {
      order.push('late');
      expect(() => share.take()).toThrow('All 4 requests are used.');
    });
    await greedy;
    goOn.resolve();
    await Promise.all([slow, late]);
    expect(order).toEqual(['slow', 'late']);
    expect(budget.spent).toEqual({ requests: 4, tokens: 0, usd: 0, ms: 0 });
  });
});

describe('figures', () => {
  const sample = (
    endpoint: string,
    at: number,
    text: string,
    more: Partial<ReplaySample> = {},
  ) => ({
    endpoint,
    sample: at,
    turn: 0,
    state: 'done' as const,
    text,
    finishReason: 'stop',
    refusal: false,
    unsure: false,
    language: 'en',
    latencyMs: 100 * (at + 1),
    firstTokenMs: 10,
    inputTokens: 10,
    outputTokens: 5,
    costUsd: null,
    requests: 1,
    toolCalls: [],
    error: null,
    verdict: judge(
      {
        state: 'done',
        error: null,
        finishReason: 'stop',
        text,
        refusal: false,
        unsure: false,
        language: 'en',
        toolCalls: [],
      },
      'en',
      null,
    ),
    judgement: null,
    judgeError: null,
    ...more,
  });

  test('a difference is the share of words that are not in common', () => {
    expect(difference(words('a b c d'), words('a b c d'))).toBe(0);
    expect(difference(words('a b c d'), words('A, b. c x'))).toBeCloseTo(0.25);
    expect(difference(words('a'), words('b'))).toBe(1);
    expect(difference([], [])).toBe(0);
    // Of five words one is another, with no space between them.
    const chinese = difference(words('退款今天已经发出。'), words('退款昨天已经发出。'));
    expect(chinese).toBeGreaterThan(0.1);
    expect(chinese).toBeLessThan(0.5);
  });

  test('show how the baseline wanders, and how far the other is from it', () => {
    const [baseline, other] = totalsOf(
      [
        {
          turns: [0],
          samples: [
            sample('b', 0, 'one two three four'),
            sample('b', 1, 'one two three five'),
            sample('o', 0, 'six seven eight nine'),
            sample('o', 1, 'six seven eight nine'),
          ],
        },
      ],
      ['b', 'o'],
    );
    expect(baseline).toMatchObject({ samples: 2, passed: 2, distance: null, latencyMs: 150 });
    expect(baseline?.wander).toBeCloseTo(0.25);
    expect(other?.wander).toBe(0);
    expect(other?.distance).toBe(1);
  });

  const bad = judge(
    {
      state: 'done',
      error: null,
      finishReason: 'stop',
      text: 'x',
      refusal: false,
      unsure: true,
      language: null,
      toolCalls: [],
    },
    null,
    null,
  );

  test('a sample of a whole conversation passes when all its turns do', () => {
    const samples = [
      sample('b', 0, 'fine'),
      sample('b', 0, 'bad', { turn: 1, verdict: bad, unsure: true }),
      sample('b', 1, 'fine'),
      sample('b', 1, 'fine', { turn: 1 }),
    ];
    const [totals] = totalsOf([{ samples, turns: [0, 1] }], ['b']);
    expect(totals).toMatchObject({ samples: 2, passed: 1, unfinished: 0, answers: 4, unsure: 1 });
    expect(totals?.failed).toMatchObject({ sure: 1, answered: 0 });
  });

  test('a sample of which only a part is answered counts as soon as one answer is wrong', () => {
    const samples = [
      sample('b', 0, 'fine'),
      sample('b', 1, 'bad', { verdict: bad }),
      sample('b', 2, 'fine'),
      sample('b', 2, 'fine', { turn: 1 }),
    ];
    const other = { samples: [sample('b', 0, 'fine')], turns: [4] };
    const cases = [{ samples, turns: [0, 1] }, other];
    expect(totalsOf(cases, ['b'])[0]).toMatchObject({ samples: 3, passed: 2, unfinished: 1 });
  });

  const broken = (state: 'partial' | 'failed', code: string, status?: number) => ({
    state,
    error: { code, message: 'x', ...(status === undefined ? {} : { status }) },
    verdict: { ...bad, pass: false },
    latencyMs: 9000,
  });

  test('an endpoint that could not be asked, or broke off, says nothing of its version', () => {
    const samples = [
      sample('b', 0, 'fine'),
      sample('b', 1, '', broken('failed', 'unauthorized', 401)),
      sample('b', 2, '', broken('failed', 'timeout')),
      sample('b', 3, 'Half an', broken('partial', 'unreachable')),
    ];
    expect(totalsOf([{ samples, turns: [0] }], ['b'])[0]).toMatchObject({
      samples: 1,
      passed: 1,
      unfinished: 1,
      unasked: { 401: 1, 'timed out': 1 },
      answers: 1,
      broken: 3,
      failed: { answered: 0, sure: 0 },
      latencyMs: 100,
    });
  });

  test('in a conversation it leaves the sample unfinished, unless another answer is wrong', () => {
    const failing = broken('failed', 'unreachable', 500);
    const samples = [
      sample('b', 0, 'fine'),
      sample('b', 0, '', { ...failing, turn: 1 }),
      sample('b', 1, '', failing),
      sample('b', 1, 'bad', { verdict: bad, turn: 1 }),
      sample('b', 2, '', failing),
      sample('b', 2, '', { ...failing, turn: 1 }),
    ];
    expect(totalsOf([{ samples, turns: [0, 1] }], ['b'])[0]).toMatchObject({
      samples: 1,
      passed: 0,
      unfinished: 1,
      unasked: { 500: 1 },
    });
  });
});
