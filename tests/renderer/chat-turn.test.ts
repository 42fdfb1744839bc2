import { expect, test } from 'vitest';
import type { LiveCombination, Message } from '#shared/model/conversation.ts';
import { readSpan } from '#shared/util/read-span.ts';
import { asText } from '#shared/util/unpacked.ts';
import {
  chatItems,
  ends,
  inOneLine,
  silenceBefore,
} from '../../renderer/features/conversation/chat/read-turn.ts';
import { liveDifferences } from '../../renderer/features/conversation/live-diff.ts';

const call = (id: string | null, name: string): Message => ({
  role: 'assistant',
  parts: [{ type: 'tool_call', id, name, arguments: { order: 1 } }],
});
const response = (id: string | null, name: string | null, value: unknown): Message => ({
  role: 'tool',
  parts: [{ type: 'tool_call_response', id, name, response: value }],
});

test('tool calls are folded together with their own results, also when two run at once', () => {
  const items = chatItems({
    messages: [
      call('a', 'lookup'),
      call('b', 'refund'),
      response('b', null, 'R'),
      response('a', null, 'L'),
    ],
  });
  expect(items).toMatchObject([
    { kind: 'tool', name: 'lookup', result: 'L' },
    { kind: 'tool', name: 'refund', result: 'R' },
  ]);
});

test('results without an id go to the oldest open call of that name; one without a call stands alone', () => {
  const items = chatItems({
    messages: [call(null, 'lookup'), response(null, 'lookup', 1), response(null, 'other', 2)],
  });
  expect(items).toMatchObject([
    { name: 'lookup', result: 1 },
    { name: 'other', result: 2, arguments: undefined },
  ]);
});

test('a result of nothing is a result; a call without one says so', () => {
  const items = chatItems({
    messages: [call('a', 'x'), call('b', 'y'), response('a', null, undefined)],
  });
  expect(items[0]).toMatchObject({ result: null });
  expect(items[1]).toMatchObject({ result: undefined });
});

test('only what has appeared is shown', () => {
  const messages = [call('a', 'x'), response('a', null, 1)];
  expect(chatItems({ messages }, 1)).toMatchObject([{ result: undefined }]);
  expect(chatItems({ messages }, 0)).toEqual([]);
});

test('a value in one line is short, whatever it is', () => {
  expect(inOneLine({ order: 'A', items: [1, 2] })).toBe('order: "A", items: [2]');
  expect(inOneLine('{"status":"delivered"}')).toBe('status: "delivered"');
  expect(inOneLine('x\n'.repeat(1_000_000)).length).toBeLessThanOrEqual(90);
  expect(inOneLine(undefined)).toBe('');
});

const live = (part: Partial<LiveCombination>): LiveCombination => ({
  version: 'v42',
  model: 'm',
  prompt: 'p-118',
  index: null,
  flags: { a: 'on' },
  ...part,
});

test('only differences between then and now are told, gone flags too', () => {
  expect(liveDifferences(live({}), live({}))).toEqual([]);
  expect(
    liveDifferences(live({}), live({ version: 'v41', flags: { b: 'off' } })).map((one) => [
      one.what,
      one.value,
    ]),
  ).toEqual([
    ['version', 'v41'],
    ['b', 'off'],
    ['a', '–'],
  ]);
});

const span = (attributes: Record<string, unknown>) =>
  readSpan({
    traceId: 't',
    spanId: 's',
    parentId: null,
    name: 'x',
    operation: 'retrieval',
    startedAt: 0,
    durationMs: 1,
    status: 'ok',
    statusMessage: '',
    attributes,
    events: [],
  });

test('retrieved documents are read with what they say, by this product’s names and the standard ones', () => {
  const read = span({
    'gen_ai.retrieval.query.text': 'where is my refund',
    'gen_ai.retrieval.documents': [
      { id: 'doc-1', score: 0.9, title: 'Refunds', source: 'https://kb/1', content: 'In 14 days.' },
      {
        document: { id: 'doc-2', content: { a: 1 } },
        metadata: { source: 'b.md', language: 'de' },
      },
      { page_content: 'Only text', metadata: 'odd' },
    ],
  });
  expect(read.query).toBe('where is my refund');
  expect(read.documents).toMatchObject([
    { id: 'doc-1', title: 'Refunds', source: 'https://kb/1', content: 'In 14 days.', score: 0.9 },
    { id: 'doc-2', title: null, source: 'b.md', content: '{\n  "a": 1\n}', language: 'de' },
    { id: 'document 3', content: 'Only text', source: null },
  ]);
  expect(read.rest).toEqual([]);
});

test('a step is read out of attributes that may be anything', () => {
  const good = span({
    'ai.retrieval.documents': '[{"id":"a.md","language":"en","score":0.7},"b.md",null]',
    'gen_ai.usage.input_tokens': '812',
    other: true,
  });
  const nothing = { title: null, source: null, content: null, language: null, score: null };
  expect(good.documents).toEqual([
    { ...nothing, id: 'a.md', language: 'en', score: 0.7 },
    { ...nothing, id: 'b.md' },
    { ...nothing, id: 'document 3' },
  ]);
  expect(good.inputTokens).toBe(812);
  expect(good.rest).toEqual([['other', true]]);
  const bad = span({ 'ai.retrieval.documents': '[{', 'gen_ai.usage.input_tokens': 'many' });
  expect(bad.documents).toBeNull();
  // What is not understood is shown as it came.
  expect(bad.rest).toEqual([['ai.retrieval.documents', '[{']]);
  expect(bad.inputTokens).toBeNull();
});

test.each([
  {
    'gen_ai.server.time_to_first_token': 0.3,
    'ai.cost_usd': 0.02,
    'gen_ai.usage.input_tokens': 9,
    'gen_ai.usage.output_tokens': 4,
  },
  {
    'gen_ai.response.time_to_first_chunk': '0.3',
    'gen_ai.usage.cost': 0.02,
    'gen_ai.usage.prompt_tokens': 9,
    'gen_ai.usage.completion_tokens': 4,
  },
  {
    'gen_ai.server.time_to_first_token': '',
    'gen_ai.response.time_to_first_chunk': 0.3,
    'ai.cost_usd': -1,
    'gen_ai.usage.cost': 0.02,
    'gen_ai.usage.input_tokens': [],
    'gen_ai.usage.prompt_tokens': 9,
    'gen_ai.usage.output_tokens': 4,
  },
])(
  'its figures are told by each of their names, and not once more among the rest',
  (attributes) => {
    expect(span(attributes)).toMatchObject({
      firstTokenMs: 300,
      costUsd: 0.02,
      inputTokens: 9,
      outputTokens: 4,
      rest: [],
    });
  },
);

test('of thousands of calls the first and the last are shown', () => {
  const items = Array.from({ length: 1000 }, (_, at) => at);
  expect(ends(items, 60)).toEqual({ at: 30, left: 940 });
  expect(ends(items, 1000)).toEqual({ at: 1000, left: 0 });
  expect(ends(items.slice(0, 7), 5)).toEqual({ at: 3, left: 2 });
  expect(ends([], 60)).toEqual({ at: 0, left: 0 });
});

test('very many calls find their answers, whatever their order', () => {
  const call = (at: number) => ({
    type: 'tool_call' as const,
    id: `c${at}`,
    name: 'f',
    arguments: at,
  });
  const answer = (at: number) => ({
    type: 'tool_call_response' as const,
    id: `c${at}`,
    name: 'f',
    response: at,
  });
  const numbers = Array.from({ length: 5000 }, (_, at) => at);
  const items = chatItems({
    messages: [
      { role: 'assistant', parts: numbers.map(call) },
      { role: 'tool', parts: numbers.toReversed().map(answer) },
    ],
  });
  expect(items).toHaveLength(5000);
  expect(items.every((item) => item.kind === 'tool' && item.result === item.arguments)).toBe(true);
});

test('JSON that is nested without end stays text, or is cut where nobody reads on', () => {
  const deep = `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
  expect(asText(deep)).toBe(deep);
  expect(asText('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  const cut = asText(JSON.parse(deep));
  expect(cut).toContain('… nested deeper');
  expect(cut.length).toBeLessThan(20_000);
  expect(inOneLine(deep).length).toBeLessThanOrEqual(90);
});

test('a long wait between two turns is told, a short one or a clock that goes back is not', () => {
  const before = { startedAt: 1_000_000, durationMs: 2000 };
  const after = (startedAt: number) => silenceBefore(before, { startedAt });
  expect(after(1_002_000 + 3_600_000)).toBe(3_600_000);
  expect(after(1_002_000 + 5 * 60_000)).toBe(5 * 60_000);
  expect(after(1_002_000 + 60_000)).toBeNull();
  expect(after(0)).toBeNull();
  expect(silenceBefore(null, { startedAt: 9e12 })).toBeNull();
  expect(silenceBefore(before, null)).toBeNull();
});
