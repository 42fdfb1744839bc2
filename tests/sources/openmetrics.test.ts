import { afterEach, describe, expect, it } from 'vitest';
import type { Batch, Connector } from '#core/sources/connector.ts';
import { createOpenmetricsConnector } from '#core/sources/openmetrics/index.ts';
import type { ConfigInput } from '#shared/model/config.ts';
import { BotMetrics, botHistory } from '../fixtures/bot-metrics.ts';
import { type Answer, type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import { apply, type Collected, collect, nothingCollected } from './collected.ts';

const START = Date.parse('2026-03-04T03:04:00Z');
type Targets = Extract<ConfigInput['sources'][number], { kind: 'openmetrics' }>['targets'];

const servers: FaultyServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(answer: (path: string) => Answer): Promise<FaultyServer> {
  const server = await startFaultyServer(({ path }) => answer(path));
  servers.push(server);
  return server;
}

function connect(targets: Targets, change: Partial<ConfigInput> = {}) {
  const clock = steppedClock(START);
  const config = watchedConfig(
    { id: 'bots', kind: 'openmetrics', every: '1s', timeout: '15s', targets },
    change,
  );
  const connector = createOpenmetricsConnector(
    sourceOf(config, 'openmetrics'),
    contextFor(config, clock),
  );
  return { connector, clock };
}

const OWN = 'service="support-bot",environment="production"';

/** `count` scrapes, `distance` ms apart, into one cache. */
async function scrapes(
  connector: Connector,
  clock: ReturnType<typeof steppedClock>,
  count: number,
  distance = 10_000,
): Promise<Collected> {
  const all = nothingCollected();
  for (let index = 0; index < count; index++) {
    await collect(connector, all);
    clock.set(clock.now() + distance);
  }
  return all;
}

const last = (all: Collected, name: string): number | undefined =>
  [...(all.points.get(name)?.values() ?? [])].at(-1);

describe('scraping', () => {
  it('derives signals per version and for the whole from the second scrape on', async () => {
    let requests = 0;
    const server = await serve(() => {
      requests += 20;
      return {
        body: `ai_requests_total{${OWN},version="v41"} ${requests * 3}\nai_requests_total{${OWN},version="v42"} ${requests}\nai_eval_score{${OWN},version="v42"} 0.8\n`,
      };
    });
    const { connector, clock } = connect([{ url: `${server.url}/metrics` }]);
    const first = await collect(connector);
    expect([...first.points.keys()].sort()).toEqual([
      'eval_score support-bot production ',
      'eval_score support-bot production v42',
    ]);
    clock.set(START + 10_000);
    const all = await scrapes(connector, clock, 6);
    expect(last(all, 'traffic_share support-bot production v42')).toBeCloseTo(0.25, 9);
    expect(last(all, 'request_rate support-bot production ')).toBeCloseTo(8, 1);
    expect(all.points.get('request_rate support-bot production v41')?.size).toBe(6);
    expect(all.rejected).toEqual([]);
  });

  it('waits with rates until more than a handful of requests were counted', async () => {
    let requests = 0;
    const server = await serve(() => {
      requests += 3;
      return { body: `ai_requests_total{${OWN},version="v41"} ${requests}\n` };
    });
    const { connector, clock } = connect([{ url: `${server.url}/metrics` }]);
    const soon = await scrapes(connector, clock, 5, 2_000);
    expect([...soon.points.keys()]).toEqual([]);
    const later = await scrapes(connector, clock, 1, 2_000);
    expect(last(later, 'request_rate support-bot production v41')).toBeGreaterThan(0);
  });

  it('asks for OpenMetrics first, and adds the target’s labels over what it says itself', async () => {
    const server = await serve(() => ({
      body: 'ai_eval_score{environment="staging",version="v1"} 0.5\n',
    }));
    const { connector } = connect([
      {
        url: `${server.url}/metrics?all=1`,
        labels: { service: 'support-bot', environment: 'production' },
      },
    ]);
    const all = await collect(connector);
    expect(server.asked[0]?.path).toBe('/metrics?all=1');
    expect(server.asked[0]?.headers.accept).toMatch(
      /^application\/openmetrics-text;version=1.0.0,/,
    );
    expect(last(all, 'eval_score support-bot production v1')).toBe(0.5);
  });

  it('keeps replicas of a bot apart by their instance, and sums them', async () => {
    let count = 0;
    const make = (start: number) =>
      serve(() => ({ body: `ai_requests_total{${OWN},version="v41"} ${start + count}\n` }));
    const [a, b] = [await make(1000), await make(5)];
    const { connector, clock } = connect([{ url: a?.url ?? '' }, { url: b?.url ?? '' }]);
    const all = nothingCollected();
    for (let index = 0; index < 6; index++) {
      await collect(connector, all);
      clock.set(clock.now() + 10_000);
      count += 10;
    }
    expect(last(all, 'request_rate support-bot production v41')).toBeGreaterThan(1.5);
    expect(last(all, 'request_rate support-bot production v41')).toBeLessThan(2.1);
  });

  it('counts lines and values that cannot be used, with the line, and stores the rest', async () => {
    const server = await serve(() => ({
      body: `ai_eval_score{${OWN},version="v41"} NaN\nnot a line\nai_eval_score{${OWN},version="v42"} 0.7\nai_eval_score{${OWN},version="v42"} 0.9\nai_input_drift_psi{${OWN},version="v42"} +Inf\nalso bad\nai_input_drift_psi{${OWN},version="v41"} 0.1 99999999999999\n`,
    }));
    const { connector } = connect([{ url: `${server.url}/metrics` }]);
    const all = await collect(connector);
    expect(last(all, 'eval_score support-bot production ')).toBe(0.7);
    expect(all.points.has('input_drift support-bot production v42')).toBe(false);
    expect(all.rejected.map(({ reason, count }) => [reason.replace(/^\S+ /, ''), count])).toEqual([
      ['a value that is no number (first in line 2)', 2],
      ['a value that is NaN or infinite', 2],
      ['a second value for the same series and moment', 1],
      ['a timestamp in the future', 1],
    ]);
  });

  it('drops a gauge as soon as its target exposes it no more, or cannot be asked', async () => {
    let body = `ai_eval_score{${OWN},version="v41"} 0.9\nai_input_drift_psi{${OWN},version="v41"} 0.1\n`;
    const server = await serve(() => ({ body }));
    const other = await serve(() => ({ body: `ai_eval_score{${OWN},version="v17"} 0.5\n` }));
    const { connector, clock } = connect([{ url: server.url }, { url: other.url }]);
    await collect(connector);
    body = `ai_input_drift_psi{${OWN},version="v41"} 0.1\n`;
    clock.set(START + 10_000);
    const second = await collect(connector);
    expect([...second.points.keys()].filter((key) => key.includes('v41'))).toEqual([
      'input_drift support-bot production v41',
    ]);
    server.fault({ kind: 'reset' });
    clock.set(START + 20_000);
    const third = await collect(connector);
    expect([...third.points.keys()].filter((key) => key.includes('v41'))).toEqual([]);
    expect(last(third, 'eval_score support-bot production v17')).toBe(0.5);
    expect(third.rejected).toHaveLength(1);
    expect(third.rejected[0]?.reason).toContain(server.url);
  });

  it('lets a slow target delay nobody, and takes its samples when they come', async () => {
    let release: (() => void) | null = null;
    const slow = await startFaultyServer(
      () =>
        new Promise<Answer>((resolve) => {
          release = () => resolve({ body: `ai_eval_score{${OWN},version="v42"} 0.4\n` });
        }),
    );
    servers.push(slow);
    const fast = await serve(() => ({ body: `ai_eval_score{${OWN},version="v41"} 0.9\n` }));
    const { connector, clock } = connect([{ url: slow.url }, { url: fast.url }]);
    const first = await collect(connector);
    expect([...first.points.keys()]).toContain('eval_score support-bot production v41');
    expect(first.rejected).toEqual([
      { reason: `${slow.url}/: no answer yet, the other targets go on`, count: 1 },
    ]);
    (release as (() => void) | null)?.();
    let found = false;
    for (let index = 1; index <= 40 && !found; index++) {
      clock.set(START + index * 1000);
      found = (await collect(connector)).points.has('eval_score support-bot production v42');
    }
    expect(found).toBe(true);
    (release as (() => void) | null)?.();
  });

  it('starts its windows anew when the clock goes back, and goes on after a jump ahead', async () => {
    let requests = 0;
    const server = await serve(() => {
      requests += 10;
      return { body: `ai_requests_total{${OWN},version="v41"} ${requests}\n` };
    });
    const { connector, clock } = connect([{ url: server.url }]);
    await scrapes(connector, clock, 4);
    clock.set(START - 3_600_000);
    const back = await scrapes(connector, clock, 3);
    expect(back.rejected).toEqual([{ reason: 'samples of a clock that has gone back', count: 4 }]);
    // Three points, 20 s apart in all, half a distance extrapolated at the left.
    expect(last(back, 'request_rate support-bot production v41')).toBeCloseTo(25 / 60, 9);
    clock.set(START + 365 * 86_400_000);
    const ahead = await scrapes(connector, clock, 3);
    expect(ahead.rejected).toEqual([]);
    expect(ahead.points.get('request_rate support-bot production v41')?.size).toBe(2);
  });

  it('refuses an OpenMetrics exposition that was cut off before # EOF', async () => {
    const server = await serve(() => ({
      headers: { 'content-type': 'application/openmetrics-text; version=1.0.0' },
      body: `ai_eval_score{${OWN},version="v42"} 0.4\n`,
    }));
    const { connector } = connect([{ url: server.url }]);
    await expect(collect(connector)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('says in its check which services have series, and fails when none has', async () => {
    const server = await serve((path) => ({
      body: path === '/other' ? 'up 1\n' : `ai_eval_score{${OWN},version="v42"} 0.4\nbad line\n`,
    }));
    const signal = new AbortController().signal;
    const good = await connect([{ url: `${server.url}/metrics` }]).connector.check(signal);
    expect(good.ok).toBe(true);
    expect(good.items.map(({ detail }) => detail)).toEqual([
      '1 samples, 1 series that signals read, 1 × a value that is no number (first in line 2)',
      '1 series',
    ]);
    const none = await connect([{ url: `${server.url}/other` }]).connector.check(signal);
    expect(none.ok).toBe(false);
  });
});

describe('history', () => {
  it('is imported once, on its own step, with progress, whatever its order', async () => {
    const text = botHistory(new BotMetrics('history'), START - 5000, 240, 15_000);
    const [head, eof] = [text.split('\n').slice(0, -2), '# EOF\n'];
    const server = await serve((path) =>
      path === '/by-time'
        ? { body: text }
        : path === '/by-series'
          ? { body: `${head.toSorted(bySeries).join('\n')}\n${eof}` }
          : { body: 'up 1\n' },
    );
    const change = { signals: { window: '5m' } };
    const byTime = connect([{ url: server.url, history: `${server.url}/by-time` }], change);
    const all = await collect(byTime.connector);
    const p95 = [...(all.points.get('latency_p95 support-bot production v42')?.keys() ?? [])];
    expect(p95.length).toBe(239);
    expect(p95.slice(1).map((at, index) => at - (p95[index] ?? 0))).toEqual(
      Array(238).fill(15_000),
    );
    expect(p95.at(-1)).toBe(START - 5000);
    expect(all.progress?.done).toBe(all.progress?.total);
    expect(all.rejected).toEqual([]);

    const bySeriesToo = connect([{ url: server.url, history: `${server.url}/by-series` }], change);
    expect((await collect(bySeriesToo.connector)).points).toEqual(all.points);

    const asked = server.asked.length;
    const again = connect([{ url: server.url, history: `${server.url}/by-time` }], change);
    await collect(again.connector, nothingCollected(all.cursor));
    expect(server.asked.slice(asked).map(({ path }) => path)).toEqual(['/']);
  });

  it('widens a window that is too short for its step', async () => {
    const text = botHistory(new BotMetrics('coarse'), START, 30, 60_000);
    const server = await serve((path) => ({ body: path === '/history' ? text : 'up 1\n' }));
    const { connector } = connect([{ url: server.url, history: `${server.url}/history` }], {
      signals: { window: '30s' },
    });
    const all = await collect(connector);
    expect(all.points.get('request_rate support-bot production ')?.size).toBe(29);
  });

  it('that cannot be read does not keep the present away, and is tried again later', async () => {
    const text = botHistory(new BotMetrics('late'), START, 10, 15_000);
    const server = await serve((path) => ({
      body: path === '/history' ? text : `ai_eval_score{${OWN},version="v42"} 0.4\n`,
    }));
    server.fault({ kind: 'cut-off' }, ({ path }) => path === '/history');
    const { connector, clock } = connect([{ url: server.url, history: `${server.url}/history` }]);
    const first = await collect(connector);
    expect(last(first, 'eval_score support-bot production v42')).toBe(0.4);
    expect(first.rejected.map(({ reason }) => reason).join()).toMatch(
      /^history: GET .*\/history: /,
    );
    expect(first.cursor).toBeNull();
    server.fault(null);
    expect((await collect(connector)).cursor).toBeNull();
    clock.set(START + 61_000);
    const later = await collect(connector);
    expect(later.cursor).not.toBeNull();
    expect(later.points.has('latency_p95 support-bot production v42')).toBe(true);
  });

  it('stops soon when it is cancelled', async () => {
    const text = botHistory(new BotMetrics('long'), START, 2000, 15_000, () => undefined);
    const server = await serve((path) => ({ body: path === '/history' ? text : 'up 1\n' }));
    const { connector } = connect([{ url: server.url, history: `${server.url}/history` }]);
    const controller = new AbortController();
    const all = nothingCollected();
    const pull = async (): Promise<void> => {
      for await (const batch of connector.pull(null, controller.signal)) {
        apply(all, batch satisfies Batch);
        controller.abort();
      }
    };
    await expect(pull()).rejects.toMatchObject({ code: 'cancelled' });
    expect(all.batches).toBe(1);
  });
});

/** All points of a series before those of the next, in the order of time. */
function bySeries(a: string, b: string): number {
  const [seriesA = '', seriesB = ''] = [a, b].map((line) => line.split(' ')[0]);
  if (seriesA !== seriesB) return seriesA < seriesB ? -1 : 1;
  return Number(a.split(' ').at(-1)) - Number(b.split(' ').at(-1));
}
