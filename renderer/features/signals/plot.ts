/** Where things stand in a plot, and which values belong to a moment. Pure. */

import type { MatrixRow } from '#shared/contract/overview.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { FrameSeries, SignalDefinition } from '#shared/model/signal.ts';
import { plainString } from '#shared/util/visible-text.ts';
import type { ChartSeries, LineTone } from '../../ui/chart/series.ts';

/** Pixels around the plot: room for the axes. */
export const MARGIN = { left: 46, right: 16, top: 8, bottom: 18 } as const;

export interface Scale {
  from: number;
  to: number;
  width: number;
}

/** Pixels from the left edge of the chart. */
export function xOf({ from, to, width }: Scale, at: number): number {
  const inner = width - MARGIN.left - MARGIN.right;
  return MARGIN.left + (to > from ? ((at - from) / (to - from)) * inner : 0);
}

export function momentOf({ from, to, width }: Scale, x: number): number {
  const inner = Math.max(1, width - MARGIN.left - MARGIN.right);
  return from + Math.min(1, Math.max(0, (x - MARGIN.left) / inner)) * (to - from);
}

/** The value nearest to a moment; null where none is near (a hole of more than `reach` milliseconds). */
export function valueAt(
  series: Pick<ChartSeries, 'ts' | 'value'>,
  at: number,
  reach: number,
): { at: number; value: number } | null {
  const { ts, value } = series;
  let low = 0;
  let high = ts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ts[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const near = [low - 1, low]
    .filter((index) => index >= 0 && index < ts.length)
    .map((index) => ({ at: ts[index] ?? 0, value: value[index] ?? Number.NaN }))
    .toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0];
  return near && Math.abs(near.at - at) <= reach && Number.isFinite(near.value) ? near : null;
}

/**
 * What is drawn of one signal of one service: a line per version, or the service as a whole where only that is
 * known. A line has the colour of its state; the candidate is dashed besides.
 */
export function seriesOf(
  all: readonly FrameSeries[],
  signal: string,
  rows: readonly MatrixRow[],
): ChartSeries[] {
  const own = all.filter((one) => one.signal === signal && one.ts.length > 0);
  const versions = own.filter((one) => one.version !== '');
  const shown = versions.length > 0 ? versions : own;
  return shown
    .map((one) => {
      const row = rows.find((each) => each.version === one.version);
      const state = row?.cells.find((cell) => cell.signal === signal)?.state;
      return {
        id: one.version === '' ? 'all' : one.version,
        label: one.version === '' ? 'all versions' : plainString(one.version),
        tone: toneOf(state, one.version === ''),
        dashed: row?.part === 'candidate',
        ts: one.ts,
        value: one.value,
      };
    })
    .sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
}

function toneOf(state: string | undefined, whole: boolean): LineTone {
  if (state === 'bad') return 'bad';
  if (state === 'watch') return 'watch';
  if (state === 'ok') return 'ok';
  return whole ? 'neutral' : 'faint';
}

/**
 * The healthy range that can be drawn as one stretch. A forecast is split by traffic, so that each version has
 * its own; a baseline that nobody has computed has none.
 */
export function bandOf(
  signal: SignalDefinition,
  service: ServiceConfig | undefined,
  rows: readonly MatrixRow[],
): { low: number | null; high: number | null } | null {
  const band = service?.bands[signal.id] ?? signal.band;
  if (band.kind === 'below') return { low: null, high: band.limit };
  if (band.kind === 'above') return { low: band.limit, high: null };
  if (band.kind !== 'baseline') return null;
  const row = rows.find((one) => one.part === 'stable') ?? rows[0];
  const cell = row?.cells.find((one) => one.signal === signal.id);
  if (!cell || (cell.low === null && cell.high === null)) return null;
  return { low: cell.low, high: cell.high };
}

/** Round width of a look around a moment: a sixtieth of what is on screen, at least a minute. */
export function aroundMoment(at: number, span: number): { from: number; to: number } {
  const half = Math.max(60_000, span / 60) / 2;
  return { from: Math.round(at - half), to: Math.round(at + half) };
}
