/** What a re-run may take, and how it ends before it is through. */
import { expect, test } from 'vitest';
import { tempDir, turn } from './cache-kit.ts';
import { ASK, AT, ended, polite, world } from './replay-kit.ts';

test('a spent budget ends a run in good order', async () => {
  const { key, replays, server } = await world(polite);
  const { id } = await replays.run(
    {
      target: { kind: 'turn', conversation: key, turn: 1 },
      endpoints: ['new', 'old'],
      ...ASK,
      samples: 10,
      budget: { requests: 6 },
    },
    'ana',
  );
  const done = await ended(replays, id);
  expect(done).toMatchObject({
    state: 'budget_spent',
    spent: { requests: 6 },
    progress: { done: 6 },
  });
  expect(done.note).toMatch(/^All 6 requests are used\. What was answered until then stays\./);
  expect(server.asked).toHaveLength(6);
});

test('a budget that ends between the tool call and the words is nobody’s wrong answer', async () => {
  const { key, replays, server } = await world(polite);
  const run = async (budget: object) => {
    const { id } = await replays.run(
      {
        target: { kind: 'turn', conversation: key, turn: 0 },
        endpoints: ['new', 'old'],
        ...ASK,
        samples: 3,
        budget,
      },
      'ana',
    );
    return ended(replays, id);
  };
  // Three answers of two requests each by one, and of the other one: those that have begun can finish.
  const done = await run({ requests: 9 });
  expect(done).toMatchObject({
    state: 'budget_spent',
    note: 'All 9 requests are used. What was answered until then stays.',
    spent: { requests: 9 },
    progress: { done: 4, total: 6 },
  });
  expect(done.totals).toMatchObject([
    { endpoint: 'new', samples: 3, passed: 3, broken: 0 },
    { endpoint: 'old', samples: 1, passed: 1, broken: 0 },
    { endpoint: 'recorded' },
  ]);
  expect(server.asked).toHaveLength(9);
  // 120 tokens are told for words, and guessed for a call.
  const tokens = await run({ tokens: 300 });
  expect(tokens).toMatchObject({ state: 'budget_spent', totals: [{ broken: 0 }, {}, {}] });
  expect(tokens.totals[0]?.passed).toBe(tokens.totals[0]?.samples);
  expect(tokens.totals[0]?.samples).toBeGreaterThan(0);
});

test('of many at once those that have begun finish before others begin', async () => {
  const { key, replays } = await world(polite, { endpoint: { concurrency: 8 } });
  const { id } = await replays.run(
    {
      target: { kind: 'turn', conversation: key, turn: 0 },
      endpoints: ['new'],
      ...ASK,
      samples: 8,
      budget: { requests: 8 },
    },
    'ana',
  );
  expect(await ended(replays, id)).toMatchObject({
    state: 'budget_spent',
    progress: { done: 4, total: 8 },
    totals: [{ samples: 4, passed: 4 }, {}],
  });
});

test('a part of a conversation is not counted as the whole of it', async () => {
  const { key, replays } = await world(polite);
  const run = async (samples: number, requests: number) => {
    const { id } = await replays.run(
      {
        target: { kind: 'conversation', conversation: key },
        endpoints: ['old', 'new'],
        ...ASK,
        samples,
        budget: { requests },
      },
      'ana',
    );
    expect((await ended(replays, id)).state).toBe('budget_spent');
    return replays.read(id);
  };
  // Two requests for the first turn, one for the second.
  const first = await run(1, 2);
  expect(first.finding).toBe('No sample is answered to its end: there is nothing to count');
  expect(first.cases[0]?.totals[0]).toMatchObject({ answers: 1, samples: 0, unfinished: 1 });
  expect((await run(2, 5)).finding).toBe(
    'v41 answers this whole conversation correctly in 1 of 1 (1 not finished)',
  );
  expect((await run(1, 5)).finding).toBe(
    'v41 answers this whole conversation correctly in 1 of 1, v42 not finished',
  );
});

test('of a long conversation its first turns are answered, and the finding speaks of no more', async () => {
  const { cache, replays } = await world(polite);
  const spans = Array.from({ length: 52 }, (_, place) =>
    turn({ conversation: 'c-long', trace: `l${place}`, at: AT + place * 1000, language: 'en' }),
  ).flat();
  await cache.write('commitBatch', { source: 's', batch: { spans } });
  const [found] = await cache.read('findConversations', { ids: ['c-long'], limit: 1 });
  const target = { kind: 'conversation' as const, conversation: found?.key ?? -1 };
  const { id } = await replays.run(
    { target, endpoints: ['old'], ...ASK, samples: 1, history: 'recorded' },
    'ana',
  );
  await ended(replays, id);
  const { cases, finding } = await replays.read(id);
  expect(finding).toBe('v41 answers the first 50 turns of this conversation correctly in 1 of 1');
  expect(cases[0]?.remarks.at(-1)?.message).toMatch(/^Only the first 50 of its 52 turns/);
});

test('money, tokens and time hold too', async () => {
  for (const [budget, words] of [
    [{ usd: 0.0001 }, /\$0\.0001 are used/],
    [{ tokens: 100 }, /100 tokens are used/],
  ] as const) {
    const { key, replays } = await world(polite, { endpoint: { concurrency: 1 } });
    const target = { kind: 'turn' as const, conversation: key, turn: 1 };
    const { id } = await replays.run(
      { target, endpoints: ['new'], ...ASK, samples: 9, budget },
      'ana',
    );
    const done = await ended(replays, id);
    expect(done.state).toBe('budget_spent');
    expect(done.note).toMatch(words);
    expect(done.progress.done).toBeLessThan(9);
  }
  const { key, replays } = await world(() => ({ kind: 'hang' }));
  const target = { kind: 'turn' as const, conversation: key, turn: 1 };
  const { id } = await replays.run(
    { target, endpoints: ['new'], ...ASK, budget: { minutes: 0.005 } },
    'ana',
  );
  expect(await ended(replays, id)).toMatchObject({ state: 'budget_spent', progress: { done: 0 } });
});

test('a run is cancelled at once, and what was answered stays', async () => {
  let answered = 0;
  const { key, replays, server } = await world((asked) =>
    answered++ < 2 ? polite(asked) : { kind: 'hang' },
  );
  const { id } = await replays.run(
    {
      target: { kind: 'turn', conversation: key, turn: 1 },
      endpoints: ['new'],
      ...ASK,
      samples: 9,
    },
    'ana',
  );
  await expect.poll(async () => (await replays.read(id)).replay.progress.done).toBe(2);
  const cancelled = await replays.cancel(id);
  expect(cancelled).toMatchObject({ state: 'cancelled', progress: { done: 2, total: 9 } });
  expect((await replays.case(id, 0)).turns[0]?.samples).toHaveLength(2);
  await expect.poll(() => server.goneAway()).toBeGreaterThan(0);
  expect(await replays.cancel(id)).toMatchObject({ state: 'cancelled' });
});

test('what ran when the console ended says so: ended in good order, or killed', async () => {
  const dataDir = await tempDir();
  const first = await world(() => ({ kind: 'hang' }), { dataDir });
  const request = {
    target: { kind: 'turn' as const, conversation: first.key, turn: 1 },
    endpoints: ['new'],
    ...ASK,
  };
  const stopped = await first.replays.run(request, 'ana');
  await first.replays.close();
  expect(await first.cache.read('readReplay', { id: stopped.id })).toMatchObject({
    state: 'unfinished',
    note: 'The console ended while this ran.',
  });
  // A kill leaves the row as it was.
  await first.cache.write('saveReplay', { replay: { ...stopped, id: 'r-killed' } });
  await first.replays.reconcile();
  expect((await first.replays.read('r-killed')).replay).toMatchObject({ state: 'unfinished' });
});
