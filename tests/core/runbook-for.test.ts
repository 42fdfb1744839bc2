import { expect, test } from 'vitest';
import { type Break, runbookFor } from '#core/analysis/runbook-for.ts';
import type { Runbook } from '#shared/model/runbook.ts';

function runbook(id: string, more: Partial<Runbook> = {}): Runbook {
  return {
    source: 'runbooks',
    id,
    title: id,
    services: ['support-bot'],
    alerts: [],
    owner: null,
    flags: [],
    signals: [],
    links: [],
    body: '',
    modifiedAt: 1,
    problem: null,
    ...more,
  };
}
const ALL = [
  runbook('cost', { signals: ['cost_per_day', 'request_rate'], alerts: ['CostRunaway'] }),
  runbook('latency', { signals: ['latency_p95', 'request_rate'] }),
  runbook('quality', { signals: ['latency_p95', 'unsure_rate', 'cost_per_day'] }),
  runbook('torn', { signals: ['latency_p95'], alerts: ['LatencyHigh'], problem: 'no title' }),
  runbook('other', { services: ['docs-search'], signals: ['latency_p95', 'unsure_rate'] }),
];
const found = (more: Partial<Break> = {}) =>
  runbookFor(ALL, {
    service: 'support-bot',
    alert: null,
    signals: new Set(['latency_p95', 'unsure_rate']),
    configured: [],
    ...more,
  })?.id;

test('the alert decides, whatever is out of band', () => {
  expect(found({ alert: 'CostRunaway' })).toBe('cost');
});

test('before an alert fires it is the one about most of what is out of band', () => {
  expect(found()).toBe('quality');
  expect(found({ signals: new Set(['request_rate', 'latency_p95']) })).toBe('latency');
  expect(found({ alert: 'NobodyAnswersThis' })).toBe('quality');
});

test('what the configuration names comes before what names the service', () => {
  expect(found({ configured: ['cost', 'latency'] })).toBe('latency');
  expect(found({ configured: ['gone'] })).toBe('quality');
});

test('one that cannot be read, or is for others, is never shown', () => {
  expect(found({ alert: 'LatencyHigh' })).toBe('quality');
  expect(found({ service: 'sales-assistant' })).toBeUndefined();
});

test('where no signal tells, it is the first', () => {
  expect(found({ signals: new Set() })).toBe('cost');
});
