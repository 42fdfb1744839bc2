import { afterEach, describe, expect, it } from 'vitest';
import { createPrometheusConnector } from '#core/sources/prometheus/index.ts';
import { parseMatrix } from '#core/sources/prometheus/matrix.ts';
import { cursorAfter, MAX_POINTS, stretches } from '#core/sources/prometheus/range.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';
import { type Asked, type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import { contextFor, sourceOf, steppedClock, watchedConfig } from '../fixtures/watched.ts';
import fc, { runs } from '../helpers/random.ts';
import { collect, nothingCollected } from './collected.ts';

const START = Date.parse('2026-03-04T03:04:00Z');

describe('the answer of query_range', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('NaN', '+Inf', '-Inf', '0', '-0.5', '1e+06', '123456789012345678901', '0.1'),
  );
  const series = fc.record({
    metric: fc.dictionary(
      fc.string({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      {
        maxKeys: 3,
      },
    ),
    values: fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 4e9 }).map((ms) => ms / 1000),
        value,
      ),
      {
        maxLength: 30,
      },
    ),
  });

  it('is read the same by the fast way and by the slow one', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 4 }), (result) => {
        const answer = { status: 'success', data: { resultType: 'matrix', result } };
        const fast = parseMatrix(Buffer.from(JSON.stringify(answer)), 'here');
        const slow = parseMatrix(Buffer.from(JSON.stringify(answer, null, 1)), 'here');
        expect(slow).toEqual(fast);
        expect(fast.series.map(({ metric }) => metric)).toEqual(result.map(({ metric }) => metric));
        for (const { columns } of fast.series) {
          expect([...columns.value].every(Number.isFinite)).toBe(true);
          const ts = [...columns.ts];
          expect(ts).toEqual([...new Set(ts)].sort((a, b) => a - b));
        }
      }),
      runs(200),
    );
  });

  it('keeps exact times and numbers', () => {
    const text =
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"\\"values\\":[1]"},"values":[[1435781430.781,"0.30000000000000004"],[1435781431,"NaN"],[1435781432,"-1.5e-7"]]}]},"warnings":["slow"]}';
    const { series: all, warnings } = parseMatrix(Buffer.from(text), 'here');
    expect(all).toEqual([
      {
        metric: { a: '"values":[1]' },
        columns: {
          ts: Float64Array.of(1435781430781, 1435781432000),
          value: Float64Array.of(0.30000000000000004, -1.5e-7),
        },
      },
    ]);
    expect(warnings).toEqual(['slow']);
  });
});

describe('what is asked for', () => {
  it('is cut into stretches of a day and at most 11,000 points, on whole steps, without gaps', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: START - 90 * 86_400_000, max: START + 86_400_000 })),
        fc.constantFrom(1000, 15_000, 60_000, 3_600_000),
        fc.constantFrom(3_600_000, 86_400_000, 30 * 86_400_000),
        fc.integer({ min: 0, max: 59_999 }),
        (upTo, step, history, offset) => {
          const parts = stretches(upTo, START + offset, history, step);
          let next: number | null = null;
          for (const { start, end } of parts) {
            expect(start % step).toBe(0);
            expect(end % step).toBe(0);
            expect((end - start) / step + 1).toBeLessThanOrEqual(MAX_POINTS);
            if (next !== null) expect(start).toBe(next);
            next = end + step;
          }
          if (parts.length > 0)
            expect(parts.at(-1)?.end).toBe(Math.floor((START + offset) / step) * step);
          if (upTo === null)
            expect(parts[0]?.start).toBeGreaterThanOrEqual(START + offset - history);
        },
      ),
    );
  });

  it('goes on from the newest point that came, since data may be late', () => {
    const stretch = { start: START - 60_000, end: START };
    expect(cursorAfter(stretch, false, START - 30_000, null)).toBe(START);
    expect(cursorAfter(stretch, true, START - 30_000, null)).toBe(START - 30_000);
    expect(cursorAfter(stretch, true, Number.NEGATIVE_INFINITY, START - 45_000)).toBe(
      START - 45_000,
    );
    expect(cursorAfter(stretch, true, Number.NEGATIVE_INFINITY, null)).toBe(START - 3_600_000);
  });
});

describe('the prometheus connector', () => {
  let server: FaultyServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  const mine: SignalDefinition = {
    id: 'mine',
    title: 'Mine',
    short: 'mine',
    unit: 'count',
    expression: { kind: 'promql', query: 'sum by ($by) (increase(n{$selector}[$window]))' },
    band: { kind: 'trend' },
    watch: false,
    description: '',
  };

  async function connect(answer: (form: URLSearchParams, asked: Asked) => object, secret?: string) {
    server = await startFaultyServer((asked) => {
      const body = answer(new URLSearchParams(asked.body), asked);
      return 'errorType' in body ? { status: 400, body } : { body };
    });
    const config = watchedConfig(
      {
        id: 'engine',
        kind: 'prometheus',
        url: `${server.url}/prefix/`,
        history: '30m',
        ...(secret === undefined ? {} : { secret }),
      },
      { signals: { window: '1m', definitions: [mine] } },
    );
    const clock = steppedClock(START);
    const connector = createPrometheusConnector(
      sourceOf(config, 'prometheus'),
      contextFor(config, clock),
    );
    return { connector, clock, server };
  }

  const matrix = (...result: object[]) => ({
    status: 'success',
    data: { resultType: 'matrix', result },
  });

  it('pushes every definition down, by POST, and keeps what it answers per version', async () => {
    const { connector, server: asked } = await connect((form) =>
      /by \([^)]*version\)/.test(form.get('query') ?? '')
        ? matrix(
            { metric: { version: 'v41' }, values: [[START / 1000, '1']] },
            { metric: {}, values: [[START / 1000, '9']] },
          )
        : matrix({ metric: {}, values: [[START / 1000, '2']] }),
    );
    const all = await collect(connector);
    expect(all.points.get('mine support-bot production v41')).toEqual(new Map([[START, 1]]));
    expect(all.points.get('mine support-bot production ')).toEqual(new Map([[START, 2]]));
    const form = asked.asked.map(({ body }) => new URLSearchParams(body));
    expect(new Set(asked.asked.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(['POST /prefix/api/v1/query_range']),
    );
    expect(form.map((one) => one.get('query'))).toContain(
      'sum by (version) (increase(n{service="support-bot",environment="production"}[60s]))',
    );
    expect(form[0]?.get('start')).toBe(`${START / 1000 - 1800}.000`);
    expect(form[0]?.get('step')).toBe('15');
    expect(all.progress).toEqual({ what: 'history', done: form.length, total: form.length });

    const before = form.length;
    await collect(connector, all);
    expect(new URLSearchParams(asked.asked[before]?.body).get('start')).toBe(
      `${START / 1000 - 60}.000`,
    );
  });

  it('asks no more than six questions at a time', async () => {
    let open = 0;
    let most = 0;
    server = await startFaultyServer(async () => {
      open++;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open--;
      return { body: matrix() };
    });
    const config = watchedConfig({ id: 'engine', kind: 'prometheus', url: server.url });
    await collect(
      createPrometheusConnector(
        sourceOf(config, 'prometheus'),
        contextFor(config, steppedClock(START)),
      ),
    );
    expect(most).toBe(6);
  });

  it('reports a query that the engine refuses, and keeps the others', async () => {
    const { connector } = await connect((form) =>
      form.get('query')?.includes('increase')
        ? { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected' }
        : {
            ...matrix({ metric: {}, values: [[START / 1000, '2']] }),
            warnings: ['partial answer'],
          },
    );
    const all = await collect(connector);
    expect(all.points.get('latency_p95 support-bot production ')?.size).toBe(1);
    expect(all.cursor).not.toBeNull();
    const reasons = all.rejected.map(({ reason }) => reason);
    expect(
      reasons.filter((reason) => /^mine: .*parse error: unexpected/.test(reason)),
    ).toHaveLength(1);
    expect(reasons).toContain('latency_p95: the server warns: partial answer');
  });

  it('fails when the engine refuses every query', async () => {
    const { connector } = await connect(() => ({ status: 'error', errorType: 'x', error: 'no' }));
    await expect(collect(connector)).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('refuses to guess when one version has more than one series', async () => {
    const { connector } = await connect((form) =>
      form.get('query')?.includes('increase')
        ? matrix(
            { metric: { version: 'v41', pod: 'a' }, values: [[START / 1000, '1']] },
            { metric: { version: 'v41', pod: 'b' }, values: [[START / 1000, '2']] },
          )
        : matrix(),
    );
    const all = await collect(connector, nothingCollected());
    expect(all.points.get('mine support-bot production v41')?.size).toBe(1);
    expect(all.rejected.map(({ reason }) => reason)).toContain(
      'mine: more than one series for v41',
    );
  });

  it('says that its secret is not set, without asking', async () => {
    const { connector, server: asked } = await connect(() => matrix(), 'PROMETHEUS_TOKEN');
    await expect(collect(connector)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(
        /^The secret PROMETHEUS_TOKEN of the source .* is neither in the keychain nor in the environment\.$/,
      ),
    });
    expect((await connector.check(new AbortController().signal)).ok).toBe(false);
    expect(asked.asked).toEqual([]);
  });
});
