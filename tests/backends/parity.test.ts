/**
 * The same counters, derived here and asked of a real engine: they must agree. First on identical points (a history given to
 * both), then live, on a prom-client exporter that both scrape in the same moments.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopesOf, windowOf } from '#core/analysis/derive-selection.ts';
import { signalQueries } from '#core/analysis/promql.ts';
import type { Connector } from '#core/sources/connector.ts';
import { createOpenmetricsConnector } from '#core/sources/openmetrics/index.ts';
import { createPrometheusConnector } from '#core/sources/prometheus/index.ts';
import type { ConfigInput } from '#shared/model/config.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { BotMetrics, botHistory, LATENCY_BOUNDS } from '../fixtures/bot-metrics.ts';
import { realClock } from '../fixtures/deps.ts';
import { startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, seeded, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import { type Collected, collect } from '../sources/collected.ts';
import {
  missing,
  type Prometheus,
  startPrometheus,
  startVictoriaMetrics,
  type VictoriaMetrics,
} from './harness/index.ts';

const why = await missing('prometheus');
const whyVictoria = await missing('victoria-metrics');
const STEP = 15_000;
const COUNT = 240;
const QUANTILES = /^(latency|ttft)_/;

/** 11.5 scrapes, so that no point lies on a window's border: there version 2 and 3 of Prometheus differ. */
const change: Partial<ConfigInput> = { signals: { window: '172500ms' } };

/** An hour with restarts of both versions and some scrapes missed; ends on a whole step, a while ago. */
function makeHistory(): { text: string; end: number } {
  const end = Math.floor(Date.now() / STEP) * STEP - 3_600_000;
  const text = botHistory(new BotMetrics('parity'), end, COUNT, STEP, (bot, index) => {
    if (index === 90) bot.reset('v41');
    if (index === 130 || index === 133) bot.reset('v42');
    bot.step(index > 180 ? 40 : 12);
  });
  const gap = (end - (COUNT - 1 - 60) * STEP) / 1000;
  const missed = new Set([gap, gap + 15, gap + 30].map((at) => at.toFixed(3)));
  const kept = text.split('\n').filter((line) => !missed.has(line.split(' ').at(-1) ?? ''));
  return { text: kept.join('\n'), end };
}

function prometheusOn(url: string, now: number): Connector {
  const config = watchedConfig(
    { id: 'engine', kind: 'prometheus', url, history: '70m', step: '15s' },
    change,
  );
  return createPrometheusConnector(
    sourceOf(config, 'prometheus'),
    contextFor(config, steppedClock(now)),
  );
}

/** The history, imported by the connector that derives here. */
async function importedLocally(text: string, now: number): Promise<Collected> {
  const files = await startFaultyServer(({ path }) =>
    path === '/history' ? { body: text } : { body: 'up 1\n' },
  );
  try {
    const config = watchedConfig(
      {
        id: 'bots',
        kind: 'openmetrics',
        targets: [{ url: `${files.url}/metrics`, history: `${files.url}/history` }],
      },
      change,
    );
    const context = contextFor(config, steppedClock(now));
    return await collect(createOpenmetricsConnector(sourceOf(config, 'openmetrics'), context));
  } finally {
    await files.close();
  }
}

interface Difference {
  series: string;
  at: number;
  here: number;
  there: number;
  relative: number;
}

/** Every point that both have. */
function differences(here: Collected, there: Collected): Difference[] {
  const all: Difference[] = [];
  for (const [series, points] of here.points) {
    for (const [at, value] of points) {
      const other = there.points.get(series)?.get(at);
      if (other === undefined) continue;
      all.push({ series, at, here: value, there: other, relative: relative(value, other) });
    }
  }
  return all;
}

function relative(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

describe.skipIf(why)('the same history here and in Prometheus', () => {
  const { text, end } = makeHistory();
  let server: Prometheus;
  let local: Collected;
  let engine: Collected;
  beforeAll(async () => {
    local = await importedLocally(text, end);
    server = await startPrometheus({ history: text });
    engine = await collect(prometheusOn(server.url, end));
  });
  afterAll(() => server?.stop());

  it('gives the same series with points at the same moments', () => {
    expect([...engine.points.keys()].sort()).toEqual([...local.points.keys()].sort());
    for (const [series, points] of local.points) {
      const there = [...(engine.points.get(series)?.keys() ?? [])];
      expect([series, ...[...points.keys()].sort()]).toEqual([series, ...there.sort()]);
    }
  });

  it('agrees within 2 % on every point, quantiles within their bucket', () => {
    const all = differences(local, engine);
    expect(all.length).toBeGreaterThan(5000);
    expect(all.filter((one) => !agrees(one))).toEqual([]);
    // It is the same arithmetic: all but rounding is equal.
    expect(Math.max(...all.map(({ relative: by }) => by))).toBeLessThan(1e-9);
    process.stdout.write(`parity: ${all.length} points equal in Prometheus and here\n`);
  });
});

describe.skipIf(whyVictoria)('the same history here and in VictoriaMetrics', () => {
  const { text, end } = makeHistory();
  let server: VictoriaMetrics;
  beforeAll(async () => {
    server = await startVictoriaMetrics();
    // Its import takes the text format: milliseconds, no EOF.
    const lines = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ (\d+)\.(\d{3})$/, ' $1$2'));
    await server.load(`${lines.join('\n')}\n`);
  });
  afterAll(() => server?.stop());

  it('passes the check, and agrees on the mean within 5 %, since it does not extrapolate', async () => {
    const connector = prometheusOn(server.url, end);
    const report = await connector.check(new AbortController().signal);
    expect(report.items.filter(({ ok }) => !ok)).toEqual([]);
    const local = await importedLocally(text, end);
    const engine = await collect(connector);
    expect([...engine.points.keys()].sort()).toEqual([...local.points.keys()].sort());
    const all = differences(local, engine);
    expect(all.length).toBeGreaterThan(5000);
    const sums = new Map<string, { here: number; there: number }>();
    for (const { series, here, there } of all) {
      const sum = sums.get(series) ?? { here: 0, there: 0 };
      sums.set(series, { here: sum.here + here, there: sum.there + there });
    }
    const off = [...sums].filter(([, { here, there }]) => relative(here, there) > 0.05);
    expect(off).toEqual([]);
  });
});

/** Within 2 %; a quantile also when it lies in the same bucket. */
function agrees({ series, here, there, relative: by }: Difference): boolean {
  return by <= 0.02 || (QUANTILES.test(series) && sameBucket(here, there));
}

function sameBucket(a: number, b: number): boolean {
  const bounds = [...LATENCY_BOUNDS, Number.POSITIVE_INFINITY];
  const bucket = (value: number) => bounds.findIndex((bound) => value <= bound);
  return bucket(a) === bucket(b);
}

describe.skipIf(why)('a prom-client exporter that both scrape', () => {
  let exporter: Awaited<ReturnType<typeof startExporter>>;
  let server: Prometheus;
  beforeAll(async () => {
    exporter = await startExporter();
    server = await startPrometheus({ targets: [{ address: exporter.address }] });
  });
  afterAll(async () => {
    await server?.stop();
    await exporter?.close();
  });

  it('agrees within 2 % over windows of 12 scrapes, counter resets included', async () => {
    const config = watchedConfig(
      { id: 'bots', kind: 'openmetrics', targets: [{ url: `http://${exporter.address}/metrics` }] },
      { signals: { window: '12500ms' } },
    );
    const local = createOpenmetricsConnector(
      sourceOf(config, 'openmetrics'),
      contextFor(config, realClock),
    );
    const all = new Map<string, Map<number, number>>();
    for (let cycle = 0; cycle < 26; cycle++) {
      await exporter.nextScrape();
      // Nothing is counted until both have seen the same.
      const seen = await collect(local);
      for (const [series, points] of seen.points) {
        const known = all.get(series) ?? new Map<number, number>();
        all.set(series, new Map([...known, ...points]));
      }
      if (cycle === 16) exporter.restart();
      exporter.serve(cycle);
    }

    const [scope] = scopesOf(config);
    if (scope === undefined) throw new Error('no scope');
    const off: Difference[] = [];
    const relatives: number[] = [];
    for (const signal of DEFAULT_SIGNALS) {
      for (const { query, by } of signalQueries(signal, scope, windowOf(config))) {
        const moments = [...(all.get(`${signal.id} support-bot production v42`)?.keys() ?? [])];
        for (const at of moments.slice(13)) {
          for (const { metric, value } of await queryAt(server.url, query, at)) {
            const series = `${signal.id} support-bot production ${by ? metric[by] : ''}`;
            const here = all.get(series)?.get(at);
            if (here === undefined || !Number.isFinite(value)) continue;
            const one = { series, at, here, there: value, relative: relative(here, value) };
            relatives.push(one.relative);
            if (!agrees(one)) off.push(one);
          }
        }
      }
    }
    expect(relatives.length).toBeGreaterThan(100);
    expect(off).toEqual([]);
    process.stdout.write(
      `parity live: ${relatives.length} points, largest difference ${(100 * Math.max(...relatives)).toFixed(2)} %\n`,
    );
  });
});

async function queryAt(url: string, query: string, at: number) {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query, time: (at / 1000).toFixed(3) }),
  });
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/** A bot's metrics by the library that bots use. `nextScrape` resolves when Prometheus has fetched them. */
async function startExporter() {
  const random = seeded('exporter');
  const labels = { service: 'support-bot', environment: 'production' };
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  registry.setDefaultLabels(labels);
  const registers = [registry];
  const requests = new Counter({
    name: 'ai_requests_total',
    help: 'requests',
    labelNames: ['version'],
    registers,
  });
  const unsure = new Counter({
    name: 'ai_unsure_total',
    help: 'unsure answers',
    labelNames: ['version'],
    registers,
  });
  const feedback = new Counter({
    name: 'ai_feedback_total',
    help: 'feedback',
    labelNames: ['version', 'kind'],
    registers,
  });
  const cost = new Counter({
    name: 'ai_cost_usd_total',
    help: 'cost',
    labelNames: ['version'],
    registers,
  });
  const score = new Gauge({
    name: 'ai_eval_score',
    help: 'score',
    labelNames: ['version'],
    registers,
  });
  const latency = new Histogram({
    name: 'gen_ai_server_request_duration_seconds',
    help: 'latency',
    labelNames: ['version'],
    buckets: LATENCY_BOUNDS,
    registers,
  });
  let scraped: (() => void) | null = null;
  const server = createServer(async (request, response) => {
    const body = await registry.metrics();
    response.setHeader('content-type', registry.contentType);
    response.end(body, () => {
      if (!/^Prometheus/.test(request.headers['user-agent'] ?? '')) return;
      scraped?.();
      scraped = null;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    nextScrape: () =>
      new Promise<void>((resolve) => {
        scraped = resolve;
      }),
    serve(cycle: number) {
      for (const version of ['v41', 'v42']) {
        const count = 20 + Math.round(10 * random()) + (cycle % 7);
        for (let index = 0; index < count; index++) {
          requests.inc({ version });
          cost.inc({ version }, 0.002 + random() / 1000);
          latency.observe({ version }, (version === 'v42' ? 3 : 0.9) * (0.2 + random()));
          if (random() < 0.2) unsure.inc({ version });
          if (random() < 0.4) {
            feedback.inc({ version, kind: random() < 0.3 ? 'thumbs_down' : 'thumbs_up' });
          }
        }
        score.set({ version }, 0.8 + random() / 10);
      }
    },
    /** As a restarted process: everything counts from zero again. */
    restart: () => registry.resetMetrics(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
