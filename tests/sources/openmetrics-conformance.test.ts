import { createOpenmetricsConnector } from '#core/sources/openmetrics/index.ts';
import { BotMetrics, botHistory } from '../fixtures/bot-metrics.ts';
import { startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import { conformance, type World } from './conformance.ts';

const START = Date.parse('2026-03-04T03:04:00Z');

async function makeWorld(): Promise<World> {
  const bot = new BotMetrics('conformance');
  const history = botHistory(new BotMetrics('history'), START - 15_000, 40, 15_000);
  const clock = steppedClock(START);
  bot.step(20);
  const server = await startFaultyServer(({ path }) =>
    path.startsWith('/history')
      ? { body: history }
      : {
          headers: { 'content-type': 'application/openmetrics-text; version=1.0.0' },
          body: `${bot.lines().join('\n')}\n# EOF\n`,
        },
  );
  const url = server.url.replace('//', '//ann:s3cret-pass@');
  const config = (timeout: string) =>
    watchedConfig({
      id: 'bots',
      kind: 'openmetrics',
      timeout,
      targets: [
        { url: `${url}/metrics?token=qu3ry-token`, history: `${url}/history?token=qu3ry-token` },
      ],
    });
  return {
    connector: (timeout) =>
      createOpenmetricsConnector(
        sourceOf(config(timeout), 'openmetrics'),
        contextFor(config(timeout), clock),
      ),
    server,
    secrets: ['s3cret-pass', 'qu3ry-token'],
    advance: () => {
      clock.set(clock.now() + 15_000);
      bot.step(20);
    },
    close: () => server.close(),
  };
}

conformance('openmetrics', makeWorld);
