import { expect, test } from 'vitest';
import { BOTS, botNamed } from '../../electron/demo/world/bots.ts';
import { variantPoint } from '../../electron/demo/world/cohort.ts';
import { dealer } from '../../electron/demo/world/deal.ts';
import { pastConversations } from '../../electron/demo/world/past.ts';
import { LANGUAGES } from '../../electron/demo/world/texts/phrasebook.ts';

test('the same seed tells the same past, another seed another one', () => {
  for (const bot of BOTS) {
    const tell = (seed: string) =>
      pastConversations(seed, bot).map(({ user, ago, turns, ending }) => ({
        id: user.conversationId,
        ago,
        turns,
        ending,
      }));
    expect(tell('7')).toEqual(tell('7'));
    expect(tell('8')).not.toEqual(tell('7'));
  }
});

test('the past of the support bot has all languages, and v42 fails only since the ramp, only in Spanish', () => {
  const past = pastConversations('42', botNamed('support-bot'));
  expect(past.length).toBeGreaterThan(400);
  expect(new Set(past.map((one) => one.user.language))).toEqual(new Set(LANGUAGES));
  const switched = past.filter((one) =>
    one.turns.some((turn) => turn.plan.answerLanguage !== one.user.language),
  );
  expect(switched.length).toBeGreaterThanOrEqual(10);
  for (const { user, ago, turns } of switched) {
    expect([user.language, user.topic]).toEqual(['es', 'refund']);
    expect(ago).toBeLessThan(150_000);
    expect(turns.some((turn) => turn.version === 'v42')).toBe(true);
  }
});

test('conversations are dealt evenly over the variant split', () => {
  const bot = botNamed('support-bot');
  const deal = dealer('3', bot, 'live');
  const users = Array.from({ length: 400 }, () => deal.next());
  const refunds = users.filter((user) => user.language === 'es' && user.topic === 'refund');
  const share = (some: typeof users) =>
    some.filter((user) => variantPoint(bot.modelFlag, user.conversationId) > 750).length /
    some.length;
  expect(share(users)).toBeCloseTo(0.25, 1);
  expect(share(refunds)).toBeCloseTo(0.25, 1);
  expect(refunds.length / users.length).toBeGreaterThan(0.25);
});
