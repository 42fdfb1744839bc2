import { expect, test } from 'vitest';
import type { TurnMark } from '#shared/model/conversation.ts';
import { oddSentences } from '../../renderer/features/conversation/odd.ts';

const NOW = 1_700_000_000_000;
const mark = (turn: number, more: Partial<TurnMark> = {}): TurnMark => ({
  turn,
  endedAt: NOW - 3_600_000,
  failures: [],
  toolFailed: false,
  ...more,
});

test('a conversation without oddities is told without a word', () => {
  expect(oddSentences([mark(0, { failures: ['slow'] })], NOW)).toEqual([]);
});

test('a span that may still be on its way is not missed yet', () => {
  const young = mark(2, { odd: { rootMissing: true }, endedAt: NOW - 30_000 });
  expect(oddSentences([young], NOW)).toEqual([]);
  expect(oddSentences([young], NOW + 60_000)).toEqual([
    expect.stringContaining('The span that began turn 3 never came'),
  ]);
});

test('an answer that may still come is not missed yet', () => {
  const asked = mark(1, { odd: { answerMissing: true }, endedAt: NOW - 30_000 });
  expect(oddSentences([asked], NOW)).toEqual([]);
  expect(oddSentences([asked], NOW + 60_000)).toEqual([
    expect.stringContaining('No answer was recorded in turn 2'),
  ]);
});

test('each oddity is a sentence, and of many turns some are named', () => {
  const sentences = oddSentences(
    [
      mark(0, { odd: { toldBefore: 1, clockSkewMs: 900 } }),
      ...[1, 2, 3, 4].map((turn) => mark(turn, { odd: { clockSkewMs: 3200 } })),
      mark(5, { pauseMs: 7 * 3_600_000, odd: { timesReplaced: true } }),
    ],
    NOW,
  );
  expect(sentences).toHaveLength(4);
  expect(sentences[0]).toContain('1\u00a0earlier message of the user');
  expect(sentences[1]).toMatch(/behind turns 1, 2, 3 and 2 more differ by 3\.2.s or more/);
  expect(sentences[2]).toContain('A span of turn 6');
  expect(sentences[3]).toMatch(/lie between turn 5 and turn 6: these may be two conversations/);
});
