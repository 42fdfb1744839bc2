import { expect, test } from 'vitest';
import type { MatrixRow } from '#shared/contract/overview.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import type { Cell, FrameSeries, SignalDefinition } from '#shared/model/signal.ts';
import {
  aroundMoment,
  bandOf,
  momentOf,
  seriesOf,
  valueAt,
  xOf,
} from '../../renderer/features/signals/plot.ts';

const signal = (id: string): SignalDefinition => {
  const found = DEFAULT_SIGNALS.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found;
};
const cell = (id: string, state: Cell['state'], high: number | null): Cell => ({
  signal: id,
  value: 1,
  at: 1,
  state,
  low: null,
  high,
  why: '',
});
const row = (version: string, part: MatrixRow['part'], cells: Cell[]): MatrixRow => ({
  service: 'bot',
  title: 'bot',
  version,
  part,
  rollout: null,
  trafficShare: null,
  cells,
});
const series = (version: string, id = 'latency_p95'): FrameSeries => ({
  signal: id,
  service: 'bot',
  environment: 'production',
  version,
  ts: [1000, 2000],
  value: [1, 2],
});

test('a place in the plot and a moment are two ways to say the same', () => {
  const scale = { from: 1000, to: 61_000, width: 400 };
  for (const at of [1000, 20_000, 61_000]) expect(momentOf(scale, xOf(scale, at))).toBeCloseTo(at);
  expect(momentOf(scale, -50)).toBe(1000);
  expect(momentOf(scale, 5000)).toBe(61_000);
});

test('the nearest point counts, unless it is too far away to speak for the moment', () => {
  const points = { ts: [1000, 2000, 9000], value: [1, 2, 9] };
  expect(valueAt(points, 1600, 1000)?.value).toBe(2);
  expect(valueAt(points, 5000, 1000)).toBeNull();
  expect(valueAt({ ts: [], value: [] }, 1, 1000)).toBeNull();
  expect(valueAt({ ts: [1], value: [Number.NaN] }, 1, 10)).toBeNull();
});

test('versions are drawn where there are any, else the service as a whole', () => {
  const rows = [row('v41', 'stable', []), row('v42', 'candidate', [cell('latency_p95', 'bad', 2)])];
  const drawn = seriesOf([series(''), series('v42'), series('v41')], 'latency_p95', rows);
  expect(drawn.map(({ id, tone, dashed }) => [id, tone, dashed])).toEqual([
    ['v41', 'faint', false],
    ['v42', 'bad', true],
  ]);
  expect(seriesOf([series('')], 'latency_p95', rows).map((one) => one.label)).toEqual([
    'all versions',
  ]);
});

test('the band is the service’s own, the baseline’s computed edge, or none', () => {
  const rows = [row('v41', 'stable', [cell('latency_p95', 'ok', 2.3)])];
  expect(bandOf(signal('latency_p95'), undefined, rows)).toEqual({ low: null, high: 2.3 });
  expect(bandOf(signal('latency_p99'), undefined, rows)).toBeNull();
  expect(bandOf(signal('error_rate'), undefined, [])).toEqual({ low: null, high: 0.01 });
  expect(bandOf(signal('cost_per_day'), undefined, rows)).toBeNull();
});

test('a look around a moment is at least a minute wide', () => {
  const near = aroundMoment(1_000_000, 15 * 60_000);
  expect(near.to - near.from).toBe(60_000);
  const wide = aroundMoment(1_000_000_000, 24 * 3_600_000);
  expect(wide.to - wide.from).toBe(24 * 60_000);
});
