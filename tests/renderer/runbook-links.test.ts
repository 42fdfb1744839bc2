import { expect, test } from 'vitest';
import {
  actionRequestOf,
  cutAtLiveValues,
  liveReferences,
  runbookLink,
} from '../../renderer/features/runbooks/read-links.ts';

test('live values are found where they stand, with all that they name', () => {
  expect(
    cutAtLiveValues('p95 is {{signal latency_p95 service=support-bot version=candidate}} now'),
  ).toEqual([
    'p95 is ',
    { signal: 'latency_p95', service: 'support-bot', version: 'candidate', environment: null },
    ' now',
  ]);
  expect(liveReferences('{{ signal csat  service=a environment=staging }}')).toEqual([
    { signal: 'csat', service: 'a', version: '', environment: 'staging' },
  ]);
});

test('what is not quite a live value stays as it was written', () => {
  for (const text of [
    '{{signal latency_p95}}',
    '{{flag x service=a}}',
    '{{signal}}',
    '{ {signal x service=a} }',
  ]) {
    expect(cutAtLiveValues(text)).toEqual([text]);
  }
});

test('the same value twice is asked for once', () => {
  const once = '{{signal csat service=a}}';
  expect(liveReferences(`${once} and ${once}`)).toHaveLength(1);
});

test('action links become requests; a kill switch turns off unless it says on', () => {
  expect(actionRequestOf('action:rollback?service=a', 'production')).toEqual({
    kind: 'rollback',
    service: 'a',
    environment: 'production',
  });
  expect(actionRequestOf('action:rollback?service=a&to=v40', 'production')).toMatchObject({
    to: 'v40',
  });
  expect(actionRequestOf('action:kill_switch?service=a', 'production')).toMatchObject({
    on: false,
  });
  expect(actionRequestOf('action:kill_switch?service=a&on=true', 'production')).toMatchObject({
    on: true,
  });
});

test('kinds joined by + are one action, in their order; one unknown among them makes it none', () => {
  expect(actionRequestOf('action:kill_switch+rollback?service=a', 'production')).toEqual({
    kind: 'several',
    requests: [
      { kind: 'kill_switch', service: 'a', environment: 'production', on: false },
      { kind: 'rollback', service: 'a', environment: 'production' },
    ],
  });
  expect(actionRequestOf('action:rollback+delete?service=a', 'production')).toBeNull();
  expect(actionRequestOf('action:+rollback?service=a', 'production')).toBeNull();
});

test('an action that does not exist, or names no service, is none', () => {
  for (const href of [
    'action:delete?service=a',
    'action:rollback',
    'action:rollback?x=1',
    'https://a?service=b',
  ]) {
    expect(actionRequestOf(href, 'production')).toBeNull();
  }
});

test('links between runbooks stay inside the folder; others are none', () => {
  expect(runbookLink('latency-high.md', 'quality.md')).toBe('latency-high.md');
  expect(runbookLink('../b.md', 'team/sub/a.md')).toBe('team/b.md');
  for (const href of ['https://x/a.md', '/etc/a.md', '#top', 'javascript:alert(1).md', 'a.txt']) {
    expect(runbookLink(href, 'a.md')).toBeNull();
  }
});
