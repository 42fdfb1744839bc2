import { afterEach, describe, expect, test } from 'vitest';
import {
  missing,
  startAlertmanager,
  startPrometheus,
  startUnleash,
  startVictoriaMetrics,
} from './harness/index.ts';

const why = {
  prometheus: await missing('prometheus'),
  alertmanager: await missing('alertmanager'),
  victoriaMetrics: await missing('victoria-metrics'),
  unleash: await missing('unleash'),
};

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('real servers', () => {
  test.skipIf(why.prometheus)(
    'Prometheus answers history that was there before its start',
    async () => {
      const at = Math.floor(Date.now() / 1000) - 600;
      const server = await startPrometheus({
        history: `# TYPE old gauge\nold 7 ${at}\n# EOF\n`,
      });
      stops.push(server.stop);
      const response = await fetch(`${server.url}/api/v1/query?query=old&time=${at + 1}`);
      expect(await response.json()).toMatchObject({
        data: { result: [{ value: [at + 1, '7'] }] },
      });
      await server.stop();
      expect(isAlive(server.pid)).toBe(false);
    },
  );

  test.skipIf(why.alertmanager)('Alertmanager lists what was made to fire', async () => {
    const server = await startAlertmanager();
    stops.push(server.stop);
    await server.fire([{ labels: { alertname: 'Slow' } }]);
    const response = await fetch(`${server.url}/api/v2/alerts`);
    expect(await response.json()).toMatchObject([{ labels: { alertname: 'Slow' } }]);
  });

  test.skipIf(why.victoriaMetrics)('VictoriaMetrics answers what was loaded', async () => {
    const server = await startVictoriaMetrics();
    stops.push(server.stop);
    const at = Date.now() - 60_000;
    await server.load(`old 7 ${at}\n`);
    const response = await fetch(`${server.url}/api/v1/query?query=old&time=${at / 1000 + 1}`);
    expect(await response.json()).toMatchObject({
      data: { result: [{ value: [expect.any(Number), '7'] }] },
    });
  });

  test.skipIf(why.unleash)('Unleash keeps a flag and serves it to clients', async () => {
    const server = await startUnleash();
    stops.push(server.stop);
    const features = '/api/admin/projects/default/features';
    await server.admin('POST', features, { name: 'a-flag', type: 'release' });
    await server.admin('POST', `${features}/a-flag/environments/production/strategies`, {
      name: 'flexibleRollout',
      parameters: { rollout: '100', stickiness: 'default', groupId: 'a-flag' },
    });
    await server.admin('POST', `${features}/a-flag/environments/production/on`);
    const response = await fetch(`${server.url}/api/client/features`, {
      headers: { Authorization: server.clientToken },
    });
    expect(await response.json()).toMatchObject({ features: [{ name: 'a-flag', enabled: true }] });
  });
});
