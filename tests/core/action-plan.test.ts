import { describe, expect, it } from 'vitest';
import { diffLines } from '#core/actions/diff.ts';
import { allTo, killSwitchState, movement, rollbackState } from '#core/actions/plan.ts';
import {
  expectedAnswers,
  judgeLive,
  judgeRecovered,
  judgeServed,
  probesFor,
  TOO_FEW,
} from '#core/actions/proof.ts';
import { problemsOf } from '#core/sources/unleash/steps.ts';
import type { FlagState, Strategy, Variant } from '#shared/model/flag.ts';
import { sameFlagState } from '#shared/util/flag-state.ts';
import fc, { runs } from '../helpers/random.ts';

const NAMES = ['v40', 'v41', 'v42', 'v43'];

/** Variants as the real service holds them: fixed weights, and the rest in equal parts. */
const variants: fc.Arbitrary<Variant[]> = fc
  .record({
    names: fc.shuffledSubarray(NAMES, { minLength: 2 }),
    fixed: fc.array(fc.nat(300), { minLength: 3, maxLength: 3 }),
    computed: fc.integer({ min: 1, max: 3 }),
    payload: fc.option(fc.string(), { nil: undefined }),
    stickiness: fc.constantFrom('default', 'sessionId', 'userId'),
  })
  .map(({ names, fixed, computed, payload, stickiness }) => {
    const open = Math.min(computed, names.length);
    const own = names.slice(open).map((_, index) => fixed[index] ?? 0);
    const rest = 1000 - own.reduce((sum, weight) => sum + weight, 0);
    return names.map((name, index) => ({
      name,
      weight:
        index < open
          ? Math.floor(rest / open) + (index < rest % open ? 1 : 0)
          : (own[index - open] ?? 0),
      weightType: index < open ? 'variable' : 'fix',
      stickiness,
      ...(payload === undefined ? {} : { payload: { type: 'string', value: payload } }),
    }));
  });

const strategy = (list: Variant[]): Strategy => ({
  id: 's1',
  name: 'flexibleRollout',
  parameters: { rollout: '100', groupId: 'f' },
  constraints: [],
  segments: [],
  variants: list,
});
const stateOf = (strategies: Strategy[], enabled = true): FlagState => ({
  enabled,
  strategies,
  variants: [],
});
const model = { source: 's', flag: 'f', by: 'variants' as const, stable: 'v41', candidate: 'v42' };

describe('all traffic to one variant', () => {
  it('sums to 1000, loses nothing but weights, and is what the service will store', () => {
    fc.assert(
      fc.property(variants, fc.nat(3), (list, pick) => {
        const to = list[pick % list.length]?.name ?? '';
        const after = allTo(list, to);
        expect(after.map(({ weight }) => weight).reduce((a, b) => a + b)).toBe(1000);
        expect(after.find(({ name }) => name === to)?.weight).toBe(1000);
        const rest = (all: Variant[]) =>
          all.map(({ weight: _weight, weightType: _type, ...others }) => others);
        expect(rest(after)).toEqual(rest(list));
        expect(problemsOf(stateOf([strategy(list)]))).toEqual([]);
        expect(problemsOf(stateOf([strategy(after)]))).toEqual([]);
      }),
      runs(500),
    );
  });

  it('keeps how weights are computed, unless the service would share them out again', () => {
    const fixed: Variant[] = [
      { name: 'v41', weight: 750, weightType: 'fix' },
      { name: 'v42', weight: 250, weightType: 'variable' },
    ];
    expect(allTo(fixed, 'v41').map(({ weightType }) => weightType)).toEqual(['fix', 'variable']);
    const computed: Variant[] = [
      { name: 'v41', weight: 500, weightType: 'variable' },
      { name: 'v42', weight: 500, weightType: 'variable' },
    ];
    expect(allTo(computed, 'v41').map(({ weightType }) => weightType)).toEqual(['variable', 'fix']);
  });

  it('is done in every strategy, and does not touch the state it starts from', () => {
    fc.assert(
      fc.property(fc.array(variants, { minLength: 1, maxLength: 3 }), (lists) => {
        const before = stateOf(
          lists.map((list, index) => ({ ...strategy(list), id: `s${index}` })),
        );
        const copy = structuredClone(before);
        const common = NAMES.find((name) =>
          lists.every((list) => list.some((variant) => variant.name === name)),
        );
        const to = common ?? 'v41';
        const { after, impossible } = rollbackState({ ...model, stable: to }, before, to);
        expect(before).toEqual(copy);
        if (common === undefined) {
          expect(impossible).not.toBeNull();
          expect(after).toEqual(before);
        } else {
          expect(impossible).toBeNull();
          const answers = expectedAnswers(after).shares;
          expect([...answers.keys()]).toEqual([to]);
        }
      }),
    );
  });
});

describe('a rollback by percentage', () => {
  const rollout = { ...model, by: 'rollout' as const };
  it('sends nobody to the candidate, and pauses what has no percentage', () => {
    const before = stateOf([
      { ...strategy([]), parameters: { rollout: '25' } },
      { ...strategy([]), id: 's2', name: 'userWithId', parameters: { userIds: 'ada' } },
    ]);
    const { after } = rollbackState(rollout, before, 'v41');
    expect(
      after.strategies.map(({ parameters, disabled }) => [parameters.rollout, disabled]),
    ).toEqual([
      ['0', undefined],
      [undefined, true],
    ]);
    expect(movement(rollout, before, after)).toMatchObject({ from: ['v42'], to: 'v41' });
  });
  it('cannot send anybody to a third version', () => {
    expect(rollbackState(rollout, stateOf([strategy([])]), 'v39').impossible).toContain('v39');
  });
});

describe('a kill switch', () => {
  it('turns off and on again to the same state', () => {
    const before = stateOf([strategy([])]);
    const off = killSwitchState(before, false, 'f');
    expect(off.enabled).toBe(false);
    expect(sameFlagState(killSwitchState(off, true, 'f'), before)).toBe(true);
  });
  it('that never had a strategy is given one that reaches everybody', () => {
    const on = killSwitchState(stateOf([], false), true, 'f');
    expect(expectedAnswers(on)).toEqual({ shares: new Map([['on', 1]]), exact: true });
  });
});

describe('the difference between two states', () => {
  it('is empty for equal ones only', () => {
    fc.assert(
      fc.property(variants, variants, fc.boolean(), (a, b, enabled) => {
        const [one, two] = [stateOf([strategy(a)]), stateOf([strategy(b)], enabled)];
        expect(diffLines('production', one, structuredClone(one))).toEqual([]);
        const lines = diffLines('production', one, two);
        expect(lines.length > 0).toBe(!sameFlagState(one, two));
      }),
    );
  });
  it('shows strategies put in another order', () => {
    const [one, two] = [
      { ...strategy([]), sortOrder: 0 },
      { ...strategy([]), id: 's2', title: 'staff', sortOrder: 1 },
    ];
    const before = stateOf([one, two]);
    const after = stateOf([
      { ...one, sortOrder: 1 },
      { ...two, sortOrder: 0 },
    ]);
    expect(sameFlagState(before, after)).toBe(false);
    expect(diffLines('production', before, after).map(({ sign, text }) => sign + text)).toEqual([
      ' production · order of strategies',
      '-flexibleRollout, staff',
      '+staff, flexibleRollout',
    ]);
  });
  it('names what was added, removed and paused', () => {
    const before = stateOf([strategy([])], false);
    const after = stateOf([
      { ...strategy([]), disabled: true },
      { ...strategy([]), id: 'new', title: 'staff' },
    ]);
    expect(diffLines('production', before, after).map(({ sign, text }) => sign + text)).toEqual([
      ' production',
      '-off',
      '+on',
      ' production · flexibleRollout',
      '-state active',
      '+state paused',
      ' production · staff · added',
      '+title staff',
      '+state active',
      '+rollout 100 %',
      '+groupId f',
    ]);
  });
});

describe('served', () => {
  const divided = (shares: Record<string, number>) => ({
    shares: new Map(Object.entries(shares)),
    exact: true,
  });
  const all = divided({ v41: 1 });
  const quarter = divided({ v41: 0.75, v42: 0.25 });
  it('is proven only when nobody gets anything else', () => {
    expect(judgeServed(quarter, all, { counts: { v41: 200 }, probes: 200 })).toEqual({
      proven: true,
      alike: false,
      text: '200 of 200 evaluations answer v41',
    });
    const one = judgeServed(quarter, all, { counts: { v41: 199, v42: 1 }, probes: 200 });
    expect(one).toMatchObject({ proven: false, text: expect.stringContaining('1 v42 of 200') });
  });
  it('of a division allows for chance, and not for more', () => {
    const judge = (v42: number) =>
      judgeServed(all, quarter, { counts: { v41: 200 - v42, v42 }, probes: 200 }).proven;
    expect([45, 50, 60].map(judge)).toEqual([true, true, true]);
    expect([0, 10, 100].map(judge)).toEqual([false, false, false]);
  });
  it.each([
    [0, 1],
    [1, 5],
    [5, 10],
    [10, 25],
    [25, 50],
    [50, 100],
    [100, 50],
    [1, 0],
  ])('of %i to %i %% is not proven by what was served before', (from, to) => {
    const at = (percent: number) =>
      divided({ v41: 1 - percent / 100, ...(percent === 0 ? {} : { v42: percent / 100 }) });
    const probes = probesFor(at(from), at(to));
    const judge = (percent: number) => {
      const v42 = Math.round((probes * percent) / 100);
      const counts = Object.fromEntries(
        Object.entries({ v41: probes - v42, v42 }).filter(([, count]) => count > 0),
      );
      return judgeServed(at(from), at(to), { counts, probes });
    };
    expect(judge(from).proven).toBe(false);
    expect(judge(to)).toMatchObject({ proven: true, alike: false });
  });
  it('says of too small a difference that it cannot be told', () => {
    const [before, after] = [divided({ v41: 0.9, v42: 0.1 }), divided({ v41: 0.899, v42: 0.101 })];
    const probes = probesFor(before, after);
    expect(probes).toBe(20_000);
    const counts = { v41: 17_990, v42: 2_010 };
    expect(judgeServed(before, after, { counts, probes })).toMatchObject({
      proven: false,
      alike: true,
    });
  });
  it('with constraints asks that nobody gets what nobody may get, and that anybody gets anything', () => {
    const asked = { constraints: [{}], parameters: { rollout: '100' } };
    const named = (...names: string[]) =>
      expectedAnswers(
        stateOf([{ ...strategy(names.map((name) => ({ name, weight: 1 }) as Variant)), ...asked }]),
      );
    const [before, after] = [named('v41', 'v42'), named('v41')];
    expect(after.exact).toBe(false);
    const judge = (counts: Record<string, number>) =>
      judgeServed(before, after, { counts, probes: 200 });
    expect(judge({ v41: 20, off: 180 })).toMatchObject({ proven: true, alike: false });
    expect(judge({ v42: 1, off: 199 })).toMatchObject({ proven: false, alike: false });
    // Made-up users whom the rule does not mean show nothing of it.
    expect(judge({ off: 200 })).toMatchObject({ proven: false, alike: true });
  });
});

describe('live', () => {
  const base = {
    windowMs: 20_000,
    intended: new Map([
      ['v41', 1],
      ['v42', 0],
    ]),
    from: ['v42'],
    flagBefore: 0.31,
    turnsBefore: [],
    minRequests: 30,
  };
  it('is proven when the losing version gets no more requests', () => {
    expect(judgeLive({ ...base, turns: [{ version: 'v41', turns: 214 }] })).toMatchObject({
      proven: true,
      text: '0 of 214 requests on v42 in the last 20 s (was 31 %)',
    });
  });
  it('is not proven by a handful of requests', () => {
    const verdict = judgeLive({ ...base, turns: [{ version: 'v41', turns: 29 }] });
    expect(verdict).toMatchObject({ proven: false, untold: TOO_FEW, requests: 29 });
  });
  it('is not proven while it still gets some', () => {
    const turns = [
      { version: 'v41', turns: 90 },
      { version: 'v42', turns: 10 },
    ];
    expect(judgeLive({ ...base, turns })).toMatchObject({ proven: false, untold: null });
  });
  it('of a canary of one in a hundred needs more requests than one of three in ten', () => {
    const judge = (requests: number) =>
      judgeLive({ ...base, flagBefore: 0.01, turns: [{ version: 'v41', turns: requests }] });
    expect(judge(300)).toMatchObject({ proven: false, untold: TOO_FEW });
    expect(judge(1_000)).toMatchObject({ proven: true, untold: null });
  });
  it.each([
    [1, 5],
    [5, 10],
    [10, 25],
    [25, 50],
    [50, 25],
  ])('of a ramp from %i to %i %% is not proven by traffic that did not move', (from, to) => {
    const judge = (percent: number, requests: number) => {
      const v42 = Math.round((requests * percent) / 100);
      return judgeLive({
        ...base,
        intended: new Map([
          ['v41', 1 - to / 100],
          ['v42', to / 100],
        ]),
        from: [to > from ? 'v41' : 'v42'],
        flagBefore: (to > from ? 100 - from : from) / 100,
        turns: [
          { version: 'v41', turns: requests - v42 },
          { version: 'v42', turns: v42 },
        ],
      });
    };
    for (const requests of [30, 100, 300, 1_000, 10_000, 100_000]) {
      expect(judge(from, requests).proven).toBe(false);
    }
    expect(judge(to, 30).untold).toBe(TOO_FEW);
    expect(judge(to, 10_000)).toMatchObject({ proven: true, untold: null });
  });
  it('says where the losing version had nothing to lose in traffic', () => {
    const turns = [{ version: 'v41', turns: 500 }];
    // The flag had a quarter of users on it, and traffic did not follow it.
    const turnsBefore = [{ version: 'v41', turns: 200 }];
    const verdict = judgeLive({ ...base, flagBefore: 0.25, turnsBefore, turns });
    expect(verdict).toMatchObject({ proven: false, untold: expect.stringContaining('no more') });
    // A handful of requests says nothing against the flag.
    const few = [{ version: 'v41', turns: 20 }];
    expect(judgeLive({ ...base, flagBefore: 0.25, turnsBefore: few, turns }).proven).toBe(true);
  });
});

describe('recovered', () => {
  const p95 = { id: 'latency_p95', short: 'p95', unit: 's' as const };
  const cell = (state: 'ok' | 'watch' | 'few' | 'stale', value = 2.2) => ({
    signal: 'latency_p95',
    value,
    at: 1,
    state,
    low: null,
    high: 3,
    why: '',
  });
  it.each([
    ['ok', true, 'p95 2.2 s in band'],
    ['watch', false, 'p95 2.2 s still out of band'],
    ['few', false, 'p95 2.2 s: too few requests to tell'],
    ['stale', false, 'p95: no fresh value yet'],
  ] as const)('%s → %s', (state, inBand, text) => {
    const watched = [{ definition: p95, version: '', cell: cell(state) }];
    const judged = judgeRecovered(watched, false);
    expect(judged).toMatchObject({ inBand, text });
    expect(judged.out).toEqual(state === 'watch' ? [text] : []);
    expect(judged.untold).toEqual(state === 'few' || state === 'stale' ? [text] : []);
  });
  it('waits for what is not measured, unless the AI path is off; and takes it for no evidence', () => {
    const watched = [{ definition: p95, version: '', cell: null }];
    expect(judgeRecovered(watched, true)).toMatchObject({ inBand: true, measured: false });
    expect(judgeRecovered(watched, false)).toMatchObject({ inBand: false, measured: false });
    const one = { definition: p95, version: 'v41', cell: cell('ok') };
    expect(judgeRecovered([...watched, one], true)).toMatchObject({ inBand: true, measured: true });
  });
});
