import { describe, expect, it } from 'vitest';
import type { Scope } from '#core/analysis/derive-selection.ts';
import { durationText, selector, signalQueries } from '#core/analysis/promql.ts';
import { DEFAULT_SIGNALS, mergeSignals } from '#shared/model/default-signals.ts';
import { SignalDefinition, type SignalExpression } from '#shared/model/signal.ts';

const scope: Scope = {
  service: 'bot',
  environment: 'production',
  where: { service: 'bot', zone: { not: 'lab' } },
  versionLabel: 'version',
};

function queries(expression: SignalExpression, where: Partial<Scope> = {}): string[] {
  const [first] = DEFAULT_SIGNALS;
  if (first === undefined) throw new Error('no default signals');
  return signalQueries({ ...first, expression }, { ...scope, ...where }, 300_000).map(
    ({ query }) => query,
  );
}

const OWN = 'service="bot",zone!="lab"';

describe('PromQL of a signal', () => {
  it('asks per version and for the whole', () => {
    expect(queries({ kind: 'quantile', metric: 'h', q: 0.95 })).toEqual([
      `histogram_quantile(0.95, sum by (le, version) (rate(h_bucket{${OWN}}[300s])))`,
      `histogram_quantile(0.95, sum by (le) (rate(h_bucket{${OWN}}[300s])))`,
    ]);
    expect(queries({ kind: 'rate', metric: 'n', per: 'day' })).toEqual([
      `sum by (version) (rate(n{${OWN}}[300s])) * 86400`,
      `sum(rate(n{${OWN}}[300s])) * 86400`,
    ]);
    expect(queries({ kind: 'gauge', metric: 'g', aggregate: 'max' })[1]).toBe(`max(g{${OWN}})`);
  });

  it('asks for a share per version only', () => {
    expect(queries({ kind: 'share', metric: 'n' })).toEqual([
      `sum by (version) (rate(n{${OWN}}[300s])) / on() group_left() sum(rate(n{${OWN}}[300s]))`,
    ]);
  });

  it('keeps the matchers of the service and of the signal, also on the same label', () => {
    const [query] = queries(
      { kind: 'rate', metric: 'n', where: { service: { matches: 'b.*' } }, per: 'second' },
      { where: { service: 'bot' } },
    );
    expect(query).toBe('sum by (version) (rate(n{service="bot",service=~"b.*"}[300s]))');
  });

  it('escapes values, and refuses names that PromQL cannot say', () => {
    expect(selector('n', { a: 'x"y\\z\n' })).toBe('n{a="x\\"y\\\\z\\n"}');
    expect(selector('my.metric', {})).toBe('{__name__="my.metric"}');
    expect(selector('', undefined)).toBe('{__name__!=""}');
    expect(() => selector('n', { 'a-b': 'x' })).toThrow('"a-b"');
    expect(() =>
      queries({ kind: 'rate', metric: 'n', per: 'day' }, { versionLabel: 'a b' }),
    ).toThrow('"a b"');
  });

  it('replaces $selector, $by and $window, and nothing inside what it puts there', () => {
    expect(
      queries(
        { kind: 'promql', query: 'sum by ($by) (increase(n{$selector}[$window]))' },
        { where: { service: '$by $& $window' } },
      ),
    ).toEqual([
      'sum by (version) (increase(n{service="$by $& $window"}[300s]))',
      'sum by () (increase(n{service="$by $& $window"}[300s]))',
    ]);
  });

  it('writes windows as PromQL reads them', () => {
    expect([300_000, 1500, 0.2].map(durationText)).toEqual(['300s', '1500ms', '1ms']);
  });
});

describe('the default signals', () => {
  it('fit the model, and their ids are unique', () => {
    for (const signal of DEFAULT_SIGNALS) expect(SignalDefinition.parse(signal)).toEqual(signal);
    expect(new Set(DEFAULT_SIGNALS.map(({ id }) => id)).size).toBe(DEFAULT_SIGNALS.length);
    for (const { short } of DEFAULT_SIGNALS) expect(short.length).toBeLessThanOrEqual(12);
  });

  it('are replaced by configured ones in place, and followed by new ones', () => {
    const [first] = DEFAULT_SIGNALS;
    if (first === undefined) throw new Error('no default signals');
    const merged = mergeSignals(DEFAULT_SIGNALS, [
      { ...first, title: 'mine' },
      { ...first, id: 'extra' },
    ]);
    expect(merged[0]?.title).toBe('mine');
    expect(merged.at(-1)?.id).toBe('extra');
    expect(merged).toHaveLength(DEFAULT_SIGNALS.length + 1);
  });
});
