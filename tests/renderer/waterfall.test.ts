import { expect, test } from 'vitest';
import type { SpanOutline } from '#shared/model/conversation.ts';
import { layoutSpans } from '../../renderer/features/conversation/waterfall/layout.ts';

const span = (
  spanId: string,
  parentId: string | null,
  startedAt: number,
  durationMs: number,
  firstTokenMs: number | null = null,
): SpanOutline => ({
  spanId,
  parentId,
  name: spanId,
  operation: 'other',
  startedAt,
  durationMs,
  status: 'unset',
  firstTokenMs,
});
const outline = (spans: SpanOutline[]) =>
  layoutSpans(spans).rows.map((row) => `${'-'.repeat(row.depth)}${row.span.spanId}`);

test('children stand below their parent, siblings in the order of their beginning', () => {
  const spans = [
    span('chat', 'turn', 500, 400),
    span('rerank', 'retrieval', 200, 100),
    span('turn', null, 0, 1000),
    span('retrieval', 'turn', 100, 300),
  ];
  expect(outline(spans)).toEqual(['turn', '-retrieval', '--rerank', '-chat']);
});

test('bars are shares of the whole turn, also of what outlasts the root', () => {
  const { rows, durationMs } = layoutSpans([
    span('turn', null, 1000, 500),
    span('feedback', 'turn', 1600, 400),
  ]);
  expect(durationMs).toBe(1000);
  expect(rows.map(({ left, width }) => [left, width])).toEqual([
    [0, 0.5],
    [0.6, 0.4],
  ]);
});

test('a span whose parent never came is shown at the top and marked', () => {
  const { rows } = layoutSpans([span('turn', null, 0, 10), span('lost', 'gone', 2, 3)]);
  expect(rows.map(({ span, depth, orphan }) => [span.spanId, depth, orphan])).toEqual([
    ['turn', 0, false],
    ['lost', 0, true],
  ]);
});

test('parents in a circle and duplicates are each shown once', () => {
  const spans = [span('a', 'b', 0, 1), span('b', 'a', 1, 1), span('self', 'self', 2, 1)];
  expect(
    layoutSpans([...spans, ...spans])
      .rows.map((row) => row.span.spanId)
      .sort(),
  ).toEqual(['a', 'b', 'self']);
});

test('a chain of 20,000 spans is laid out', () => {
  const chain = Array.from({ length: 20_000 }, (_, at) =>
    span(`s${at}`, at === 0 ? null : `s${at - 1}`, at, 20_000 - at),
  );
  expect(layoutSpans(chain).rows.at(-1)?.depth).toBe(19_999);
});

test('the time to the first token is a share of its own bar', () => {
  const { rows } = layoutSpans([span('chat', null, 0, 2000, 500)]);
  expect(rows[0]?.firstToken).toBe(0.25);
});

test('spans without duration, and no spans at all, give finite numbers', () => {
  expect(layoutSpans([]).rows).toEqual([]);
  expect(layoutSpans([span('a', null, 5, 0)]).rows[0]).toMatchObject({ left: 0, width: 1 });
});

test('of a step it is known when its caller began, also where that was later', () => {
  const { rows } = layoutSpans([span('turn', null, 5000, 100), span('early', 'turn', 1000, 50)]);
  expect(rows.map(({ called }) => called)).toEqual([null, 5000]);
});
