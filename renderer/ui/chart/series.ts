/** Pure functions between columns of points and what is drawn. */
import { formatClock } from '../format.ts';

/** How a line is drawn: by the state of what it shows, never as decoration. */
export type LineTone = 'bad' | 'watch' | 'ok' | 'neutral' | 'accent' | 'faint';

export const LINE_COLOUR: Record<LineTone, string> = {
  bad: 'var(--nd-red)',
  watch: 'var(--nd-amber)',
  ok: 'var(--nd-green)',
  neutral: 'var(--nd-text)',
  accent: 'var(--nd-accent)',
  faint: 'var(--nd-faint)',
};

export interface ChartSeries {
  id: string;
  label: string;
  tone: LineTone;
  dashed?: boolean;
  /** Milliseconds, ascending. */
  ts: readonly number[];
  value: readonly number[];
}

export interface Marker {
  at: number;
  label: string;
  tone: 'accent' | 'watch' | 'faint';
}

/** One row of the chart: the moment and the value of each series that has one there. */
export type ChartRow = { at: number } & Record<string, number | null>;

/**
 * Merges series into rows by moment. A hole of more than `gapSteps` usual steps gets a row of nulls, so that
 * the line breaks there; a series that only lacks single points is joined over them.
 */
export function toRows(series: readonly ChartSeries[], gapSteps = 4): ChartRow[] {
  const rows = new Map<number, ChartRow>();
  const rowAt = (at: number): ChartRow => {
    const known = rows.get(at);
    if (known) return known;
    const row: ChartRow = { at };
    rows.set(at, row);
    return row;
  };
  for (const { id, ts, value } of series) {
    for (let i = 0; i < ts.length; i++) {
      const at = ts[i];
      const v = value[i];
      if (at !== undefined && v !== undefined && Number.isFinite(v)) rowAt(at)[id] = v;
    }
  }
  const sorted = [...rows.values()].sort((a, b) => a.at - b.at);
  return joinHoles(sorted, series, gapSteps);
}

/** Fills single missing points by interpolation, and leaves real holes empty. */
function joinHoles(rows: ChartRow[], series: readonly ChartSeries[], gapSteps: number): ChartRow[] {
  const added: ChartRow[] = [];
  for (const { id } of series) {
    const own = rows.flatMap((row, index) => {
      const value = row[id];
      return typeof value === 'number' ? [{ index, at: row.at, value }] : [];
    });
    const holes = holesIn(
      own.map((point) => point.at),
      gapSteps,
    );
    for (let i = 1; i < own.length; i++) {
      const last = own[i - 1];
      const next = own[i];
      if (!last || !next) continue;
      if (holes.has(i)) {
        // With no row of another series between them there is nothing to break the line yet.
        if (next.index - last.index === 1) {
          added.push({ at: (next.at + last.at) / 2, [id]: null } as ChartRow);
        }
        continue;
      }
      for (let between = last.index + 1; between < next.index; between++) {
        const hole = rows[between];
        if (!hole) continue;
        const part = (hole.at - last.at) / (next.at - last.at);
        hole[id] = last.value + (next.value - last.value) * part;
      }
    }
  }
  return added.length === 0 ? rows : [...rows, ...added].sort((a, b) => a.at - b.at);
}

/**
 * Which points have a hole before them: much longer than the steps on both sides of it. Judged by its
 * neighbours, because imported history is often coarser than what is scraped live.
 */
export function holesIn(ts: readonly number[], gapSteps: number): Set<number> {
  const gap = (index: number) => {
    const [from, to] = [ts[index - 1], ts[index]];
    return from === undefined || to === undefined ? 0 : to - from;
  };
  const holes = new Set<number>();
  for (let i = 1; i < ts.length; i++) {
    const around = Math.max(gap(i - 1), gap(i + 1));
    if (around > 0 && gap(i) > gapSteps * around) holes.add(i);
  }
  return holes;
}

/** The median distance between neighbouring points; infinity for fewer than three. */
export function usualStep(ts: readonly number[]): number {
  if (ts.length < 3) return Number.POSITIVE_INFINITY;
  const steps: number[] = [];
  for (let i = 1; i < ts.length; i++) steps.push((ts[i] ?? 0) - (ts[i - 1] ?? 0));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? Number.POSITIVE_INFINITY;
}

/** Round moments for a time axis, at most `count`, on whole minutes, hours or days of local time. */
export function timeTicks(from: number, to: number, count: number): number[] {
  const MINUTE = 60_000;
  const steps = [
    0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200,
  ];
  const wanted = (to - from) / Math.max(1, count) / MINUTE;
  const step = (steps.find((one) => one >= wanted) ?? 43_200) * MINUTE;
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) {
    ticks.push(at);
  }
  return ticks;
}

/** Round values from 0 (or below) to a little above the largest. */
export function valueTicks(low: number, high: number, count = 4): number[] {
  const bottom = Math.min(0, Number.isFinite(low) ? low : 0);
  const highest = Number.isFinite(high) ? Math.max(high, bottom) : 1;
  // A signal that is flat at zero still needs a height.
  const top = highest > bottom ? highest : bottom + 1;
  const span = top - bottom;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let at = Math.floor(bottom / step) * step; at < top + step; at += step) {
    ticks.push(Number(at.toPrecision(10)));
    if (ticks.length > 20) break;
  }
  return ticks;
}

/** The least and the greatest of all values; the infinities, crossed, where there is none. */
export function extentOf(rows: readonly ChartRow[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) {
      if (key === 'at' || value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return { low, high };
}

/** A moment below an axis that spans so much time: as fine as that asks for. */
export function axisTime(at: number, span: number): string {
  if (span <= 10 * 60_000) return formatClock(at, { seconds: true });
  if (span <= 36 * 3_600_000) return formatClock(at);
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(at);
}
