/** What a turn is answered again under: whose prompt, tools and settings, and what goes along. */
import { describe, expect, test } from 'vitest';
import { recordedMessages } from '#core/replay/messages.ts';
import { makeScript, type ScriptTurn } from '#core/replay/script.ts';
import { sourcesOf } from '#core/replay/sources.ts';
import { ToolNames } from '#core/replay/tool-names.ts';
import { toolSchemas } from '#core/replay/tools.ts';
import type { Message, Span, Turn } from '#shared/model/conversation.ts';

const text = (role: Message['role'], content: string): Message => ({
  role,
  parts: [{ type: 'text', content }],
});
const calling = (name: string, given: unknown): Message => ({
  role: 'assistant',
  parts: [{ type: 'tool_call', id: null, name, arguments: given }],
});

let turns = 0;
function turnOf(...messages: Message[]): Turn {
  return {
    traceId: `t${++turns}`,
    startedAt: 0,
    durationMs: 1000,
    messages,
    live: { version: 'v42', model: null, prompt: null, index: null, flags: {} },
    language: 'en',
    answerLanguage: null,
    unsure: false,
    refusal: null,
    error: null,
  } as unknown as Turn;
}

interface Made {
  operation?: Span['operation'];
  system?: string;
  tools?: string[];
  asked?: string;
  said?: string;
  calls?: [string, unknown];
  more?: Record<string, unknown>;
}
function span({ operation = 'chat', system, tools, asked, said, calls, more }: Made): Span {
  const output = [
    ...(said === undefined ? [] : [{ role: 'assistant', content: said }]),
    ...(calls === undefined
      ? []
      : [{ role: 'assistant', tool_calls: [{ name: calls[0], arguments: calls[1] }] }]),
  ];
  return {
    traceId: 't',
    spanId: 's',
    parentId: null,
    name: operation,
    operation,
    startedAt: 0,
    durationMs: 1,
    status: 'ok',
    statusMessage: '',
    events: [],
    attributes: {
      ...(system === undefined
        ? {}
        : { 'gen_ai.system_instructions': [{ type: 'text', content: system }] }),
      ...(tools === undefined
        ? {}
        : { 'gen_ai.tool.definitions': tools.map((name) => ({ type: 'function', name })) }),
      ...(asked === undefined
        ? {}
        : { 'gen_ai.input.messages': [{ role: 'user', content: asked }] }),
      ...(output.length === 0 ? {} : { 'gen_ai.output.messages': output }),
      ...more,
    },
  };
}

function scriptOf(...told: [Turn, Span[]][]) {
  const spans = new Map(told);
  return makeScript({ turns: told.map(([turn]) => turn) }, (turn) => spans.get(turn) ?? []);
}
const toolsOf = (turn?: ScriptTurn) => turn?.tools.map(({ name }) => name);
const settings = (temperature: number, max_tokens: number) => ({
  'gen_ai.request.temperature': temperature,
  'gen_ai.request.max_tokens': max_tokens,
});

describe('a turn is answered again under what its answer was given under', () => {
  const main = {
    system: 'You are the support bot.',
    tools: ['lookup'],
    more: settings(0.7, 800),
  };
  const classifier = span({ system: 'SAFE or UNSAFE?', said: 'SAFE', more: settings(0, 5) });

  test('not that of a guardrail, a router or a maker of titles beside it', () => {
    const turn = turnOf(text('user', 'Where is it?'), text('assistant', 'On its way.'));
    for (const spans of [
      [span({ ...main, said: 'On its way.' }), classifier],
      [classifier, span({ ...main, said: 'On its way. ' }), classifier],
      // What was answered was not recorded: the call with tools is the likeliest.
      [span(main), classifier],
    ]) {
      const { remarks, turns: made } = scriptOf([turn, spans]);
      expect(made[0]).toMatchObject({
        system: 'You are the support bot.',
        sampling: { temperature: 0.7, max_tokens: 800 },
        asked: ['Where is it?'],
      });
      expect(toolsOf(made[0])).toEqual(['lookup']);
      const told = spans.some(({ attributes }) => JSON.stringify(attributes).includes('On its'));
      expect(remarks.map(({ code }) => code)).toEqual(told ? [] : ['call_guessed']);
    }
  });

  test('the one that answered before those that called its tools, whose tools can be called too', () => {
    const turn = turnOf(
      text('user', 'Cancel it'),
      calling('transfer', { to: 'orders' }),
      calling('cancel', { id: 1 }),
      text('assistant', 'Cancelled.'),
    );
    const [made] = scriptOf([
      turn,
      [
        span({ system: 'Front desk', tools: ['transfer'], calls: ['transfer', { to: 'orders' }] }),
        span({ system: 'Orders', tools: ['cancel'], calls: ['cancel', { id: 1 }] }),
        span({ system: 'Orders', tools: ['cancel'], said: 'Cancelled.' }),
      ],
    ]).turns;
    expect(made?.system).toBe('Orders');
    expect(toolsOf(made)).toEqual(['cancel', 'transfer']);
  });

  test('a tool that was called without a definition can be called, and is held against no schema', () => {
    const turn = turnOf(text('user', 'a'), calling('other', { x: 1 }), text('assistant', 'A'));
    const { remarks, turns: made } = scriptOf([turn, [span({ ...main, said: 'A' })]]);
    expect(toolsOf(made[0])).toEqual(['lookup', 'other']);
    expect(made[0] && [...toolSchemas(made[0]).keys()]).toEqual(['lookup']);
    expect(remarks.map(({ code }) => code)).toEqual(['tools_guessed']);
  });

  test('each of several turns its own, and of an agent of its own no tools of another', () => {
    const one = turnOf(text('user', 'a'), calling('lookup', {}), text('assistant', 'A'));
    const two = turnOf(text('user', 'b'), text('assistant', 'B'));
    const three = turnOf(text('user', 'c'), text('assistant', 'C'));
    const made = scriptOf(
      [one, [span({ ...main, said: 'A' })]],
      [two, [span({ system: 'Refunds', tools: ['refund'], said: 'B', more: settings(0, 50) })]],
      [three, [span({ system: 'Small talk', said: 'C' })]],
    ).turns;
    expect(made.map(({ system }) => system)).toEqual([main.system, 'Refunds', 'Small talk']);
    expect(made.map(toolsOf)).toEqual([['lookup'], ['refund'], []]);
    expect(made.map(({ sampling }) => sampling.max_tokens)).toEqual([800, 50, undefined]);
  });

  test('where it tells of no model call, that of the nearest turn', () => {
    const blocked = turnOf(text('user', 'x'));
    const made = scriptOf(
      [turnOf(text('user', 'a')), [span({ ...main, system: 'Far' })]],
      [turnOf(text('user', 'b')), [span(main)]],
      [blocked, []],
    ).turns;
    expect(made[2]).toMatchObject({ system: main.system, sampling: { max_tokens: 800 } });
    expect(toolsOf(made[2])).toEqual(['lookup']);
  });
});

describe('what goes along with the question', () => {
  const found = span({
    operation: 'retrieval',
    more: {
      'gen_ai.retrieval.documents': [{ id: 'refunds.md', content: 'Refunds take five days.' }],
    },
  });
  const turn = turnOf(text('user', 'How long?'), text('assistant', 'Five days.'));
  const codes = (...spans: Span[]) => scriptOf([turn, spans]).remarks.map(({ code }) => code);

  test('is what the model was given beside the user’s words', () => {
    const asked = 'Context: Refunds take five days.\nQuestion: How long?';
    const script = scriptOf([
      turn,
      [found, span({ system: 'Be true.', asked, said: 'Five days.' })],
    ]);
    expect(script.turns[0]).toMatchObject({ said: ['How long?'], asked: [asked] });
    expect(script.remarks.map(({ code }) => code)).toEqual(['context']);
    // What an answer can be grounded in, for the judge, is all that the model was given.
    const [made] = script.turns;
    expect(made && sourcesOf(made, []).map((source) => source.text)).toContain(asked);
  });

  test('and where documents do not go along, that is said', () => {
    const chat = { said: 'Five days.', asked: 'How long?' };
    expect(codes(found, span({ ...chat, system: 'Be true.' }))).toEqual(['not_retrieved']);
    expect(codes(found, span({ ...chat, system: 'Know: Refunds take five days.' }))).toEqual([]);
  });
});

test('what a recorded model thought before it answered is not told to the next one', () => {
  const turn = turnOf(text('user', 'Hi'), text('assistant', '<think>A greeting.</think>\nHello'));
  const [made] = scriptOf([turn, []]).turns;
  expect(made && recordedMessages(made)).toMatchObject([{ content: 'Hi' }, { content: 'Hello' }]);
});

test('names of tools that the API does not take are sent as others, and read back', () => {
  const names = [
    'orders.track',
    'orders_track',
    'orders/track',
    '',
    'é'.repeat(80),
    'x'.repeat(64),
  ];
  const tools = names.map((name) => ({ name, parameters: {} }));
  const call = { id: 'c', type: 'function' as const, function: { name: 'a b', arguments: '{}' } };
  const map = new ToolNames(tools, [{ role: 'assistant', content: null, tool_calls: [call] }]);
  const sent = map.tools(tools).map((tool) => tool.function.name);
  expect(sent[1]).toBe('orders_track');
  expect(new Set(sent).size).toBe(names.length);
  for (const name of sent) expect(name).toMatch(/^[\w-]{1,64}$/);
  expect(sent.map((name) => map.own(name))).toEqual(names);
  const [message] = map.messages([{ role: 'assistant', content: null, tool_calls: [call] }]);
  expect(message).toMatchObject({ tool_calls: [{ function: { name: 'a_b' } }] });
});
