/** The sample that is answered every night. */
import { expect, test } from 'vitest';
import { createNightly, nextNight, stratify } from '#core/replay/nightly.ts';
import { realClock, silentLog } from '../fixtures/deps.ts';
import type { AskedCompletion, Told } from '../fixtures/model-server.ts';
import { AT, ended, polite, world } from './replay-kit.ts';

test('a sample keeps the shares of its categories, and one of each rare one', () => {
  const items = [...Array(90).fill('a'), ...Array(9).fill('b'), 'c'].map((kind, at) => ({
    kind,
    at,
  }));
  const of = (size: number) => {
    const drawn = stratify(items, size, ({ kind }) => kind, Math.random);
    expect(new Set(drawn.map(({ at }) => at)).size).toBe(drawn.length);
    return ['a', 'b', 'c'].map((kind) => drawn.filter((one) => one.kind === kind).length);
  };
  expect(of(20)).toEqual([18, 1, 1]);
  expect(of(3)).toEqual([1, 1, 1]);
  expect(of(2)).toEqual([1, 1, 0]);
  expect(of(1000)).toEqual([90, 9, 1]);
  expect(stratify([], 5, () => '', Math.random)).toEqual([]);
});

test('the night is the next one at that local time', () => {
  const at = (day: number, hours: number) => new Date(2026, 4, day, hours, 10).getTime();
  expect(nextNight('03:10', at(5, 1))).toBe(at(5, 3));
  expect(nextNight('03:10', at(5, 3))).toBe(at(6, 3));
});

test('the nightly sample scores what was recorded and what the stable version says now', async () => {
  const grading = (asked: AskedCompletion): Told => {
    if (asked.body.model !== 'judge') return polite(asked);
    const [system, data] = asked.body.messages;
    const mark = /The mark is (\w+)\./.exec(String(system?.content))?.[1];
    const tone = String(data?.content).includes('Your order') ? 1 : 0.4;
    const grades = { mark, addressed: 1, grounded: 1, tone, injection: false, why: '' };
    return { kind: 'text', text: JSON.stringify(grades) };
  };
  const { cache, config, replays } = await world(grading, {
    config: {
      replay: { judge: 'judge', nightly: { at: '03:10', services: ['bot'] } },
      services: [
        {
          id: 'bot',
          environments: { production: { where: {} } },
          modelFlag: { source: 'unleash', flag: 'f', stable: 'v41' },
          bands: { eval_score: { kind: 'baseline', within: 0.05, side: 'below', recorded: 0.86 } },
        },
      ],
    },
    endpoint: { service: 'bot' },
  });
  const clock = { ...realClock, now: () => AT + 3_600_000 };
  const deps = { cache, clock, log: silentLog, random: () => 0, config: () => config, replays };
  const nightly = createNightly(deps);
  const bot = { service: 'bot', environment: 'production' };
  const run = await nightly.sample(bot, 'rosa');
  const done = await ended(replays, run.id);
  expect(done).toMatchObject({ kind: 'nightly', coldScore: 0.86, endpoints: [{ id: 'old' }] });
  const scores = Object.fromEntries(done.totals.map(({ endpoint, score }) => [endpoint, score]));
  expect(scores.old).toBeCloseTo(1);
  expect(scores.recorded).toBeCloseTo(0.8);
  expect((await replays.read(done.id)).cases[0]?.category).toBe('v41 · en');
  nightly.stop();
});
