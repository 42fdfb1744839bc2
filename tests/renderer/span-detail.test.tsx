/** What a step tells, on the page. */
import { expect, test } from 'vitest';
import type { Span } from '#shared/model/conversation.ts';
import { SpanDetail } from '../../renderer/features/conversation/waterfall/SpanDetail.tsx';
import { mount } from './mount.tsx';

const span = (attributes: Span['attributes']): Span => ({
  traceId: 't',
  spanId: 's',
  parentId: null,
  name: 'chat',
  operation: 'chat',
  startedAt: 0,
  durationMs: 1000,
  status: 'ok',
  statusMessage: '',
  attributes,
  events: [],
});

test('cost and first token are shown by their standard names too', async () => {
  const page = await mount(
    <SpanDetail
      span={span({ 'gen_ai.usage.cost': 0.012, 'gen_ai.response.time_to_first_chunk': 0.85 })}
      startedAt={0}
      language={null}
    />,
  );
  expect(page.text()).toContain('first token0.85');
  expect(page.text()).toContain('cost$0.012');
  expect(page.text()).not.toContain('attributes');
  await page.unmount();
});

test('documents in another language than the user’s are marked, those in a region of it are not', async () => {
  const documents = ['fi', 'fil-PH', null].map((language, at) => ({ id: `d${at}`, language }));
  const page = await mount(
    <SpanDetail
      span={span({ 'ai.retrieval.documents': JSON.stringify(documents) })}
      startedAt={0}
      language="fil"
    />,
  );
  const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent);
  expect(rows.map((row) => row?.includes('not the user’s'))).toEqual([true, false, false]);
  await page.unmount();
});
