/** What Now's banner says of alerts that are kept quiet, and that each can be silenced. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Incident, Overview } from '#shared/contract/overview.ts';
import type { Alert } from '#shared/model/alert.ts';
import { useWindow } from '../../renderer/client/window.ts';
import { CalmBanner } from '../../renderer/features/now/Calm.tsx';
import { IncidentBanner } from '../../renderer/features/now/IncidentBanner.tsx';
import { StrayAlerts } from '../../renderer/features/now/OtherAlerts.tsx';
import { fakeCore, mount } from './mount.tsx';

const alert: Alert = {
  source: 'alerts',
  fingerprint: 'f1',
  name: 'LatencyHigh',
  service: 'support-bot',
  environment: 'production',
  severity: 'critical',
  state: 'suppressed',
  startedAt: Date.now() - 180_000,
  endedAt: null,
  summary: 'support-bot: p95 above 4 s',
  labels: {},
  annotations: {},
  silencedBy: ['s-1'],
  url: null,
};
const until = new Date();
until.setHours(21, 7, 0, 0);
const incident: Incident = {
  alert,
  silenced: { until: until.getTime(), by: 'ines', action: 'a-1' },
  otherAlerts: [
    {
      alert: { ...alert, fingerprint: 'f2', name: 'CostRunaway', state: 'firing', silencedBy: [] },
      silenced: null,
    },
  ],
  service: 'support-bot',
  title: alert.summary,
  since: alert.startedAt,
  evidence: [],
  suspects: [],
  failing: [],
  failingTotal: 0,
  failingByVersion: {},
  runbook: null,
  suggestion: null,
  chart: null,
};
let page: Awaited<ReturnType<typeof mount>> | undefined;

beforeEach(() => {
  fakeCore({});
  useWindow.setState({ environment: 'production', planning: null });
});
afterEach(() => page?.unmount());

const banner = (of: Incident, mayAct = true) => (
  <IncidentBanner
    incident={of}
    others={[]}
    onSelect={() => {}}
    mayAct={mayAct}
    onAct={() => {}}
    onSilence={() => {}}
    onNear={() => {}}
  />
);

test('a silenced alert stays the headline, until when and by whom, with the action that asked for it', async () => {
  page = await mount(banner(incident));
  expect(page.text()).toMatch(/p95 above 4 s silenced until 21:07 by ines \(a-1\); began/);
  const link = [...document.querySelectorAll('a')].find((one) => one.textContent === 'a-1');
  expect(link?.getAttribute('href')).toMatch(/^\/action\/a-1/);
  expect(page.button(/^Silence longer$/)).toBeDefined();
});

test('alerts beside the worst can be silenced; a viewer may only look', async () => {
  page = await mount(banner(incident));
  await page.click(/^Silence$/);
  expect(useWindow.getState().planning).toMatchObject({ kind: 'silence', alert: 'f2' });
  await page.unmount();
  page = await mount(banner(incident, false));
  expect(page.button(/^Silence$/)?.disabled).toBe(true);
  expect(page.button(/^Silence longer$/)?.disabled).toBe(true);
});

test('what suppresses an alert is not guessed at where no silence is known', async () => {
  page = await mount(banner({ ...incident, silenced: null, otherAlerts: [] }));
  expect(page.text()).toContain('suppressed by its alert service');
});

test('what fires for no watched service is never called calm, and can be silenced', async () => {
  fakeCore({ 'session.read': () => ({ role: 'responder', environments: [] }) });
  const cells = [{ state: 'ok' }];
  const calm = { environment: 'production', matrix: [{ service: 'a', cells }], signals: [] };
  const strayAlerts = incident.otherAlerts;
  const overview = { ...calm, freshness: [], strayAlerts } as unknown as Overview;
  page = await mount(
    <>
      <CalmBanner overview={overview} />
      <StrayAlerts alerts={strayAlerts} />
    </>,
  );
  expect(page.text()).toMatch(/Look:.*No watched service is firing in production/);
  expect(page.text()).toContain('CostRunaway of support-bot firing for');
  await page.click(/^Silence$/);
  expect(useWindow.getState().planning).toMatchObject({ kind: 'silence', alert: 'f2' });
  await page.unmount();
  page = await mount(<CalmBanner overview={{ ...overview, strayAlerts: [] }} />);
  expect(page.text()).toMatch(/Calm:.*Nothing is firing in production/);
});
