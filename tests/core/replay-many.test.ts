/** What a re-run is of: said before it runs, and kept with its conversations. */
import { expect, test } from 'vitest';
import { turn } from './cache-kit.ts';
import { ASK, AT, ended, polite, world } from './replay-kit.ts';

test('says before it runs what it will take and what stands in its way', async () => {
  const { cache, key, replays } = await world(polite, {
    endpoint: { apiKeySecret: 'NO_SUCH_KEY' },
  });
  const how = { endpoints: ['old', 'new'], samples: 5, history: 'own' as const, judge: false };
  const target = { kind: 'turn' as const, conversation: key, turn: 0 };
  const preview = await replays.preview({ target, ...how });
  expect(preview).toMatchObject({ cases: 1, answers: 10, estimate: { requests: 20 } });
  expect(preview.estimate.usd).toBeGreaterThan(0);
  expect(preview.blockers.map(({ code }) => code)).toEqual(['no_key', 'no_key']);
  await expect(replays.run({ target, ...how, budget: {} }, 'ana')).rejects.toMatchObject({
    code: 'bad_input',
    message: expect.stringContaining('NO_SUCH_KEY was not found'),
  });
  await expect(replays.preview({ target, ...how, endpoints: ['nowhere'] })).rejects.toMatchObject({
    code: 'bad_input',
  });
  await expect(
    replays.preview({ target: { ...target, conversation: 999 }, ...how }),
  ).rejects.toMatchObject({ code: 'not_found' });
  const silent = turn({ conversation: 'c-2', trace: 't9', at: AT });
  for (const { span } of silent) {
    delete span.attributes['gen_ai.input.messages'];
    delete span.attributes['gen_ai.output.messages'];
  }
  await cache.write('commitBatch', { source: 's', batch: { spans: silent } });
  const [found] = await cache.read('findConversations', { ids: ['c-2'], limit: 1 });
  const quiet = await replays.preview({
    target: { kind: 'conversation', conversation: found?.key ?? 0 },
    ...how,
  });
  expect(quiet.blockers.at(-1)?.message).toMatch(/messages were not recorded/);
  expect(
    await cache.read('listReplays', { environment: null, conversation: null, limit: 9 }),
  ).toEqual([]);
});

test('of a conversation of hundreds of turns the one that failed is answered, with what can go along, which is said', async () => {
  const { cache, replays, server } = await world(polite);
  const spans = Array.from({ length: 300 }, (_, at) =>
    turn({
      conversation: 'long',
      trace: `l${at}`,
      at: AT + at * 1000,
      said: `Question ${at}`,
      unsure: at === 280,
      language: 'en',
    }),
  ).flat();
  await cache.write('commitBatch', { source: 's', batch: { spans } });
  const target = {
    kind: 'batch' as const,
    service: 'bot',
    environment: 'production',
    filter: { failing: true },
    conversations: 20,
    turns: 'failing' as const,
  };
  const { id } = await replays.run({ target, endpoints: ['new'], ...ASK, samples: 1 }, 'ana');
  await ended(replays, id);
  const [body] = server.asked.map(({ body }) => JSON.stringify(body));
  expect(body).toContain('Question 280');
  expect(body).toContain('Question 80');
  expect(body).not.toContain('Question 79"');
  expect(body).not.toContain('Question 281');
  const { cases } = await replays.read(id);
  expect(cases[0]?.remarks.map(({ message }) => message)).toContain(
    'The turns before turn 81 do not go along with what is asked.',
  );
});

test('many at once: the first failing turn of each, one row each, and the journal knows where they were sent', async () => {
  const { cache, replays, server } = await world(polite);
  const spans = [1, 2, 3].flatMap((n) =>
    [0, 1].flatMap((at) =>
      turn({
        conversation: `f-${n}`,
        trace: `f${n}${at}`,
        at: AT + n * 1000 + at * 100,
        said: at === 0 ? 'A first question' : 'The question that failed',
        unsure: at === 1,
        language: 'en',
      }),
    ),
  );
  await cache.write('commitBatch', { source: 's', batch: { spans } });
  const { id } = await replays.run(
    {
      target: {
        kind: 'batch',
        service: 'bot',
        environment: 'production',
        filter: { failing: true },
        conversations: 20,
        turns: 'failing',
      },
      endpoints: ['old', 'new'],
      ...ASK,
      samples: 1,
    },
    'ana',
  );
  const done = await ended(replays, id);
  expect(done).toMatchObject({ kind: 'batch', progress: { done: 6, total: 6 } });
  const { cases, finding } = await replays.read(id);
  expect(cases.map((one) => [one.conversationId, one.turns])).toEqual([
    ['f-3', [1]],
    ['f-2', [1]],
    ['f-1', [1]],
  ]);
  expect(cases[0]?.totals).toMatchObject([
    { passed: 1 },
    { passed: 1 },
    { endpoint: 'recorded', passed: 0 },
  ]);
  expect(finding).toBe('v41 answers 3 of 3 recorded conversations correctly, v42 3 of 3');
  expect(server.asked[0]?.body.messages.map(({ content }) => content)).toEqual([
    'A first question',
    'On its way.',
    'The question that failed',
  ]);
  const entries = await cache.journal('list', { limit: 5 });
  expect(JSON.stringify(entries)).toContain(server.baseUrl);
});

test('results go with their conversation, and stay while it is pinned', async () => {
  const { cache, key, replays } = await world(polite);
  const target = { kind: 'turn' as const, conversation: key, turn: 1 };
  const { id } = await replays.run({ target, endpoints: ['old'], ...ASK }, 'ana');
  await ended(replays, id);
  const day = 86_400_000;
  const prune = () =>
    cache.write('prune', {
      now: AT + 500 * day,
      raw: day,
      fiveMinutes: day,
      oneHour: day,
      conversations: day,
      maxBytes: 1e9,
    });
  await cache.write('pinConversation', { key, pinned: true });
  await prune();
  expect((await replays.case(id, 0)).turns[0]?.samples).toHaveLength(2);
  expect(await replays.list({ conversation: key, limit: 5 })).toHaveLength(1);
  await cache.write('pinConversation', { key, pinned: false });
  await prune();
  await expect(replays.case(id, 0)).rejects.toMatchObject({ code: 'not_found' });
  // The run began today: what it showed stays for a while, without its texts.
  expect((await replays.read(id)).replay.totals[0]).toMatchObject({ samples: 2 });
});
