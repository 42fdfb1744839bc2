import { describe, expect, it } from 'vitest';
import { judge, type Reference } from '#core/analysis/bands.ts';
import { onsetOf } from '#core/analysis/onset.ts';
import { rolloutByVersion } from '#core/analysis/rollout.ts';
import { rankSuspects } from '#core/analysis/suspects.ts';
import type { Change } from '#shared/model/change.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import type { FlagState } from '#shared/model/flag.ts';
import type { Band } from '#shared/model/signal.ts';
import fc, { runs } from '../helpers/random.ts';

function signal(id: string) {
  const found = DEFAULT_SIGNALS.find((one) => one.id === id);
  if (!found) throw new Error(`no signal ${id}`);
  return found;
}

const reference: Reference = {
  baseline: 2,
  baselineName: 'v41',
  share: 1,
  requests: 10_000,
  minRequests: 30,
};

function state(id: string, band: Band, value: number | null, changed: Partial<Reference> = {}) {
  return judge(
    signal(id),
    band,
    { value, at: value === null ? null : 100 },
    { ...reference, ...changed },
    50,
  );
}

/** Probability of exactly so many hits. */
function binomial(count: number, of: number, share: number): number {
  let log = count * Math.log(share) + (of - count) * Math.log1p(-share);
  for (let i = 1; i <= count; i++) log += Math.log((of - count + i) / i);
  return Math.exp(log);
}

describe('a value beside its band', () => {
  const latency: Band = { kind: 'baseline', within: 0.1, side: 'above' };
  const errors: Band = { kind: 'below', limit: 0.01 };

  it('is healthy, drifting, or out, by its distance from the baseline', () => {
    expect(state('latency_p95', latency, 2.1)).toMatchObject({
      state: 'ok',
      high: 2.2,
      why: '+10 % of v41',
    });
    expect(state('latency_p95', latency, 2.35).state).toBe('watch');
    expect(state('latency_p95', latency, 2.6).state).toBe('bad');
  });

  it('is not called out of band for what the number of requests explains', () => {
    expect(state('latency_p95', latency, 2.6, { requests: 60 }).state).toBe('ok');
    expect(state('error_rate', errors, 0.02, { requests: 100 }).state).toBe('ok');
    expect(state('error_rate', errors, 0.02, { requests: 5000 }).state).toBe('bad');
  });

  it('does not let a value that is far off excuse itself by its own spread', () => {
    const seconds: Band = { kind: 'below', limit: 2.4 };
    expect(state('latency_p95', seconds, 7.8, { requests: 12, minRequests: 12 }).state).toBe('bad');
    expect(state('latency_p95', seconds, 3, { requests: 12, minRequests: 12 }).state).toBe('ok');
  });

  it('calls a share out of band only when so many of so few would be a surprise', () => {
    // One in four tells little of a share of 2 %; P(X ≥ 2 of 12) is 2.3 %, P(X ≥ 1 of 12) 21 %.
    const two: Band = { kind: 'below', limit: 0.02 };
    const few = { requests: 12, minRequests: 12 };
    expect(state('error_rate', two, 1 / 12, few).state).toBe('ok');
    expect(state('error_rate', two, 2 / 12, few).state).not.toBe('ok');
  });

  it('calls a healthy share out of band in about one of twenty looks at most', () => {
    const sharesAndCounts = fc.tuple(
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      fc.integer({ min: 1, max: 1500 }),
    );
    fc.assert(
      fc.property(sharesAndCounts, ([limit, requests]) => {
        const band: Band = { kind: 'below', limit };
        let more = 0;
        for (let count = 0; count <= requests; count++) {
          const seen = state('error_rate', band, count / requests, { requests, minRequests: 1 });
          if (seen.state !== 'ok') more += binomial(count, requests, limit);
        }
        expect(more).toBeLessThanOrEqual(0.05 + 1e-6);
      }),
      runs(60),
    );
  });

  it('says that too few requests cannot tell', () => {
    expect(state('error_rate', errors, 0.5, { requests: 4 })).toMatchObject({ state: 'few' });
  });

  it('is grey when it is old or missing, and has no state without a baseline', () => {
    expect(judge(signal('latency_p95'), latency, { value: 9, at: 10 }, reference, 50).state).toBe(
      'stale',
    );
    expect(state('latency_p95', latency, null).state).toBe('none');
    expect(state('latency_p95', latency, 9, { baseline: null }).state).toBe('none');
  });

  it('splits a forecast by the share of traffic', () => {
    const cost: Band = { kind: 'forecast', within: 0.2, forecast: 400 };
    expect(state('cost_per_day', cost, 100, { share: 0.25 })).toMatchObject({
      state: 'ok',
      low: 80,
      high: 120,
    });
    expect(state('cost_per_day', cost, 200, { share: 0.25 }).state).toBe('bad');
  });

  it('is no break when it costs less than forecast', () => {
    const cost: Band = { kind: 'forecast', within: 0.2, forecast: 400 };
    expect(state('cost_per_day', cost, 100).state).toBe('watch');
  });
});

describe('the onset of a break', () => {
  it('is the first point of the stretch outside the band that reaches to the end', () => {
    expect(onsetOf([1, 2, 3, 4, 5, 6, 7, 8], [9, 1, 1, 1, 1, 9, 9, 9], null, 5)).toBe(6);
    expect(onsetOf([1, 2, 3, 4], [1, 9, 1, 9], null, 5)).toBe(2);
    expect(onsetOf([1, 2, 3], [1, 1, 1], null, 5)).toBeNull();
  });
});

describe('the ranking of what changed', () => {
  const at = 10_000_000;
  const change = (id: string, minutesBefore: number, more: Partial<Change>): Change => ({
    id,
    at: at - minutesBefore * 60_000,
    kind: 'variant',
    service: 'support-bot',
    environment: 'production',
    versions: ['v42'],
    title: id,
    detail: '',
    by: 'release-bot',
    source: 'unleash',
    flag: null,
    ...more,
  });
  const broken = {
    service: 'support-bot',
    onset: at,
    badVersions: ['v42'],
    healthyVersions: ['v41'],
  };

  it('puts the change of the broken version just before onset first, with its reasons', () => {
    const suspects = rankSuspects(
      [
        change('docs to 100 %', 5, { service: 'docs-search', versions: ['v9'] }),
        change('index rebuilt', 20, { kind: 'deploy', versions: ['v41', 'v42'] }),
        change('v42 10 → 25 %', 1, {}),
        change('v42 5 → 10 %', 600, {}),
      ],
      broken,
    );
    expect(suspects[0]?.change.id).toBe('v42 10 → 25 %');
    expect(suspects[0]?.score).toBeGreaterThan(0.6);
    expect(suspects[0]?.reasons).toContain('only v42 affected');
    expect(suspects.reduce((sum, one) => sum + one.score, 0)).toBeLessThanOrEqual(1);
  });

  it('does not blame what came after', () => {
    const suspects = rankSuspects([change('later', -10, {})], broken);
    expect(suspects[0]?.score ?? 0).toBeLessThan(0.5);
  });
});

describe('what a flag intends', () => {
  const modelFlag = {
    source: 'u',
    flag: 'f',
    by: 'variants' as const,
    stable: 'v41',
    candidate: 'v42',
  };
  const state = (more: Partial<FlagState>): FlagState => ({
    enabled: true,
    variants: [],
    strategies: [
      {
        id: 's',
        name: 'flexibleRollout',
        parameters: { rollout: '100' },
        constraints: [],
        segments: [],
        variants: [
          { name: 'v41', weight: 750 },
          { name: 'v42', weight: 250 },
        ],
      },
    ],
    ...more,
  });

  it('follows the weights of the variants', () => {
    expect(Object.fromEntries(rolloutByVersion(modelFlag, state({})))).toEqual({
      v41: 0.75,
      v42: 0.25,
    });
  });

  it('is all stable when the flag is off', () => {
    expect(Object.fromEntries(rolloutByVersion(modelFlag, state({ enabled: false })))).toEqual({
      v41: 1,
    });
  });

  it('follows the percentage when the flag works by rollout', () => {
    const [strategy] = state({}).strategies;
    if (!strategy) throw new Error('unreachable');
    const flag = state({
      strategies: [{ ...strategy, parameters: { rollout: '25' }, variants: [] }],
    });
    expect(Object.fromEntries(rolloutByVersion({ ...modelFlag, by: 'rollout' }, flag))).toEqual({
      v41: 0.75,
      v42: 0.25,
    });
  });
});
