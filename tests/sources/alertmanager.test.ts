import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config/load.ts';
import { createAlertmanagerConnector } from '#core/sources/alertmanager/index.ts';
import { realClock, secretsOf, silentLog } from '../fixtures/deps.ts';
import { type Asked, startFaultyServer } from '../fixtures/faulty-server.ts';
import { conformance } from './conformance.ts';

const STARTED = '2026-03-01T03:04:00.000Z';
const SECRET = 'alertmanager-token-1234';

const alert = {
  fingerprint: 'f1',
  startsAt: STARTED,
  endsAt: '2026-03-01T03:14:00.000Z',
  generatorURL: 'http://prometheus/graph',
  labels: {
    alertname: 'SlowBot',
    service: 'support-bot',
    environment: 'production',
    severity: 'page',
  },
  annotations: { summary: 'p95 above 4 s' },
  status: { state: 'active', silencedBy: [] as string[] },
};
const silence = {
  id: 's1',
  status: { state: 'active' },
  startsAt: STARTED,
  endsAt: '2026-03-01T05:00:00.000Z',
  createdBy: 'ada',
  comment: 'known',
  matchers: [{ name: 'alertname', value: 'Other', isRegex: false }],
};

async function world(alerts: unknown[] = [alert]) {
  const { config } = parseConfig(await readFile('resources/nightdesk.example.yml', 'utf8'));
  if (!config) throw new Error('the example must load');
  const posted: unknown[] = [];
  const server = await startFaultyServer((asked: Asked) => {
    const json = (value: unknown) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    if (asked.path === '/api/v2/alerts') return json(alerts);
    if (asked.path === '/api/v2/status') return json({ versionInfo: { version: '0.25.0' } });
    if (asked.path === '/api/v2/silence/s1') return json(silence);
    if (asked.path === '/api/v2/silences' && asked.method === 'POST') {
      posted.push(JSON.parse(asked.body));
      return json({ silenceID: 's1' });
    }
    return json([silence]);
  });
  const connector = (timeout = '15s') =>
    createAlertmanagerConnector(
      { id: 'alerts', kind: 'alertmanager', url: server.url, timeout, secret: 'TOKEN' },
      {
        clock: realClock,
        random: Math.random,
        log: silentLog,
        secrets: secretsOf({ TOKEN: SECRET }),
        config,
        signals: [],
        baseDir: '.',
      },
    );
  return { server, connector, posted, secrets: [SECRET], close: () => server.close() };
}

conformance('alertmanager', () => world(), {
  emptyListIsGood: true,
  wrongTypes: ['[{"fingerprint":7}]', '{}'],
});

async function pulled(connector: ReturnType<Awaited<ReturnType<typeof world>>['connector']>) {
  for await (const batch of connector.pull(null, AbortSignal.timeout(5000))) return batch;
  throw new Error('nothing came');
}

describe('an Alertmanager', () => {
  it('tells since when an alert fires, and of which service it is', async () => {
    const it = await world();
    const { alerts, silences } = await pulled(it.connector());
    expect(alerts).toEqual([
      expect.objectContaining({
        name: 'SlowBot',
        service: 'support-bot',
        environment: 'production',
        state: 'firing',
        startedAt: Date.parse(STARTED),
        endedAt: null,
        summary: 'p95 above 4 s',
      }),
    ]);
    // A matcher from before `isEqual` existed is an equality.
    expect(silences?.[0]?.matchers[0]).toMatchObject({ isEqual: true });
    await it.close();
  });

  it('marks what is silenced, and counts what it cannot read', async () => {
    const silenced = { ...alert, status: { state: 'suppressed', silencedBy: ['s1'] } };
    const it = await world([silenced, { fingerprint: 7 }]);
    const { alerts, rejected } = await pulled(it.connector());
    expect(alerts).toEqual([expect.objectContaining({ state: 'suppressed', silencedBy: ['s1'] })]);
    expect(rejected).toEqual([{ reason: 'an alert that does not fit', count: 1 }]);
    await it.close();
  });

  it('silences exactly the labels of one alert and answers what is stored', async () => {
    const it = await world();
    const connector = it.connector();
    const { alerts } = await pulled(connector);
    const target = alerts?.[0];
    if (!target || !connector.silences) throw new Error('unreachable');
    const { silences } = connector;
    const matchers = Object.entries(target.labels).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    }));
    const endsAt = Date.parse(silence.endsAt);
    const wanted = { matchers, endsAt, by: 'ada', comment: 'known' };
    expect(await silences.create(wanted, AbortSignal.timeout(5000))).toBe('s1');
    expect(await silences.list(AbortSignal.timeout(5000))).toEqual([
      expect.objectContaining({ id: 's1', by: 'ada', comment: 'known' }),
    ]);
    expect(it.posted).toEqual([
      expect.objectContaining({
        endsAt: silence.endsAt,
        matchers: expect.arrayContaining([
          { name: 'alertname', value: 'SlowBot', isRegex: false, isEqual: true },
        ]),
      }),
    ]);
    await it.close();
  });
});
