/** What is told of the turns of a conversation before they are read. */
import { expect, test } from 'vitest';
import { CLOCK } from '#core/analysis/turn-odd.ts';
import { LOG_OF } from '#core/analysis/turn-steps.ts';
import type { SpanRecord } from '#core/sources/connector.ts';
import { testCache, turn } from './cache-kit.ts';

const T0 = 1_700_000_000_000;
const HOUR = 3_600_000;
const plain = (n: number, more: Partial<Parameters<typeof turn>[0]> = {}) =>
  turn({ conversation: 'c-1', trace: `t${n}`, at: T0 + n * 10_000, ...more });

async function marksOf(...spans: SpanRecord[]) {
  const cache = await testCache();
  await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
  const [found] = await cache.read('findConversations', { ids: ['c-1'], limit: 1 });
  return cache.read('conversationMarks', { key: found?.key ?? 0, slowTurnMs: 5000 });
}

test('turns that nothing is to be told of have no mark', async () => {
  expect(await marksOf(...plain(0), ...plain(1))).toEqual([]);
});

test('failures are told by their turn, and tools that failed in a turn that did not', async () => {
  const [root, chat] = plain(4);
  const failed: SpanRecord = {
    ...chat,
    span: {
      ...chat.span,
      spanId: 'x',
      operation: 'tool',
      status: 'error',
      attributes: { 'gen_ai.tool.name': 'lookup_order' },
    },
  };
  const marks = await marksOf(
    ...plain(0),
    ...plain(1, { unsure: true, ms: 7000 }),
    ...plain(2),
    ...plain(3, { attributes: { 'ai.guardrail.blocked': true } }),
    root,
    chat,
    failed,
  );
  expect(marks).toEqual([
    { turn: 1, endedAt: T0 + 17_000, failures: ['unsure', 'slow'], toolFailed: false },
    { turn: 3, endedAt: T0 + 30_900, failures: ['guardrail'], toolFailed: false },
    { turn: 4, endedAt: T0 + 40_900, failures: [], toolFailed: true },
  ]);
});

test('a turn whose first span has not come says so, until it comes', async () => {
  const [root, chat] = plain(0);
  expect(await marksOf(chat)).toMatchObject([{ turn: 0, odd: { rootMissing: true } }]);
  expect(await marksOf(chat, root)).toEqual([]);
  // A gateway began it that tells its spans to somebody else.
  root.span.parentId = 'gateway';
  expect(await marksOf(chat, root)).toEqual([]);
});

test('a question without a recorded answer says so, until one comes', async () => {
  const [root, chat] = plain(0);
  const { 'gen_ai.output.messages': answer, ...asked } = root.span.attributes;
  const withOnly = (attributes: Record<string, unknown>) => ({
    ...root,
    span: { ...root.span, attributes: { ...asked, ...attributes } },
  });
  const missing = [{ turn: 0, odd: { answerMissing: true } }];
  expect(await marksOf(withOnly({}), chat)).toMatchObject(missing);
  const part = (one: object) =>
    JSON.stringify([{ role: 'assistant', parts: [{ id: '1', name: 'find', ...one }] }]);
  const call = { 'gen_ai.output.messages': part({ type: 'tool_call', arguments: {} }) };
  expect(await marksOf(withOnly(call), chat)).toMatchObject(missing);
  expect(await marksOf(withOnly({}), chat, withOnly({ 'gen_ai.output.messages': answer }))).toEqual(
    [],
  );
  // Why there is none is told, or the service does not tell what is said.
  expect(await marksOf(withOnly({ 'ai.guardrail.blocked': true }), chat)).toMatchObject([
    { failures: ['guardrail'] },
  ]);
  expect(await marksOf(withOnly({ 'gen_ai.input.messages': undefined }), chat)).toEqual([]);
});

test('later turns alone are known by what the model was told before', async () => {
  const [root, chat] = plain(3);
  const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
  chat.span.attributes['gen_ai.input.messages'] = JSON.stringify([
    said('system', 'You help.'),
    said('user', 'Hello'),
    said('assistant', 'Hello, how can I help?'),
    said('user', 'My order?'),
    said('assistant', 'Which one?'),
    said('user', 'Where is my order?'),
  ]);
  expect(await marksOf(root, chat)).toMatchObject([{ turn: 0, odd: { toldBefore: 2 } }]);
  expect(await marksOf(...plain(0), root, chat)).toEqual([]);
});

test('a step that began before the one that called it tells that clocks disagree', async () => {
  const [root, chat] = plain(0);
  chat.span.startedAt -= 3200;
  expect(await marksOf(root, chat)).toMatchObject([{ odd: { clockSkewMs: 3200 } }]);
  const [other, near] = plain(0);
  near.span.startedAt -= 100;
  expect(await marksOf(other, near)).toEqual([]);
});

test('times that were replaced, and hours without a word, are told', async () => {
  const [root, chat] = plain(0);
  chat.span.attributes[CLOCK] = 'no time told: time of receipt used';
  const marks = await marksOf(root, chat, ...plain(1, { at: T0 + 5 * HOUR }));
  expect(marks).toMatchObject([
    { turn: 0, odd: { timesReplaced: true } },
    { turn: 1, pauseMs: 5 * HOUR - 900 },
  ]);
});

test('a turn that is still answered is no silence, and what only a log tells of is no clock', async () => {
  const marks = await marksOf(
    ...plain(0, { ms: 5 * HOUR }),
    ...plain(1, { at: T0 + HOUR, ms: 900 }),
    ...plain(2, { at: T0 + 4 * HOUR, ms: 900 }),
  );
  expect(marks.filter(({ pauseMs }) => pauseMs !== undefined)).toEqual([]);
  const [root, chat] = plain(0);
  const log: SpanRecord = {
    ...chat,
    span: {
      ...chat.span,
      spanId: 'log',
      startedAt: T0 + 5000,
      attributes: { [LOG_OF]: 'not-come' },
    },
  };
  const inside = { ...chat, span: { ...chat.span, parentId: 'not-come', startedAt: T0 + 1000 } };
  expect(await marksOf(root, inside, log)).toEqual([]);
});
