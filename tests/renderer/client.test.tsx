import { afterEach, expect, test } from 'vitest';
import { contract, isOperation, TOPICS } from '#shared/contract/index.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { useOperation } from '../../renderer/client/query.ts';
import { isTouched, TOPICS_OF } from '../../renderer/client/topics.ts';
import { fakeCore, mount, settle } from './mount.tsx';

let leave: (() => Promise<void>) | undefined;
afterEach(async () => {
  await leave?.();
  leave = undefined;
});

function Sources() {
  const { data, error } = useOperation('sources.list', {});
  return (
    <p>
      {data ? `${data.sources.length} sources` : 'nothing yet'}
      {error ? ` · ${error.code}` : ''}
    </p>
  );
}

test('every operation and topic of the table exists in the contract', () => {
  for (const [operation, topics] of Object.entries(TOPICS_OF)) {
    expect(isOperation(operation), operation).toBe(true);
    for (const topic of topics) expect(TOPICS).toContain(topic);
  }
});

test('every operation that reads without a person asking is kept fresh by a topic', () => {
  const asked = new Set([
    'actions.plan', // a plan is for a moment
    'conversations.clusters', // by the clock: they cost more than a glance
    'conversations.facets', // by the clock
    'conversations.marks', // by the revision of the conversation
    'share.prepare', // files are made when asked for
    'share.piece',
    'share.evaluationSet',
    'journal.export',
    'journal.verify',
    'replay.preview', // what it would take now
    'runbooks.check',
    'sources.check',
  ]);
  for (const [name, { mutates }] of Object.entries(contract)) {
    if (mutates || asked.has(name)) continue;
    expect(Object.keys(TOPICS_OF), `${name} has no topics`).toContain(name);
  }
});

test('a change of another topic leaves an answer alone', () => {
  expect(isTouched('sources.list', new Set(['flags']))).toBe(false);
  expect(isTouched('sources.list', new Set(['flags', 'sources']))).toBe(true);
  expect(isTouched('no.such', new Set(['flags']))).toBe(false);
});

test('a view reads again when its topic changed, once for a burst, and not for others', async () => {
  let known = 1;
  const core = fakeCore({ 'sources.list': () => ({ sources: Array.from({ length: known }) }) });
  const page = await mount(<Sources />);
  leave = page.unmount;
  expect(page.text()).toContain('1 sources');

  known = 2;
  core.emit({ type: 'changed', topics: ['flags'] });
  await settle(600);
  expect(core.count('sources.list')).toBe(1);

  for (let i = 0; i < 20; i++) core.emit({ type: 'changed', topics: ['sources', 'signals'] });
  await settle(600);
  expect(page.text()).toContain('2 sources');
  expect(core.count('sources.list')).toBe(2);
});

test('a re-read that fails keeps the old answer beside its error', async () => {
  const core = fakeCore({ 'sources.list': () => ({ sources: [1, 2, 3] }) });
  const page = await mount(<Sources />);
  leave = page.unmount;
  core.answers['sources.list'] = () => {
    throw new NightdeskError('timeout', 'Too slow.');
  };
  core.emit({ type: 'changed', topics: ['sources'] });
  await settle(600);
  expect(page.text()).toBe('3 sources · timeout');
});

test('everything is read again when the line to the core comes back', async () => {
  const core = fakeCore({ 'sources.list': () => ({ sources: [1] }) });
  const page = await mount(<Sources />);
  leave = page.unmount;
  core.line(false);
  core.answers['sources.list'] = () => ({ sources: [1, 2] });
  core.line(true);
  await settle(50);
  expect(page.text()).toContain('2 sources');
});
