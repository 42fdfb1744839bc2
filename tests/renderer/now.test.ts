import { expect, test } from 'vitest';
import type { MatrixRow } from '#shared/contract/overview.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import type { Cell } from '#shared/model/signal.ts';
import { columnsOf, headline, sentenceOf, shapeOf } from '../../renderer/features/now/matrix.ts';
import { stepsOf } from '../../renderer/features/now/runbook-steps.ts';
import { chartFrom } from '../../renderer/features/now/trend.ts';

const cell = (change: Partial<Cell>): Cell => ({
  signal: 'latency_p95',
  value: 5.8,
  at: 1,
  state: 'bad',
  low: null,
  high: 2.3,
  why: '+10 % of v41',
  ...change,
});
const row: MatrixRow = {
  service: 'support-bot',
  title: 'Support bot',
  version: 'v42',
  part: 'candidate',
  rollout: 0.25,
  trafficShare: 0.31,
  cells: [],
};

test('speed comes first, and signals of one’s own after the default ones', () => {
  const watched = DEFAULT_SIGNALS.filter((signal) => signal.watch);
  const own = { ...DEFAULT_SIGNALS[0], id: 'my_signal' };
  const ids = columnsOf([own as (typeof watched)[number], ...watched]).map((one) => one.id);
  expect(ids.slice(0, 2)).toEqual(['latency_p50', 'latency_p95']);
  expect(ids.at(-1)).toBe('my_signal');
});

test('no state is told by colour alone', () => {
  expect(shapeOf(cell({}))).toBe('▲');
  expect(shapeOf(cell({ value: 0.7, low: 0.8, high: null }))).toBe('▼');
  expect(shapeOf(cell({ state: 'watch', value: 2.2 }))).toBe('◆');
  expect(shapeOf(cell({ state: 'few' }))).toBe('few');
  expect(shapeOf(cell({ state: 'stale' }))).toBe('old');
});

test('a cell is a sentence with value, state, edge and reason', () => {
  const p95 = DEFAULT_SIGNALS.find((signal) => signal.id === 'latency_p95');
  expect(p95 && sentenceOf(row, p95, cell({})).replaceAll('\u00a0', ' ')).toBe(
    'support-bot v42: Latency p95 5.8 s, out of band, edge 2.3 s (+10 % of v41)',
  );
});

test('the service is not said twice', () => {
  expect(headline({ service: 'bot', title: 'p95 above 4 s' })).toBe('bot · p95 above 4 s');
  expect(headline({ service: 'bot', title: 'Bot production: slow' })).toBe('Bot production: slow');
});

test('steps of a runbook are its tasks, else its numbered list, without marks', () => {
  expect(
    stepsOf('# Title\n- [ ] Is it *one* version?\n- [x] **Roll back** by `flag`\n1. not me'),
  ).toEqual([
    { text: 'Is it one version?', acts: false },
    { text: 'Roll back by flag', acts: true },
  ]);
  expect(stepsOf('1. First [look](https://x)\n2. Then act').map((one) => one.text)).toEqual([
    'First look',
    'Then act',
  ]);
  expect(stepsOf('Only words.')).toEqual([]);
});

test('a step that goes on over lines is one, and its link says whether it acts', () => {
  const steps = stepsOf(
    '- [ ] Both are bad? Then it is another\n      cause. Read [on](x.md).\n- [ ] [Roll back](action:rollback?service=s). Read the plan.\n- [ ] Rollback does not help? [Turn off](action:kill_switch?service=s)',
  );
  expect(steps).toEqual([
    { text: 'Both are bad? Then it is another cause.', acts: false },
    { text: 'Roll back. Read the plan.', acts: true },
    { text: 'Rollback does not help?', acts: false },
  ]);
});

test('the chart begins early enough to see the calm before, and late enough to see the break', () => {
  const MINUTE = 60_000;
  const now = 100 * MINUTE;
  const series = [
    { signal: 's', service: 'b', environment: 'e', version: 'v1', ts: [40 * MINUTE], value: [1] },
  ];
  expect(chartFrom(series, now - 6 * MINUTE, now)).toBe(70 * MINUTE);
  expect(chartFrom(series, now - MINUTE, now)).toBe(85 * MINUTE);
  expect(chartFrom(series, now - 30 * MINUTE, now)).toBe(40 * MINUTE);
  expect(chartFrom([], now, now)).toBe(85 * MINUTE);
});
