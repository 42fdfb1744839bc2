/** The mark of the list stays on its conversation, whatever comes before it. */
import { act, useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { ConversationTable } from '../../renderer/features/conversations/ConversationTable.tsx';
import { makeColumns } from '../../renderer/features/conversations/columns.tsx';
import type { SearchRow } from '../../renderer/features/conversations/use-rows.ts';
import { mount } from './mount.tsx';

const columns = makeColumns('', () => 'other');
const row = (key: number): SearchRow => ({
  key,
  id: `c-${key}`,
  service: 'bot',
  environment: 'production',
  version: 'v41',
  versions: ['v41'],
  language: null,
  startedAt: 0,
  endedAt: key,
  turns: 1,
  title: '',
  failures: [],
  unsure: 0,
  slowestTurnMs: 1,
  costUsd: 0,
  snippet: null,
  hitTurn: null,
  feedback: [],
  inputTokens: 0,
  outputTokens: 0,
  pinned: false,
});

let leave: (() => Promise<void>) | undefined;
afterEach(async () => {
  await leave?.();
  leave = undefined;
});

let show: (keys: (number | null)[]) => void = () => {};
const opened: string[] = [];

function List(props: { keys: (number | null)[] }) {
  const [keys, setKeys] = useState(props.keys);
  show = setKeys;
  const rows = keys.map((key) => (key === null ? null : row(key)));
  return (
    <ConversationTable
      columns={columns}
      total={rows.length}
      loaded={rows.filter((one) => one !== null)}
      rowAt={(index) => rows[index] ?? null}
      indexOf={(key) => keys.indexOf(key)}
      want={() => {}}
      sort="newest"
      onSort={() => {}}
      onOpen={({ id }) => opened.push(id)}
      onIdle={() => {}}
      wideTime={false}
    />
  );
}

const grid = () => document.querySelector('table');
const marked = () => grid()?.getAttribute('aria-activedescendant') ?? null;
const press = (key: string) =>
  act(async () => {
    grid()?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });

async function list(...keys: (number | null)[]) {
  opened.length = 0;
  leave = (await mount(<List keys={keys} />)).unmount;
}

test('a refresh that puts others before it moves the mark along', async () => {
  await list(3, 2, 1);
  await press('ArrowDown');
  await press('ArrowDown');
  expect(marked()).toBe('conversation-1');
  await act(async () => show([5, 4, 3, 2, 1]));
  expect(marked()).toBe('conversation-3');
  await press('Enter');
  expect(opened).toEqual(['c-2']);
});

test('one that is gone is marked no more, and no other in its place', async () => {
  await list(3, 2, 1);
  await press('ArrowDown');
  await act(async () => show([2, 1]));
  expect(marked()).toBeNull();
  await press('Enter');
  expect(opened).toEqual([]);
});

test('a row that is not read yet is marked by its place until it is', async () => {
  await list(3, 2, null);
  await press('End');
  expect(marked()).toBe('conversation-2');
  await act(async () => show([3, 2, 1]));
  await act(async () => show([4, 3, 2, 1]));
  expect(marked()).toBe('conversation-3');
  await press('Enter');
  expect(opened).toEqual(['c-1']);
});
