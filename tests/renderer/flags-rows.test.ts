import { expect, test } from 'vitest';
import type { Cell, CellState } from '#shared/model/signal.ts';
import { flagRemarks, healthOf, servesWords, shareOf } from '../../renderer/features/flags/rows.ts';
import { flagState } from './plan.fixture.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const cells = (...states: CellState[]): Cell[] =>
  states.map((state, at) => ({
    signal: `s${at}`,
    value: 1,
    at: 1,
    state,
    low: null,
    high: null,
    why: '',
  }));

test('health is the worst of its signals, and says when it cannot be told', () => {
  expect(healthOf(cells('ok', 'bad', 'bad', 'watch'))).toMatchObject({
    tone: 'bad',
    word: '2 out of band',
  });
  expect(healthOf(cells('ok', 'watch')).word).toBe('1 near the edge');
  expect(healthOf(cells('ok', 'ok')).word).toBe('in band');
  expect(healthOf(cells('ok', 'none')).word).toBe('in band');
  expect(healthOf(cells('ok', 'few')).word).toBe('1 of 2 in band');
  expect(healthOf(cells('few', 'few')).word).toBe('too few requests');
  expect(healthOf([])).toMatchObject({ tone: 'unknown', word: 'not known' });
});

test('a rollout far from its traffic share is noticed', () => {
  expect(shareOf({ rollout: 0.05, trafficShare: 0.3 }).far).toBe(true);
  expect(shareOf({ rollout: 0.25, trafficShare: 0.31 }).far).toBe(false);
  expect(shareOf({ rollout: null, trafficShare: 0.3 }).far).toBe(false);
});

test('what a flag hands out is one line', () => {
  expect(plain(servesWords(flagState(750, 250), 1))).toBe('v41 75 %, v42 25 %');
  expect(plain(servesWords(flagState(750, 250), 0.5))).toBe('50 % of users: v41 75 %, v42 25 %');
  expect(servesWords({ enabled: false, strategies: [], variants: [] }, 0)).toBe('off');
  expect(plain(servesWords({ enabled: true, strategies: [], variants: [] }, 1))).toBe('100 %');
});

test('a flag left at one percentage for weeks is noticed, one that steers a model is not', () => {
  const now = 100 * 86_400_000;
  const flag = {
    roles: [],
    stale: false,
    rollout: 0.5,
    lastChangedAt: now - 30 * 86_400_000,
    state: { enabled: true, strategies: [], variants: [] },
  };
  expect(flagRemarks(flag, now).map(plain)).toEqual(['at 50 % for 4 weeks: is the rollout stuck?']);
  expect(flagRemarks({ ...flag, rollout: 1 }, now).map(plain)).toEqual([
    'at 100 % for 4 weeks: it can be removed',
  ]);
  expect(flagRemarks({ ...flag, roles: [{ service: 's', role: 'kill_switch' }] }, now)).toEqual([]);
  expect(flagRemarks({ ...flag, lastChangedAt: now - 1000 }, now)).toEqual([]);
});
