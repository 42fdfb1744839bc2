/** What Now is told of the alerts of a service: from a real alert service, silenced as a person does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Incident } from '#shared/contract/overview.ts';
import { type AlertService, FIRING, startAlertService } from '../fixtures/alert-service.ts';
import { type RunningCore, runningCore } from '../fixtures/running-core.ts';
import { watchedConfig } from '../fixtures/watched.ts';
import { tempDir } from './cache-kit.ts';

const HOUR = 3_600_000;
const WARNING = {
  ...FIRING,
  fingerprint: 'f2',
  labels: { ...FIRING.labels, alertname: 'SupportBotCostRunaway', severity: 'warning' },
  annotations: { summary: 'costs too much' },
  startsAt: FIRING.startsAt - HOUR,
};

let alerts: AlertService | undefined;
let running: RunningCore | undefined;
afterEach(async () => {
  await running?.close();
  await alerts?.close();
});

async function begin(firing = [FIRING]) {
  const dir = await tempDir();
  const runbooks = join(dir, 'runbooks');
  await mkdir(runbooks);
  const runbook = (alert: string) =>
    `---\ntitle: For ${alert}\nalerts: [${alert}]\nservices: [support-bot]\n---\nLook.\n`;
  await writeFile(join(runbooks, 'a-cost.md'), runbook('SupportBotCostRunaway'));
  await writeFile(join(runbooks, 'b-latency.md'), runbook('SupportBotLatencyHigh'));
  alerts = await startAlertService(firing);
  const config = watchedConfig(
    { id: 'alerts', kind: 'alertmanager', url: alerts.server.url },
    {
      sources: [
        { id: 'alerts', kind: 'alertmanager', url: alerts.server.url },
        { id: 'runbooks', kind: 'runbook-folder', path: runbooks },
      ],
      environments: [{ name: 'production', protected: false }],
    },
  );
  running = await runningCore(dir, config);
  return running;
}

async function incidentNow({ responder }: RunningCore): Promise<Incident | undefined> {
  await responder('sources.sync', {});
  const overview = await responder('overview.read', { environment: 'production' });
  return overview.incidents[0];
}

async function until(core: RunningCore, wanted: (incident: Incident) => boolean) {
  for (let i = 0; i < 300; i++) {
    const incident = await incidentNow(core);
    if (incident && wanted(incident)) return incident;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the overview never was as wanted');
}

async function silence({ responder }: RunningCore, alert: string, ms: number) {
  const { plan } = await responder('actions.plan', {
    request: {
      kind: 'silence',
      source: 'alerts',
      alert,
      environment: 'production',
      until: Date.now() + ms,
    },
  });
  const { action } = await responder('actions.execute', {
    plan: plan.id,
    reason: 'being looked at',
    confirm: true,
  });
  return { action: action.id, endsAt: plan.request.kind === 'silence' ? plan.request.until : 0 };
}

test('an alert that is silenced stays the headline, with its runbook, and says until when and by whom', async () => {
  const core = await begin();
  const before = await until(core, (one) => one.runbook !== null);
  expect(before).toMatchObject({
    alert: { state: 'firing' },
    silenced: null,
    title: 'p95 above 4 s',
  });
  expect(before.runbook?.title).toBe('For SupportBotLatencyHigh');
  const { action, endsAt } = await silence(core, 'f1', HOUR);
  const after = await until(core, ({ alert }) => alert?.state !== 'firing');
  expect(after).toMatchObject({
    alert: { name: 'SupportBotLatencyHigh', state: 'suppressed' },
    title: before.title,
    runbook: { title: 'For SupportBotLatencyHigh' },
    silenced: { until: endsAt, by: 'mika (local)', action },
  });
});

test('what fires is spoken of before what is silenced, however bad; both are told of', async () => {
  const core = await begin([WARNING, FIRING]);
  const before = await until(core, (one) => one.otherAlerts.length === 1);
  expect(before.alert?.name).toBe('SupportBotLatencyHigh');
  expect(before.otherAlerts).toMatchObject([{ alert: { fingerprint: 'f2' }, silenced: null }]);
  const { action } = await silence(core, 'f1', HOUR);
  const after = await until(core, (one) => one.alert?.fingerprint === 'f2');
  expect(after.silenced).toBeNull();
  expect(after.otherAlerts).toMatchObject([{ alert: { fingerprint: 'f1' }, silenced: { action } }]);
});

test('an alert of a service that is not configured is told of beside the incidents, and can be silenced', async () => {
  const core = await begin([
    FIRING,
    { ...WARNING, labels: { ...WARNING.labels, service: 'billing' } },
  ]);
  const incident = await until(core, (one) => one.runbook !== null);
  expect(incident.otherAlerts).toEqual([]);
  const stray = async () => {
    await core.responder('sources.sync', {});
    return (await core.responder('overview.read', { environment: 'production' })).strayAlerts;
  };
  expect(await stray()).toMatchObject([
    { alert: { service: 'billing', state: 'firing' }, silenced: null },
  ]);
  const { action } = await silence(core, 'f2', HOUR);
  await expect
    .poll(stray)
    .toMatchObject([{ alert: { state: 'suppressed' }, silenced: { action } }]);
});

test('a silence made elsewhere is told with its own name, and of several the one that ends last', async () => {
  const core = await begin();
  const matchers = [{ name: 'service', value: 'support-bot', isRegex: false, isEqual: true }];
  const make = (createdBy: string, ms: number) =>
    fetch(`${alerts?.server.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers,
        createdBy,
        comment: 'known',
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + ms).toISOString(),
      }),
    });
  await make('ines', 2 * HOUR);
  await make('jo', HOUR);
  const found = await until(core, (one) => one.silenced !== null);
  expect(found.silenced).toMatchObject({ by: 'ines', action: null });
});
