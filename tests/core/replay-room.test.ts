/** Which re-runs begin, and which do not any more. */
import { expect, test } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import { ASK, polite, world } from './replay-kit.ts';

test('no more re-runs begin than there is room for, also when many are asked for at once', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { key, replays } = await world(async (asked) => {
    await held;
    return polite(asked);
  });
  const ask = () =>
    replays.run(
      {
        target: { kind: 'turn', conversation: key, turn: 1 },
        endpoints: ['old'],
        ...ASK,
        samples: 1,
      },
      'ana',
    );
  const asked = await Promise.allSettled(Array.from({ length: 8 }, ask));
  const begun = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  expect(begun).toHaveLength(3);
  for (const one of asked) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
  }
  const room = replays.room();
  release();
  await room;
  // One that is refused for another reason takes no place.
  await expect(
    replays.run(
      { target: { kind: 'turn', conversation: key, turn: 99 }, endpoints: ['old'], ...ASK },
      'ana',
    ),
  ).rejects.toMatchObject({ code: 'bad_input' });
  await Promise.all(begun.map((id) => replays.ended(id)));
  const after = await Promise.allSettled(Array.from({ length: 3 }, ask));
  expect(after.map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
});

test('what begins while the console ends is ended with it', async () => {
  const { cache, key, replays } = await world(polite);
  const asked = replays.run(
    { target: { kind: 'turn', conversation: key, turn: 1 }, endpoints: ['old'], ...ASK },
    'ana',
  );
  // Prepared, and on its way to be written down.
  await expect
    .poll(() => cache.read('listReplays', { conversation: null, environment: null, limit: 1 }), {
      interval: 0,
    })
    .toHaveLength(1);
  await replays.close();
  const { id } = await asked;
  expect((await cache.read('readReplay', { id }))?.state).not.toBe('running');
});

test('a preview that nobody waits for any more stops reading', async () => {
  const { cache, replays } = await world(polite);
  const calls: string[] = [];
  const read = cache.read.bind(cache);
  const counted: Cache['read'] = (name, ...rest) => {
    calls.push(name);
    return read(name, ...rest);
  };
  Object.assign(cache, { read: counted });
  const gone = new AbortController();
  gone.abort();
  const target = {
    kind: 'batch' as const,
    service: 'bot',
    environment: 'production',
    conversations: 5,
    turns: 'all' as const,
    filter: {},
  };
  await expect(
    replays.preview(
      { target, endpoints: ['old'], samples: 1, history: 'own', judge: false },
      gone.signal,
    ),
  ).rejects.toMatchObject({ name: 'AbortError' });
  expect(calls).not.toContain('readConversationByKey');
});
