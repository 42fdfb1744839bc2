/** Re-runs on a real cache against a real server, as the screens ask for them: what is asked, and what is made of the answers. */
import { expect, test } from 'vitest';
import { chunk, type Told } from '../fixtures/model-server.ts';
import { turn } from './cache-kit.ts';
import { ASK, AT, ended, polite, world } from './replay-kit.ts';

test('a turn is answered again by the baseline and then the other, with the recorded prompt and tools', async () => {
  const { key, replays, server, topics } = await world(polite);
  const begun = await replays.run(
    { target: { kind: 'turn', conversation: key, turn: 0 }, endpoints: ['new', 'old'], ...ASK },
    'ana',
  );
  expect(begun).toMatchObject({
    state: 'running',
    title: 'c-1, turn 1',
    by: 'ana',
    history: 'recorded',
  });
  const done = await ended(replays, begun.id);
  expect(done).toMatchObject({
    state: 'done',
    note: '',
    progress: { done: 4, total: 4 },
    spent: { requests: 8 },
  });
  expect(topics).toContain('replays');
  const { finding } = await replays.read(begun.id);
  expect(finding).toBe('v42 answers this correctly in 2 of 2, v41 in 2 of 2');

  expect(server.asked.map(({ body }) => body.model)).toEqual([
    ...Array(4).fill('new'),
    ...Array(4).fill('old'),
  ]);
  const [first] = server.asked;
  expect(first?.body.messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Where is A-1?' },
  ]);
  expect(first?.body.tools?.[0]?.function.name).toBe('lookup');
  const told = server.asked.find(({ body }) => body.messages.length === 4);
  expect(told?.body.messages.slice(2)).toMatchObject([
    { role: 'assistant', tool_calls: [{ function: { name: 'lookup' } }] },
    { role: 'tool', tool_call_id: 'made_0', content: '{"state":"sent"}' },
  ]);
  // The same number of a sample has the same seed on every endpoint.
  expect(new Set(server.asked.map(({ body }) => body.seed))).toEqual(new Set([1, 2]));

  const { turns } = await replays.case(begun.id, 0);
  expect(turns[0]).toMatchObject({ question: 'Where is A-1?', asked: 'en', traceId: 't1' });
  expect(turns[0]?.recorded).toMatchObject({
    text: 'On its way.',
    toolCalls: [{ name: 'lookup' }],
  });
  expect(turns[0]?.samples).toHaveLength(4);
  expect(turns[0]?.samples[0]?.toolCalls).toMatchObject([{ answer: 'recorded', schemaErrors: [] }]);
});

test('a whole conversation goes on from its own new answers, or from the recorded ones', async () => {
  const { key, replays, server } = await world(polite);
  for (const history of ['own', 'recorded'] as const) {
    const from = server.asked.length;
    const { id } = await replays.run(
      {
        target: { kind: 'conversation', conversation: key },
        endpoints: ['old'],
        ...ASK,
        samples: 1,
        history,
      },
      'ana',
    );
    expect((await ended(replays, id)).progress).toEqual({ done: 2, total: 2 });
    const last = server.asked.slice(from).at(-1)?.body.messages ?? [];
    expect(last.at(-1)?.content).toBe('Thanks a lot for your help');
    expect(last.find(({ role, content }) => role === 'assistant' && content)?.content).toBe(
      history === 'own' ? 'Your order 1 was sent today and is on its way.' : 'On its way.',
    );
  }
});

test('a call that was not recorded is stubbed and marked, and nothing but the endpoint is asked', async () => {
  const { key, replays, server } = await world(({ body }) =>
    body.messages.at(-1)?.role === 'user'
      ? {
          kind: 'calls',
          calls: [
            { name: 'refund', arguments: '{"id":"A-1"}' },
            { name: 'lookup', arguments: '{"id":' },
            { name: 'lookup', arguments: '{"nr":7}' },
          ],
        }
      : { kind: 'text', text: 'I could not find your order anywhere.' },
  );
  const { id } = await replays.run(
    {
      target: { kind: 'turn', conversation: key, turn: 0 },
      endpoints: ['new'],
      ...ASK,
      samples: 1,
    },
    'ana',
  );
  await ended(replays, id);
  const { turns } = await replays.case(id, 0);
  expect(turns[0]?.samples[0]).toMatchObject({
    toolCalls: [
      { name: 'refund', answer: 'stubbed', schemaErrors: null },
      { name: 'lookup', answer: 'unreadable' },
      {
        name: 'lookup',
        answer: 'stubbed',
        schemaErrors: ["the arguments must have required property 'id'"],
      },
    ],
    unsure: true,
    verdict: { pass: false, rules: { tools: 'fail', schema: 'fail', sure: 'fail' } },
  });
  expect(server.asked.every(({ path }) => path === '/v1/chat/completions')).toBe(true);
});

test.each([
  ['the service tells that it was unsure', { unsure: true }, 'It will be there tomorrow.'],
  ['it sounds unsure', {}, 'I am not sure where your order is.'],
  ['the user gave a thumb down', { attributes: { 'ai.feedback': 'thumbs_down' } }, 'Tomorrow.'],
])(
  'a recording that failed is no measure of the tools to call: %s',
  async (_, failing, recorded) => {
    const { cache, replays } = await world(({ body }) => {
      if (body.model === 'new')
        return { kind: 'text', text: 'It has been lost on its way to you.' };
      return body.messages.at(-1)?.role === 'user'
        ? { kind: 'calls', calls: [{ name: 'lookup', arguments: '{"id":"A-1"}' }] }
        : { kind: 'text', text: 'Your order was sent today and is on its way.' };
    });
    const said = 'Where is my order A-1 now?';
    const [root, chat] = turn({
      conversation: 'c-3',
      trace: 't3',
      at: AT,
      said,
      answer: recorded,
      language: 'en',
      ...failing,
    });
    await cache.write('commitBatch', { source: 's', batch: { spans: [root, chat] } });
    const [found] = await cache.read('findConversations', { ids: ['c-3'], limit: 1 });
    const target = { kind: 'turn' as const, conversation: found?.key ?? -1, turn: 0 };
    const { id } = await replays.run({ target, endpoints: ['new', 'old'], ...ASK }, 'ana');
    const done = await ended(replays, id);
    expect(done.totals).toMatchObject([
      { endpoint: 'new', passed: 2, failed: { tools: 0 } },
      { endpoint: 'old', passed: 2, failed: { tools: 0 } },
      { endpoint: 'recorded' },
    ]);
    const { turns } = await replays.case(id, 0);
    const beside = turns[0]?.samples.map(({ endpoint, verdict }) => [
      endpoint,
      verdict.besideFailed,
    ]);
    expect(beside?.toSorted()).toEqual([
      ['new', 'same'],
      ['new', 'same'],
      ['old', 'other'],
      ['old', 'other'],
    ]);
  },
);

test('an answer that breaks off is kept as far as it came, and said so', async () => {
  const { key, replays } = await world(() => ({
    kind: 'raw',
    body: chunk({ content: 'Your order was' }),
    cut: true,
  }));
  const { id } = await replays.run(
    {
      target: { kind: 'turn', conversation: key, turn: 1 },
      endpoints: ['new'],
      ...ASK,
      samples: 1,
    },
    'ana',
  );
  expect((await ended(replays, id)).state).toBe('done');
  const { turns } = await replays.case(id, 0);
  expect(turns[0]?.samples[0]).toMatchObject({
    state: 'partial',
    text: 'Your order was',
    error: { code: 'unreachable' },
    inputTokens: null,
    verdict: { pass: false, rules: { answered: 'unknown' } },
  });
  expect((await replays.read(id)).finding).toBe(
    'No sample is answered to its end: there is nothing to count',
  );
});

test.each([
  ['401', { kind: 'status', status: 401, body: '{}' }],
  ['429', { kind: 'status', status: 429, body: '{}', headers: { 'retry-after': '0' } }],
  ['500', { kind: 'status', status: 500, body: '' }],
  ['timed out', { kind: 'hang' }],
  ['no usable answer', { kind: 'raw', body: 'data: <html>\n\n' }],
] satisfies [string, Told][])(
  'an endpoint that cannot be asked is no version that answers wrongly: %s',
  async (why, told) => {
    const { key, replays } = await world(
      (asked) => (asked.body.model === 'new' ? told : polite(asked)),
      {
        endpoint: { timeout: '300ms' },
      },
    );
    const target = { kind: 'turn' as const, conversation: key, turn: 1 };
    const { id } = await replays.run({ target, endpoints: ['old', 'new'], ...ASK }, 'ana');
    const done = await ended(replays, id);
    expect(done.totals[1]).toMatchObject({
      samples: 0,
      answers: 0,
      broken: 2,
      unasked: { [why]: 2 },
    });
    const { cases, finding } = await replays.read(id);
    expect(finding).toBe(`v41 answers this correctly in 2 of 2, v42 could not be asked (${why})`);
    expect(cases[0]?.totals[1]).toMatchObject({ samples: 0, unasked: { [why]: 2 } });
  },
);

test('where nobody could be asked, that is the finding', async () => {
  const { key, replays } = await world(() => ({ kind: 'status', status: 401, body: '{}' }));
  const target = { kind: 'turn' as const, conversation: key, turn: 1 };
  const { id } = await replays.run({ target, endpoints: ['old', 'new'], ...ASK }, 'ana');
  await ended(replays, id);
  expect((await replays.read(id)).finding).toBe(
    'v41 could not be asked (401), v42 could not be asked (401)',
  );
});

test('a model that calls tools without end is wrong', async () => {
  const { key, replays } = await world(() => ({
    kind: 'calls',
    calls: [{ name: 'lookup', arguments: '{"id":"A-1"}' }],
  }));
  const target = { kind: 'turn' as const, conversation: key, turn: 0 };
  const { id } = await replays.run({ target, endpoints: ['new'], ...ASK, samples: 1 }, 'ana');
  expect((await ended(replays, id)).totals[0]).toMatchObject({ samples: 1, passed: 0, broken: 0 });
  expect((await replays.case(id, 0)).turns[0]?.samples[0]).toMatchObject({
    state: 'done',
    error: { code: 'endless' },
    verdict: { rules: { answered: 'fail' } },
  });
});

test('an endpoint that refuses is left alone after three tries; the other is still asked', async () => {
  const { key, replays, server } = await world((asked) =>
    asked.body.model === 'new'
      ? { kind: 'status', status: 401, body: '{"error":{"message":"Bad key"}}' }
      : polite(asked),
  );
  const { id } = await replays.run(
    {
      target: { kind: 'turn', conversation: key, turn: 1 },
      endpoints: ['new', 'old'],
      ...ASK,
      samples: 12,
    },
    'ana',
  );
  const done = await ended(replays, id);
  expect(done.state).toBe('incomplete');
  expect(done.note).toMatch(/new was not asked again after 3 failures: .*\(401\): Bad key/);
  // Those under way at once were asked too.
  expect(server.asked.filter(({ body }) => body.model === 'new').length).toBeLessThanOrEqual(7);
  expect(done.totals[1]).toMatchObject({ endpoint: 'old', samples: 12, passed: 12 });
});

test('a server that asks to slow down is asked again, within the budget; nothing else is', async () => {
  let refusals = 2;
  const { key, replays, server } = await world((asked) => {
    if (refusals-- > 0) {
      return { kind: 'status', status: 429, body: '{}', headers: { 'retry-after': '0' } };
    }
    return asked.body.messages.length > 4
      ? { kind: 'status', status: 503, body: '' }
      : polite(asked);
  });
  const run = (target: { kind: 'turn'; conversation: number; turn: number }) =>
    replays.run({ target, endpoints: ['old'], ...ASK, samples: 1 }, 'ana');
  const limited = await run({ kind: 'turn', conversation: key, turn: 0 });
  expect(await ended(replays, limited.id)).toMatchObject({ state: 'done', spent: { requests: 4 } });
  const failing = await run({ kind: 'turn', conversation: key, turn: 1 });
  await ended(replays, failing.id);
  expect(server.asked).toHaveLength(5);
});
