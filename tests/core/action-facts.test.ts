/** What actions ask of the rest of the core, answered from a real cache. */
import { beforeEach, describe, expect, it } from 'vitest';
import { affectedBy } from '#core/actions/affected.ts';
import type { ActionFacts } from '#core/actions/facts.ts';
import type { Cache } from '#core/cache/client.ts';
import { createActionFacts } from '#core/operations/action-facts.ts';
import { SituationReader } from '#core/operations/situation.ts';
import type { Alert, Silence } from '#shared/model/alert.ts';
import { Config } from '#shared/model/config.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { points, testCache, turn } from './cache-kit.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const bot = { service: 'bot', environment: 'production' };
const clock = { now: () => NOW, steady: () => NOW, sleep: async () => undefined };

let cache: Cache;
let facts: ActionFacts;

beforeEach(async () => {
  cache = await testCache();
  const config = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    sources: [
      { id: 'bots', kind: 'openmetrics', targets: [{ url: 'http://127.0.0.1:9/metrics' }] },
    ],
    services: [
      {
        id: 'bot',
        environments: { production: { where: {} } },
        modelFlag: { source: 'flags', flag: 'm', stable: 'v41', candidate: 'v42' },
      },
    ],
  });
  const engine = { cache, clock, config, signals: DEFAULT_SIGNALS };
  const situations = new SituationReader(engine);
  facts = createActionFacts(() => ({ ...engine, situations, sync: { freshness: () => [] } }));
});

describe('conversations', () => {
  beforeEach(async () => {
    const spans = [
      ...turn({ conversation: 'old', trace: 't0', at: NOW - 90 * MINUTE, version: 'v42' }),
      ...turn({ conversation: 'a', trace: 't1', at: NOW - 9 * MINUTE, version: 'v42' }),
      ...turn({ conversation: 'b', trace: 't2', at: NOW - 8 * MINUTE, version: 'v41' }),
      ...turn({ conversation: 'c', trace: 't3', at: NOW - 7 * MINUTE, version: 'v43' }),
      // Moved to another version on the way.
      ...turn({ conversation: 'd', trace: 't4', at: NOW - 6 * MINUTE, version: 'v42' }),
      ...turn({ conversation: 'd', trace: 't5', at: NOW - 5 * MINUTE, version: 'v41' }),
      ...turn({ conversation: 'e', trace: 't6', at: NOW - 4 * MINUTE, service: 'docs' }),
    ];
    await cache.write('commitBatch', { source: 'otlp', batch: { spans } });
  });
  const count = (...versions: string[]) =>
    facts.conversations({ ...bot, versions, since: NOW - 60 * MINUTE });

  it.each([
    [[], 4],
    [['v42'], 2],
    [['v43'], 1],
    [['v41', 'v42'], 3],
    [['v40'], 0],
  ])('of the last hour, on %j, are %i', async (versions, expected) => {
    expect(await count(...versions)).toBe(expected);
  });

  it('are all that is known of a version without signals: its share of traffic is not', async () => {
    const standing = await facts.service('bot', 'production');
    const reach = { from: ['v43'], everybody: false, rollout: 0.2, part: 1 };
    expect(affectedBy(reach, standing, await count('v43'))).toEqual({
      rollout: 0.2,
      trafficShare: null,
      conversationsLastHour: 1,
      requestsPerSecond: null,
      estimated: false,
    });
  });
});

it('a version that only traffic names has its share and its requests, and was last seen then', async () => {
  const rate = (version: string, value: number) =>
    points([[NOW - MINUTE / 2, value]], { version, signal: 'request_rate' });
  const share = points([[NOW - MINUTE / 2, 0.3]], { version: 'v43', signal: 'traffic_share' });
  await cache.write('commitBatch', {
    source: 'metrics',
    batch: { points: [rate('', 20), rate('v43', 6), rate('v42', 1), share] },
  });
  const standing = await facts.service('bot', 'production');
  expect(standing?.versions.find(({ version }) => version === 'v43')).toMatchObject({
    trafficShare: 0.3,
    requestsPerSecond: 6,
    lastSeenAt: NOW - MINUTE / 2,
  });
  const reach = { everybody: false, rollout: 0.5, part: 0.5 };
  expect(affectedBy({ ...reach, from: ['v43'] }, standing, 10)).toEqual({
    rollout: 0.5,
    trafficShare: 0.15,
    conversationsLastHour: 5,
    requestsPerSecond: 3,
    estimated: true,
  });
  // Of v42 no share is measured, and without it that of both is not known either.
  expect(affectedBy({ ...reach, from: ['v43', 'v42'] }, standing, null)).toMatchObject({
    trafficShare: null,
    conversationsLastHour: null,
    requestsPerSecond: 3.5,
  });
  expect(affectedBy({ ...reach, from: [] }, standing, 10)).toMatchObject({
    trafficShare: null,
    requestsPerSecond: 10,
  });
  expect(affectedBy({ ...reach, from: ['v43'] }, null, null)).toMatchObject({
    trafficShare: null,
    requestsPerSecond: null,
  });
});

it('nothing is known of a service that is not configured, nor out of band of a version that was never seen', async () => {
  expect(await facts.service('docs', 'production')).toBeNull();
  const asked = { environment: 'production', version: 'v39', since: 0 };
  expect(await facts.breaches({ ...asked, service: 'docs' })).toEqual([]);
  expect(await facts.breaches({ ...asked, service: 'bot' })).toEqual([]);
});

it('silences are those that hold an alert of the service, or name it, and have not ended', async () => {
  const silence = (id: string, change: Partial<Silence> = {}): Silence => ({
    id,
    source: 'alerts',
    matchers: [{ name: 'alertname', value: 'Slow', isRegex: false, isEqual: true }],
    startsAt: NOW - MINUTE,
    endsAt: NOW + MINUTE,
    by: 'mika',
    comment: '',
    state: 'active',
    ...change,
  });
  const naming = [{ name: 'service', value: 'bot', isRegex: false, isEqual: true }];
  const alert: Alert = {
    source: 'alerts',
    fingerprint: 'f1',
    name: 'Slow',
    severity: 'critical',
    service: 'bot',
    environment: 'production',
    state: 'suppressed',
    startedAt: NOW - MINUTE,
    endedAt: null,
    summary: '',
    annotations: {},
    url: null,
    labels: {},
    silencedBy: ['holds'],
  };
  await cache.write('commitBatch', {
    source: 'alerts',
    batch: {
      alerts: [alert],
      silences: [
        silence('holds'),
        silence('names', { matchers: naming }),
        silence('ended', { matchers: naming, endsAt: NOW - 1 }),
        silence('other'),
      ],
    },
  });
  const ids = (await facts.silences('bot', 'production')).map(({ id }) => id).sort();
  expect(ids).toEqual(['holds', 'names']);
});
