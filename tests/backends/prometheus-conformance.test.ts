/** The connector's conformance suite with real engines behind a server that can misbehave. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createPrometheusConnector } from '#core/sources/prometheus/index.ts';
import { BotMetrics, botHistory } from '../fixtures/bot-metrics.ts';
import { startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import { conformance } from '../sources/conformance.ts';
import { missing, type Prometheus, startPrometheus } from './harness/index.ts';

const why = await missing('prometheus');
const END = Math.floor(Date.now() / 15_000) * 15_000 - 600_000;

describe.skipIf(why)('real Prometheus', () => {
  let engine: Prometheus;
  beforeAll(async () => {
    engine = await startPrometheus({
      history: botHistory(new BotMetrics('conformance'), END, 120, 15_000),
    });
  });
  afterAll(() => engine?.stop());

  conformance('prometheus', async () => {
    const clock = steppedClock(END - 60_000);
    const server = await startFaultyServer(engine.url);
    const config = (timeout: string) =>
      watchedConfig({
        id: 'prometheus',
        kind: 'prometheus',
        url: server.url,
        secret: 'PROMETHEUS_TOKEN',
        history: '30m',
        timeout,
      });
    return {
      connector: (timeout) =>
        createPrometheusConnector(
          sourceOf(config(timeout), 'prometheus'),
          contextFor(config(timeout), clock, { PROMETHEUS_TOKEN: 'b3arer-t0ken' }),
        ),
      server,
      secrets: ['b3arer-t0ken'],
      advance: () => clock.set(clock.now() + 15_000),
      close: () => server.close(),
    };
  });
});
