/** What failing conversations say: on texts alone, then on a real cache by the operation that answers the screen. */
import { describe, expect, test } from 'vitest';
import {
  increaseSince,
  joinPhrases,
  logLikelihood,
  type Told,
  tellingPhrases,
} from '#core/analysis/phrases.ts';
import { findClusters } from '#core/operations/clusters.ts';
import { seeded } from '../bench/report.ts';
import { type TurnInput, testCache, turn } from './cache-kit.ts';

function telling(failing: readonly Told[], healthy: readonly Told[]) {
  const work = tellingPhrases(failing, healthy);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const clusters = (failing: readonly Told[], healthy: readonly Told[], most = 5) =>
  joinPhrases(telling(failing, healthy), most);

const many = (count: number, from: number, text: (n: number) => string): Told[] =>
  Array.from({ length: count }, (_, n) => ({ key: from + n, texts: [text(n)] }));

const WORDS =
  `order refund parcel late payment card account help when will arrive status address change invoice
  number thanks still waiting money delivery wrong item return label discount code cancel email phone agent`.split(
    /\s+/,
  );

function babble(seed: number, words = 20): string {
  const random = seeded(seed);
  return Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
}

describe('the log-likelihood ratio', () => {
  test('is that of a table worked out by hand, and counts only what is said more often here', () => {
    // 2 · (30·ln(30/20) + 10·ln(10/20) + 20·ln(20/30) + 40·ln(40/30)) for 30 of 40 beside 20 of 60.
    expect(logLikelihood(30, 40, 20, 60)).toBeCloseTo(17.261, 3);
    expect(logLikelihood(20, 60, 30, 40)).toBe(0);
    expect(logLikelihood(5, 10, 5, 10)).toBe(0);
    expect(logLikelihood(5, 5, 0, 5)).toBeCloseTo(2 * 10 * Math.log(2), 6);
    expect(logLikelihood(3, 0, 0, 5)).toBe(0);
  });
});

describe('phrases', () => {
  test('the longest that nearly all say names the cluster, as somebody wrote it', () => {
    const failing = many(40, 0, (n) => `${babble(n)}. No encuentro la opción. ${babble(n + 500)}`);
    const healthy = many(200, 1000, (n) => babble(n + 1000));
    const found = clusters(failing, healthy);
    expect(found.map(({ phrase }) => phrase.text)).toEqual(['No encuentro la opción']);
    expect(found[0]?.phrase.failing.size).toBe(40);
    expect(found[0]?.phrase.healthy).toBe(0);
  });

  test('of a script without spaces are found inside of sentences', () => {
    const failing = many(
      40,
      0,
      (n) => `${babble(n)}. 对不起，我查不到相关${n % 2 ? '信息' : '记录'}`,
    );
    const healthy = many(200, 1000, (n) => `${babble(n + 1000)}. 对不起`);
    const found = clusters(failing, healthy);
    expect(found.map(({ phrase }) => phrase.text)).toEqual(['我查不到相关']);
    const said = (words: string) =>
      clusters(
        many(40, 0, (n) => `${babble(n)}. ${words}`),
        healthy,
      ).map(({ phrase }) => phrase.text);
    expect(said('환불을 받고 싶어요')).toEqual(['환불을 받고 싶어요']);
    expect(said('ที่นี่ไม่')).toEqual(['ที่นี่ไม่']);
  });

  test('two stories are two clusters, not one story in other words', () => {
    const failing = [
      ...many(30, 0, (n) => `${babble(n)}. No estoy seguro de la respuesta`),
      ...many(15, 100, (n) => `${babble(n + 100)}. Something went wrong on our side`),
    ];
    const found = clusters(
      failing,
      many(150, 1000, (n) => babble(n + 1000)),
    );
    expect(found.map(({ phrase }) => phrase.text)).toEqual([
      'No estoy seguro de la respuesta',
      'Something went wrong on our side',
    ]);
  });

  test('what healthy ones say as often, and what few say, is not told', () => {
    const same = (n: number) => `${babble(n)}. Thank you for your patience`;
    expect(clusters(many(40, 0, same), many(150, 1000, same))).toEqual([]);
    const few = [...many(4, 0, () => 'an anecdote of four'), ...many(60, 10, (n) => babble(n))];
    expect(
      clusters(
        few,
        many(150, 1000, (n) => babble(n + 1000)),
      ),
    ).toEqual([]);
  });

  test('chance alone hardly ever makes a cluster', () => {
    let lists = 0;
    for (let round = 0; round < 40; round++) {
      const at = round * 10_000;
      const failing = many(60, 0, (n) => babble(at + n, 40));
      const healthy = many(120, 1000, (n) => babble(at + 5000 + n, 40));
      if (clusters(failing, healthy).length > 0) lists++;
    }
    expect(lists).toBeLessThanOrEqual(2);
  });

  test('case, accents and punctuation do not part a phrase; the end of a sentence does', () => {
    const written = ['No lo tengo claro', 'no lo TENGO claro', 'no, lo tengo cláro'];
    const failing = many(30, 0, (n) => `${written[n % 3]}! ${babble(n)}`);
    const [cluster] = clusters(
      failing,
      many(100, 1000, (n) => babble(n + 1000)),
    );
    expect(cluster?.phrase).toMatchObject({ text: 'No lo tengo claro' });
    expect(cluster?.phrase.failing.size).toBe(30);
  });

  test('without failing, or without healthy ones to compare with, there is nothing to tell', () => {
    const some = many(30, 0, () => 'the same words every time');
    expect(clusters([], some)).toEqual([]);
    expect(clusters(some, [])).toEqual([]);
  });

  test('hostile texts cost no more than their bound, and break nothing', () => {
    const texts = [
      '\ud800\0 ".*+?^$ {}()|[]\\',
      'a'.repeat(100_000),
      '　\u202e\u200b',
      '٣٤٥ 中文 中文',
    ];
    const failing = many(20, 0, (n) => texts.join(' ') + n);
    expect(() =>
      clusters(
        failing,
        many(20, 100, (n) => babble(n)),
      ),
    ).not.toThrow();
    const endless = many(3, 0, () => `${'word '.repeat(200_000)}`);
    expect(telling([...endless, ...failing], failing).failing).toBe(23);
  });
});

describe('since when', () => {
  const every = (from: number, to: number, step: number) =>
    Array.from({ length: Math.floor((to - from) / step) }, (_, n) => from + n * step);

  test('is the first of those that come faster', () => {
    const times = [...every(5000, 50_000, 20_000), ...every(60_000, 100_000, 1000)];
    expect(increaseSince(times, 0, 100_000)).toBe(60_000);
  });

  test('is not told of an even rate, of a few, or of one that falls', () => {
    expect(increaseSince(every(0, 100_000, 1000), 0, 100_000)).toBeNull();
    expect(increaseSince([90_000, 95_000], 0, 100_000)).toBeNull();
    expect(increaseSince([...every(0, 40_000, 1000), 80_000], 0, 100_000)).toBeNull();
    expect(increaseSince([], 0, 100_000)).toBeNull();
  });
});

describe('clusters of a window', () => {
  const T0 = 1_700_000_000_000;
  const MINUTE = 60_000;

  async function filled(turns: TurnInput[]) {
    const cache = await testCache();
    await cache.write('commitBatch', { source: 'otlp', batch: { spans: turns.flatMap(turn) } });
    return cache;
  }

  const input = (n: number, more: Partial<TurnInput>): TurnInput => ({
    conversation: `c-${n}`,
    trace: `t${n}`,
    at: T0 + n * 10_000,
    language: 'en',
    said: babble(n),
    answer: babble(n + 9000),
    ...more,
  });

  const hourOf = ({ at = 0 }: TurnInput) => new Date(at + 900).getUTCHours();
  const asked = { environment: 'production', from: T0, to: T0 + 60 * MINUTE, limit: 6 };

  test('say how many, since when, on which version, and their search finds exactly these', async () => {
    const turns = Array.from({ length: 300 }, (_, n) =>
      n >= 200 && n % 3 === 0
        ? input(n, {
            version: 'v42',
            language: 'es',
            unsure: true,
            attributes: { 'ai.channel': 'phone' },
            said: `${babble(n)}. ¡No encuentro la opción!`,
          })
        : input(n, n % 10 === 1 ? { version: 'v42' } : {}),
    );
    const cache = await filled([
      ...turns,
      // A healthy one that says it too, one before the window, one elsewhere.
      input(400, { at: T0 + 30 * MINUTE, said: 'no encuentro la opcion' }),
      input(401, { at: T0 - 5 * MINUTE, unsure: true, said: 'No encuentro la opción' }),
      input(402, { environment: 'staging', unsure: true, said: 'No encuentro la opción' }),
    ]);
    const { clusters: found, ...sizes } = await findClusters(
      { cache },
      asked,
      new AbortController().signal,
    );
    const ids = turns.filter((one) => one.unsure).map((one) => one.conversation);
    expect(sizes).toEqual({
      failing: ids.length,
      healthy: 301 - ids.length,
      compared: { failing: ids.length, healthy: 301 - ids.length },
    });
    expect(found).toHaveLength(1);
    const [cluster] = found;
    expect(cluster).toMatchObject({
      phrase: 'No encuentro la opción',
      conversations: ids.length,
      conversationsIs: 'exact',
      healthy: 1,
      channels: [{ value: 'phone', conversations: ids.length, all: ids.length }],
      languages: [{ value: 'es', conversations: ids.length, all: ids.length }],
    });
    const v42 = turns.filter((one) => one.version === 'v42').length;
    expect(cluster?.versions).toEqual([{ value: 'v42', conversations: ids.length, all: v42 }]);
    const first = T0 + 201 * 10_000 + 900;
    expect(cluster).toMatchObject({ since: first, firstAt: first });
    expect(cluster?.times.reduce((sum, { conversations }) => sum + conversations, 0)).toBe(
      ids.length,
    );
    const hour = new Date(T0 + 10 * MINUTE).getUTCHours();
    expect(cluster?.hours.reduce((sum, one) => sum + one.conversations, 0)).toBe(ids.length);
    expect(cluster?.hours.reduce((sum, one) => sum + one.all, 0)).toBe(301);
    expect(cluster?.hours[hour]).toEqual({
      conversations: turns.filter((one) => one.unsure && hourOf(one) === hour).length,
      // The healthy one that says it too is of this hour as well.
      all: turns.filter((one) => hourOf(one) === hour).length + 1,
    });
    const { rows } = await cache.read('searchConversations', {
      text: cluster?.search.text ?? '',
      filter: cluster?.search.filter ?? {},
      sort: 'newest',
      limit: 500,
      offset: 0,
    });
    expect(rows.map((row) => row.id).sort()).toEqual(ids.sort());
  });

  test('of more than can be read, even samples are compared, and that is said; the counts are whole', async () => {
    const turns = Array.from({ length: 1400 }, (_, n) =>
      input(n, {
        at: T0 + n * 1000,
        ...(n % 2 === 0 ? { unsure: true, answer: 'I could not find this order' } : {}),
      }),
    );
    const cache = await filled(turns);
    const answer = await findClusters({ cache }, asked, new AbortController().signal);
    expect(answer).toMatchObject({
      failing: 700,
      healthy: 700,
      compared: { failing: 400, healthy: 400 },
    });
    expect(answer.clusters[0]).toMatchObject({
      phrase: 'I could not find this order',
      conversations: 700,
      since: null,
    });
  });

  test('end when nobody waits for them any more', async () => {
    const cache = await filled([input(1, { unsure: true })]);
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(findClusters({ cache }, asked, gone)).rejects.toThrow('gone');
  });
});
