/** The conformance suite in front of the demo fleet's own processes; its flag service is in unleash.test.ts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { createAlertmanagerConnector } from '#core/sources/alertmanager/index.ts';
import type { Connector } from '#core/sources/connector.ts';
import { createOpenmetricsConnector } from '#core/sources/openmetrics/index.ts';
import type { DemoProcess } from '../../electron/demo/fleet.ts';
import { freePort } from '../../electron/host/free-port.ts';
import { spawnDemo } from '../e2e/kit.ts';
import { realClock } from '../fixtures/deps.ts';
import { type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import { conformance, type World } from './conformance.ts';

const processes: DemoProcess[] = [];
const ended: string[] = [];
const at = { flags: '', bot: '', alerts: '' };
let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nightdesk-demo-conformance-'));
  const [flags, bot, alerts, otlp] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const common = {
    DEMO_SEED: '11',
    DEMO_STARTED_AT: String(Date.now()),
    DEMO_DIR: dir,
    DEMO_PARENT_PID: String(process.pid),
    DEMO_CLIENT_TOKEN: 'default:production.client-token',
  };
  const start = (name: string, env: Record<string, string>) => {
    const module = new URL(`../../electron/demo/processes/${name}.ts`, import.meta.url);
    const one = spawnDemo(module, { ...common, ...env });
    processes.push(one);
    one.onExit((code) => ended.push(`${name} ended with ${code}`));
  };
  at.flags = `http://127.0.0.1:${flags}`;
  at.bot = `http://127.0.0.1:${bot}`;
  at.alerts = `http://127.0.0.1:${alerts}`;
  start('flags', { DEMO_PORT: String(flags), DEMO_ADMIN_TOKEN: '*:*.admin-token' });
  start('bot', {
    DEMO_PORT: String(bot),
    DEMO_BOT: 'support-bot',
    DEMO_FLAGS_URL: at.flags,
    DEMO_OTLP_URL: `http://127.0.0.1:${otlp}/v1/traces`,
    DEMO_MODELS_KEY: 'models-key',
  });
  start('alerts', {
    DEMO_PORT: String(alerts),
    DEMO_TARGETS: JSON.stringify({ 'support-bot': `${at.bot}/metrics` }),
  });
  await answers(`${at.bot}/metrics`);
  await answers(`${at.alerts}/-/ready`);
});

afterAll(async () => {
  for (const one of processes) one.kill();
  await vi.waitUntil(() => ended.length === processes.length, { timeout: 20_000 });
  await rm(dir, { recursive: true, force: true });
});

async function answers(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return;
    if (ended.length > 0) throw new Error(ended.join(', '));
    await realClock.sleep(50);
  }
}

/** A moment of the bot, held still: its gauges drift, and two pulls could not be compared. */
async function recorded(
  url: string,
): Promise<() => { headers: Record<string, string>; body: string }> {
  const response = await fetch(url, { headers: { accept: 'application/openmetrics-text' } });
  const answer = {
    headers: { 'content-type': response.headers.get('content-type') ?? 'text/plain' },
    body: await response.text(),
  };
  return () => answer;
}

async function behind(
  healthy: Parameters<typeof startFaultyServer>[0],
  connector: (server: FaultyServer, timeout: string) => Connector,
): Promise<World> {
  const server = await startFaultyServer(healthy);
  return {
    connector: (timeout) => connector(server, timeout),
    server,
    secrets: [],
    close: () => server.close(),
  };
}

conformance('openmetrics on a demo bot', async () => {
  const clock = steppedClock(Date.now());
  return behind(await recorded(`${at.bot}/metrics`), (server, timeout) => {
    const config = watchedConfig({
      id: 'bots',
      kind: 'openmetrics',
      timeout,
      targets: [{ url: `${server.url}/metrics` }],
    });
    return createOpenmetricsConnector(sourceOf(config, 'openmetrics'), contextFor(config, clock));
  });
});

conformance(
  'alertmanager on the demo alert service',
  () =>
    behind(at.alerts, (server, timeout) => {
      const config = watchedConfig({
        id: 'alerts',
        kind: 'alertmanager',
        url: server.url,
        timeout,
      });
      return createAlertmanagerConnector(
        sourceOf(config, 'alertmanager'),
        contextFor(config, realClock),
      );
    }),
  { emptyListIsGood: true },
);
