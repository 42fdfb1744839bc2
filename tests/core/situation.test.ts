/** How services stand, read from a real cache while it fills. */
import { expect, test } from 'vitest';
import type { Clock } from '#core/deps.ts';
import { SituationReader } from '#core/operations/situation.ts';
import { Config } from '#shared/model/config.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { points, testCache } from './cache-kit.ts';

const T0 = 1_700_000_000_000;
const MINUTE = 60_000;

test('a history that is imported after the first look gives its baseline within moments', async () => {
  let now = T0;
  const clock: Clock = { now: () => now, steady: () => now, sleep: async () => undefined };
  const cache = await testCache();
  const config = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    services: [
      {
        id: 'bot',
        environments: { production: { where: {} } },
        modelFlag: { source: 'flags', flag: 'm', stable: 'v41', candidate: 'v42' },
      },
    ],
    sources: [
      { id: 'bots', kind: 'openmetrics', targets: [{ url: 'http://127.0.0.1:9/metrics' }] },
    ],
  });
  const reader = new SituationReader({ cache, clock, config, signals: DEFAULT_SIGNALS });
  const latency = async (version: string) => {
    const { services } = await reader.read('production');
    const found = services[0]?.versions.find((one) => one.version === version);
    return found?.cells.get('latency_p95');
  };
  const store = (version: string, at: readonly [number, number][]) =>
    cache.write('commitBatch', { source: 'bots', batch: { points: [points(at, { version })] } });

  await store('v42', [[T0, 7]]);
  expect(await latency('v42')).toMatchObject({ state: 'none', why: 'no baseline yet' });

  await store(
    'v41',
    Array.from({ length: 60 }, (_, minute): [number, number] => [T0 - minute * MINUTE, 2]),
  );
  now += 2_000;
  expect(await latency('v42')).toMatchObject({ state: 'bad', high: expect.closeTo(2.2, 6) });
});
