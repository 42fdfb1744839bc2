import { describe, expect, it } from 'vitest';
import { assembleTurn } from '#core/analysis/turn.ts';
import { LOG_OF, OPERATION_DETAILS } from '#core/analysis/turn-steps.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import type { Span } from '#shared/model/conversation.ts';
import fc from '../helpers/random.ts';

type Change = Partial<Span> & { conversation?: string; service?: string; version?: string };

function record(id: string, change: Change = {}): SpanRecord {
  const { conversation = null, service = 'support-bot', version = '', ...span } = change;
  return {
    span: {
      traceId: 'trace-1',
      spanId: id,
      parentId: id === 'root' ? null : 'root',
      name: id,
      operation: id === 'root' ? 'turn' : 'other',
      startedAt: 1000,
      durationMs: 10,
      status: 'unset',
      statusMessage: '',
      attributes: {},
      events: [],
      ...span,
    },
    conversation,
    service,
    environment: 'production',
    version,
  };
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const call = (id: string | undefined, name: string, args = '{}') => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
});
const response = (id: string | undefined, name: string, content: string) => ({
  role: 'tool',
  tool_call_id: id,
  name,
  content,
});
const json = (...messages: unknown[]) => JSON.stringify(messages);

/** `user: text`, `call name`, `response name text`, `assistant: text`: a turn's messages at a glance. */
function glance(records: SpanRecord[]): string[] {
  return assembleTurn(records).turn.messages.map(
    (message) =>
      `${message.role}: ${message.parts
        .map((part) => {
          if (part.type === 'text' || part.type === 'reasoning') return part.content;
          if (part.type === 'tool_call') return `call ${part.name}`;
          if (part.type === 'tool_call_response') return `answers ${String(part.response)}`;
          return part.json;
        })
        .join(' + ')}`,
  );
}

/** A turn as the demo bots and most agents send it: two model calls with a tool between, feedback late. */
function agentTurn(): SpanRecord[] {
  const history = [
    { role: 'system', content: 'Be kind.' },
    user('Hi'),
    assistant('Hello!'),
    user('Refund?'),
  ];
  const asked = call('call_1', 'lookup_order', '{"order":5521}');
  const told = response('call_1', 'lookup_order', 'delivered');
  return [
    record('root', {
      startedAt: 1000,
      durationMs: 900,
      conversation: 'c-1',
      attributes: {
        'gen_ai.conversation.id': 'c-1',
        'gen_ai.input.messages': json(...history),
        'gen_ai.output.messages': json({
          role: 'assistant',
          parts: [{ type: 'text', content: 'It is on its way.' }],
        }),
        'ai.model.version': 'v42',
        'ai.cost_usd': 0.03,
        'gen_ai.usage.input_tokens': 300,
      },
      events: [
        {
          name: 'feature_flag.evaluation',
          at: 1001,
          attributes: { 'feature_flag.key': 'm', 'feature_flag.result.variant': 'v42' },
        },
        {
          name: 'feature_flag.evaluation',
          at: 1002,
          attributes: { 'feature_flag.key': 'on', 'feature_flag.result.value': true },
        },
      ],
    }),
    record('guard', { operation: 'guardrail', startedAt: 1001 }),
    record('chat-1', {
      operation: 'chat',
      startedAt: 1100,
      durationMs: 100,
      attributes: {
        'gen_ai.input.messages': json(...history),
        'gen_ai.output.messages': json(asked),
        'gen_ai.usage.input_tokens': 100,
        'ai.cost_usd': 0.01,
      },
    }),
    record('tool-1', {
      operation: 'tool',
      startedAt: 1210,
      attributes: {
        'gen_ai.tool.name': 'lookup_order',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.result': 'delivered',
      },
    }),
    record('chat-2', {
      operation: 'chat',
      startedAt: 1300,
      durationMs: 500,
      attributes: {
        'gen_ai.input.messages': json(...history, asked, told),
        'gen_ai.output.messages': json(assistant('It is on its way.')),
        'gen_ai.usage.input_tokens': '200',
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.response.model': 'large',
        'gen_ai.response.finish_reasons': ['stop'],
        'ai.cost_usd': 0.02,
      },
    }),
    record('feedback', { startedAt: 90_000, attributes: { 'ai.feedback': 'thumbs_down' } }),
  ];
}

describe('a turn of an agent', () => {
  it('has what is new in it, in order, and not the history', () => {
    expect(glance(agentTurn())).toEqual([
      'user: Refund?',
      'assistant: call lookup_order',
      'tool: answers delivered',
      'assistant: It is on its way.',
    ]);
  });

  it('tells when each message came, by the steps', () => {
    const times = (records: SpanRecord[]) => assembleTurn(records).turn.messageTimes;
    // The call with its tool, the result at the tool's end, the answer with the turn.
    expect(times(agentTurn())).toEqual([0, 210, 220, 900]);
    const without = (id: string) => agentTurn().filter(({ span }) => span.spanId !== id);
    // Without a span of the tool: at the end of the call that asked for it, and when the model was told.
    expect(times(without('tool-1'))).toEqual([0, 200, 300, 900]);
    const streamed = agentTurn().map((one) =>
      one.span.spanId === 'chat-2'
        ? {
            ...one,
            span: {
              ...one.span,
              attributes: { ...one.span.attributes, 'gen_ai.server.time_to_first_token': 0.25 },
            },
          }
        : one,
    );
    expect(times(streamed)).toEqual([0, 210, 220, 550]);
  });

  it('says where no step tells when a message came, or only one whose clock disagrees', () => {
    const messages = json(user('Refund?'), call('c', 'look'), response('c', 'look', 'ok'));
    const root = record('root', {
      durationMs: 900,
      attributes: {
        'gen_ai.input.messages': messages,
        'gen_ai.output.messages': json(assistant('Done.')),
      },
    });
    expect(assembleTurn([root]).turn.messageTimes).toEqual([0, null, null, 900]);
    const tool = record('tool', {
      operation: 'tool',
      startedAt: 400,
      durationMs: 9000,
      attributes: { 'gen_ai.tool.name': 'look', 'gen_ai.tool.call.id': 'c' },
    });
    expect(assembleTurn([root, tool]).turn.messageTimes).toEqual([0, null, null, 900]);
  });

  it('tells the times of parallel calls by their own tools', () => {
    const { turn } = assembleTurn([
      record('root', {
        durationMs: 5000,
        attributes: { 'gen_ai.input.messages': json(user('Both?')) },
      }),
      record('a', {
        operation: 'tool',
        startedAt: 1500,
        durationMs: 1000,
        attributes: { 'gen_ai.tool.name': 'a', 'gen_ai.tool.call.result': '1' },
      }),
      record('b', {
        operation: 'tool',
        startedAt: 3000,
        durationMs: 500,
        attributes: { 'gen_ai.tool.name': 'b', 'gen_ai.tool.call.result': '2' },
      }),
    ]);
    expect(turn.messageTimes).toEqual([0, 500, 1500, 2000, 2500]);
  });

  it('sums model calls without counting the root again', () => {
    const { turn } = assembleTurn(agentTurn());
    expect(turn).toMatchObject({
      startedAt: 1000,
      durationMs: 900,
      inputTokens: 300,
      outputTokens: 20,
      finishReason: 'stop',
      feedback: ['thumbs_down'],
      feedbackTimes: [89_000],
      spanCount: 6,
      live: { version: 'v42', model: 'large', flags: { m: 'v42', on: 'on' } },
    });
    expect(turn.costUsd).toBeCloseTo(0.03, 10);
  });

  it('costs at least what some of its model calls tell, unless the turn tells the whole', () => {
    const chat = (id: string, cost: number | null) =>
      record(id, { operation: 'chat', attributes: cost === null ? {} : { 'ai.cost_usd': cost } });
    const root = (attributes: Record<string, unknown>) =>
      record('root', { operation: 'turn', parentId: null, attributes });
    const costs = (...spans: SpanRecord[]) => {
      const { costAtLeast, costUsd } = assembleTurn(spans).turn;
      return [costUsd, costAtLeast];
    };
    expect(costs(root({}), chat('a', 0.01), chat('b', null))).toEqual([0.01, true]);
    expect(costs(root({ 'ai.cost_usd': 0.04 }), chat('a', 0.01), chat('b', null))).toEqual([
      0.04,
      undefined,
    ]);
    expect(costs(root({ 'ai.cost_usd': 0 }), chat('a', 0.01), chat('b', null))).toEqual([
      0.01,
      true,
    ]);
    expect(costs(root({}), chat('a', null))).toEqual([null, undefined]);
    expect(costs(root({}), chat('a', 0))).toEqual([0, undefined]);
  });

  it('is the same in whatever order, and however often, its spans come', () => {
    const spans = agentTurn();
    const whole = assembleTurn(spans);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...spans, ...spans, ...structuredClone(spans)], { minLength: 0 }),
        (some) => {
          // Whatever came early or twice, once everything is there the turn is the same.
          expect(assembleTurn([...some, ...spans])).toEqual(whole);
          expect(assembleTurn([...spans.toReversed(), ...some])).toEqual(whole);
        },
      ),
    );
  });

  it('can be read at every moment before it is whole', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(agentTurn(), { minLength: 1 }), (some) => {
        const { turn, text } = assembleTurn(some);
        const lines = glance(some);
        expect(lines.filter((line) => line === 'user: Refund?').length).toBeLessThanOrEqual(1);
        expect(
          lines.filter((line) => line.startsWith('assistant: It is')).length,
        ).toBeLessThanOrEqual(1);
        expect(lines.filter((line) => line.includes('call lookup')).length).toBeLessThanOrEqual(1);
        expect(lines).not.toContain('user: Hi');
        expect(turn.spanCount).toBe(some.length);
        expect(text).not.toBe('');
      }),
    );
  });

  it('takes the last of two versions of one span, whichever came first', () => {
    const early = record('root', { durationMs: 0, attributes: { 'ai.language': 'es' } });
    const late = record('root', { durationMs: 50, attributes: { 'ai.language': 'en' } });
    expect(assembleTurn([early, late])).toEqual(assembleTurn([late, early]));
    expect(assembleTurn([early, late]).turn).toMatchObject({ language: 'en', spanCount: 1 });
  });

  it('does not take the release of the sending process for the model version before the root tells', () => {
    const child = record('a', { version: '2026.11.2' });
    expect(assembleTurn([child]).turn.live.version).toBe('');
    const root = record('root', {
      version: '2026.11.2',
      attributes: { 'ai.model.version': 'v42' },
    });
    expect(assembleTurn([child, root]).turn.live.version).toBe('v42');
    const silent = record('root', { version: '2026.11.2' });
    expect(assembleTurn([child, silent]).turn.live.version).toBe('2026.11.2');
  });

  it('is timed from the first to the last step while the root is missing; feedback does not count', () => {
    const [, ...rest] = agentTurn();
    expect(assembleTurn(rest).turn).toMatchObject({ startedAt: 1001, durationMs: 799 });
  });
});

describe('messages', () => {
  const turnOf = (input: unknown, output?: unknown) => [
    record('root', {
      attributes: {
        'gen_ai.input.messages': input,
        ...(output === undefined ? {} : { 'gen_ai.output.messages': output }),
      },
    }),
  ];

  it('may come as nested values instead of JSON text', () => {
    const input = [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }];
    expect(glance(turnOf(input, [assistant('Hello')]))).toEqual(['user: Hi', 'assistant: Hello']);
  });

  it('keep a greeting that came before the first words of the user', () => {
    const input = json({ role: 'system', content: 's' }, assistant('How can I help?'), user('Hi'));
    expect(glance(turnOf(input))).toEqual(['assistant: How can I help?', 'user: Hi']);
  });

  it('may be several of the user in a row', () => {
    expect(glance(turnOf(json(user('a'), assistant('b'), user('c'), user('d'))))).toEqual([
      'user: c',
      'user: d',
    ]);
  });

  it('that cannot be read are kept as the text they are', () => {
    const cut = '[{"role":"user","parts":[{"type":"text","conte';
    expect(glance(turnOf(cut, 'plain words'))).toEqual([`user: ${cut}`, 'assistant: plain words']);
  });

  it.each([
    ['a number', 7],
    ['a list of numbers', '[1,2]'],
    ['an object without a role', '{"a":1}'],
    ['parts of an unknown kind', json({ role: 'user', parts: [{ type: 'image', uri: 'x' }] })],
    ['parts that are no list', json({ role: 'user', parts: 5 })],
    ['tool calls that are no list', json({ role: 'assistant', tool_calls: 'x' })],
    ['an unknown role', json({ role: 'oracle', content: 'hm' })],
  ])('of a strange shape are kept: %s', (_, value) => {
    expect(assembleTurn(turnOf(value)).turn.messages).toHaveLength(value === '[1,2]' ? 2 : 1);
  });

  it('of any JSON never throw and lose no text', () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, value) => {
        assembleTurn(turnOf(text, value));
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }),
        (texts) => {
          const { turn } = assembleTurn(turnOf(json(...texts.map(user))));
          expect(turn.messages.map((message) => message.parts)).toEqual(
            texts.map((content) => [{ type: 'text', content }]),
          );
        },
      ),
    );
  });

  it('under the old names are read: attributes', () => {
    const spans = [
      record('root', {
        operation: 'chat',
        attributes: {
          'gen_ai.prompt': json(user('Hi')),
          'gen_ai.completion': json(assistant('Hello')),
          'gen_ai.usage.prompt_tokens': 5,
          'gen_ai.usage.completion_tokens': 6,
        },
      }),
    ];
    expect(glance(spans)).toEqual(['user: Hi', 'assistant: Hello']);
    expect(assembleTurn(spans).turn).toMatchObject({ inputTokens: 5, outputTokens: 6 });
  });

  it('under the old names are read: laid flat', () => {
    const attributes = {
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 's',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'Hi',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'Hello',
      'gen_ai.completion.0.finish_reason': 'stop',
    };
    const spans = [record('root', { operation: 'chat', attributes })];
    expect(glance(spans)).toEqual(['user: Hi', 'assistant: Hello']);
    expect(assembleTurn(spans).turn.finishReason).toBe('stop');
  });

  it('under the old names are read: one event per message', () => {
    const at = 1001;
    const events = [
      { name: 'gen_ai.system.message', at, attributes: { content: 's' } },
      { name: 'gen_ai.user.message', at, attributes: { content: 'Hi' } },
      {
        name: 'gen_ai.choice',
        at,
        attributes: { index: 0, finish_reason: 'stop', message: { content: 'Hello' } },
      },
      {
        name: 'gen_ai.user.message',
        at,
        attributes: { 'gen_ai.event.content': '{"content":"there?"}' },
      },
    ];
    const spans = [record('root', { operation: 'chat', events })];
    expect(glance(spans)).toEqual(['user: Hi', 'user: there?', 'assistant: Hello']);
  });

  it('of tool spans alone make calls and responses', () => {
    const tool = (id: string, at: number) =>
      record(id, {
        operation: 'tool',
        name: 'execute_tool lookup',
        startedAt: at,
        attributes: { 'gen_ai.tool.call.arguments': '{"n":1}', 'gen_ai.tool.call.result': id },
      });
    const [root] = turnOf(json(user('Hi')), json(assistant('Hello')));
    expect(glance([...(root ? [root] : []), tool('b', 1005), tool('a', 1003)])).toEqual([
      'user: Hi',
      'assistant: call lookup',
      'tool: answers a',
      'assistant: call lookup',
      'tool: answers b',
      'assistant: Hello',
    ]);
  });

  it('with the same call id twice in a turn stay apart', () => {
    const first = [call('x', 'search'), response('x', 'search', 'one')];
    const second = [call('x', 'book'), response('x', 'book', 'two')];
    const chat = (id: string, at: number, input: unknown[], output: unknown) =>
      record(id, {
        operation: 'chat',
        startedAt: at,
        attributes: {
          'gen_ai.input.messages': json(user('Go'), ...input),
          'gen_ai.output.messages': json(output),
        },
      });
    const tool = (id: string, at: number, name: string, result: string) =>
      record(id, {
        operation: 'tool',
        startedAt: at,
        attributes: {
          'gen_ai.tool.name': name,
          'gen_ai.tool.call.id': 'x',
          'gen_ai.tool.call.result': result,
        },
      });
    const spans = [
      record('root'),
      chat('c1', 1001, [], first[0]),
      tool('t1', 1002, 'search', 'one'),
      chat('c2', 1003, first, second[0]),
      tool('t2', 1004, 'book', 'two'),
    ];
    expect(glance(spans)).toEqual([
      'user: Go',
      'assistant: call search',
      'tool: answers one',
      'assistant: call book',
      'tool: answers two',
    ]);
  });

  it('of a router or a prompt template are not taken for what was said', () => {
    const spans = [
      record('root', {
        attributes: {
          'gen_ai.input.messages': json(user('Refund?')),
          'gen_ai.output.messages': json(assistant('Yes.')),
        },
      }),
      record('router', {
        operation: 'chat',
        startedAt: 1001,
        attributes: {
          'gen_ai.input.messages': json(user('Classify: Refund?')),
          'gen_ai.output.messages': json(assistant('refund')),
        },
      }),
    ];
    expect(glance(spans)).toEqual(['user: Refund?', 'assistant: Yes.']);
  });
});

describe('log events', () => {
  const details = record('chat-1-abc', {
    parentId: 'chat-1',
    name: OPERATION_DETAILS,
    startedAt: 1050,
    durationMs: 0,
    attributes: {
      [LOG_OF]: 'chat-1',
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] },
      ],
      'gen_ai.usage.input_tokens': 9,
    },
  });
  const events = ['user', 'choice'].map((kind, index) =>
    record(`chat-1-${kind}`, {
      parentId: 'chat-1',
      name: kind === 'user' ? 'gen_ai.user.message' : 'gen_ai.choice',
      startedAt: 1050 + index,
      durationMs: 0,
      attributes:
        kind === 'user'
          ? { [LOG_OF]: 'chat-1', content: 'Hi' }
          : {
              [LOG_OF]: 'chat-1',
              finish_reason: 'stop',
              message: { role: 'assistant', content: 'Hello' },
            },
    }),
  );
  const spans = [
    record('root', { durationMs: 200 }),
    record('chat-1', { operation: 'chat', startedAt: 1040 }),
  ];

  it.each([
    ['operation details', [details]],
    ['one event per message', events],
  ])('join their span before it, after it, or twice: %s', (_, logs) => {
    const whole = assembleTurn([...spans, ...logs]);
    expect(glance([...spans, ...logs])).toEqual(['user: Hi', 'assistant: Hello']);
    expect(whole.turn.spanCount).toBe(2);
    fc.assert(
      fc.property(fc.shuffledSubarray([...spans, ...logs, ...logs]), (some) => {
        expect(assembleTurn([...some, ...spans, ...logs])).toEqual(whole);
      }),
    );
  });

  it('are shown while their span has not come', () => {
    expect(glance([details])).toEqual(['user: Hi', 'assistant: Hello']);
    expect(assembleTurn([details]).turn).toMatchObject({ inputTokens: 9, spanCount: 0 });
  });
});

describe('a trace without messages', () => {
  it('is a turn with its steps, its name and its error', () => {
    const spans = [
      record('root', {
        name: 'invoke_agent docs',
        status: 'error',
        statusMessage: 'deadline exceeded',
      }),
      record('retrieve', { operation: 'retrieval', name: 'retrieval' }),
    ];
    const { turn, text, conversation } = assembleTurn(spans);
    expect(conversation).toBe('trace-1');
    expect(turn).toMatchObject({
      name: 'invoke_agent docs',
      messages: [],
      error: 'deadline exceeded',
    });
    expect(text).toContain('invoke_agent docs');
  });

  it('does not count a failed step that the bot recovered from', () => {
    const failed = record('t', {
      operation: 'tool',
      status: 'error',
      events: [{ name: 'exception', at: 1, attributes: { 'exception.message': 'no route' } }],
    });
    expect(assembleTurn([record('root'), failed]).turn.error).toBeNull();
    expect(
      assembleTurn([record('root', { ...failed.span, spanId: 'root', parentId: null })]).turn.error,
    ).toBe('no route');
  });
});

describe('the conversation of a turn', () => {
  it('is a configured attribute before a standard one, and a better-known name before another', () => {
    const named = (id: string, name: string, value: string) =>
      record(id, { conversation: value, attributes: { [name]: value } });
    const session = named('root', 'session.id', 's');
    const conversation = named('a', 'gen_ai.conversation.id', 'c');
    const configured = named('b', 'correlation_id', 'x');
    expect(assembleTurn([session]).conversation).toBe('s');
    expect(assembleTurn([session, conversation]).conversation).toBe('c');
    expect(assembleTurn([configured, conversation, session]).conversation).toBe('x');
  });

  it('belongs to the service that answers, not to the gateway before it', () => {
    const gateway = record('root', { operation: 'other', service: 'gateway' });
    const agent = record('agent', { operation: 'turn', service: 'support-bot', startedAt: 1002 });
    expect(assembleTurn([gateway, agent]).service).toBe('support-bot');
  });
});

describe('the searched text', () => {
  it('is bounded, whole characters, without NUL, words before tool output', () => {
    const [root] = [
      record('root', {
        attributes: { 'gen_ai.input.messages': json(user(`a\0${'😀'.repeat(60_000)}`)) },
      }),
    ];
    const { text, turn } = assembleTurn(root ? [root] : []);
    expect(text.length).toBeLessThanOrEqual(100_000);
    expect(text.isWellFormed()).toBe(true);
    expect(text.startsWith('a 😀')).toBe(true);
    expect(turn.messages[0]?.parts[0]).toMatchObject({ content: `a\0${'😀'.repeat(60_000)}` });
  });
});
