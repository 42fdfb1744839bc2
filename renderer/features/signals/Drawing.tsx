/** The drawn part of a chart: lines, band, axes. It is drawn again only when its data or its size changes. */
import { memo, useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceArea, XAxis, YAxis } from 'recharts';
import type { Unit } from '#shared/model/signal.ts';
import {
  type ChartRow,
  type ChartSeries,
  type LineTone,
  timeTicks,
  toRows,
  valueTicks,
} from '../../ui/chart/series.ts';
import { formatClock, formatValue } from '../../ui/index.ts';
import { MARGIN } from './plot.ts';

export const COLOUR: Record<LineTone, string> = {
  bad: 'var(--nd-red)',
  watch: 'var(--nd-amber)',
  ok: 'var(--nd-green)',
  neutral: 'var(--nd-text)',
  accent: 'var(--nd-accent)',
  faint: 'var(--nd-faint)',
};
const TICK = { fill: 'var(--nd-faint)', fontSize: 10 } as const;

export interface DrawingProps {
  series: readonly ChartSeries[];
  unit: Unit;
  from: number;
  to: number;
  band: { low: number | null; high: number | null } | null;
  width: number;
  height: number;
}

export default memo(function Drawing(props: DrawingProps) {
  const { series, unit, from, to, band, width, height } = props;
  const rows = useMemo(() => toRows(series), [series]);
  const ticks = useMemo(() => scale(rows, band), [rows, band]);
  const bottom = ticks[0] ?? 0;
  const top = ticks.at(-1) ?? 1;
  return (
    <LineChart
      data={rows}
      width={width}
      height={height}
      margin={{ top: MARGIN.top, right: MARGIN.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--nd-line)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[from, to]}
        ticks={timeTicks(from, to, Math.max(2, Math.floor(width / 90)))}
        tickFormatter={(at: number) => axisTime(at, to - from)}
        tick={TICK}
        axisLine={false}
        tickLine={false}
        height={MARGIN.bottom}
        allowDataOverflow
      />
      <YAxis
        type="number"
        domain={[bottom, top]}
        ticks={ticks}
        tickFormatter={(value: number) => formatValue(value, unit)}
        tick={TICK}
        axisLine={false}
        tickLine={false}
        width={MARGIN.left}
      />
      {band ? (
        <ReferenceArea
          y1={band.low ?? bottom}
          y2={band.high ?? top}
          fill="var(--nd-green)"
          fillOpacity={0.1}
          stroke="none"
          ifOverflow="hidden"
        />
      ) : null}
      {series.map((one) => (
        <Line
          key={one.id}
          dataKey={one.id}
          stroke={COLOUR[one.tone]}
          strokeWidth={1.6}
          {...(one.dashed ? { strokeDasharray: '5 3' } : {})}
          dot={one.ts.length < 2 ? { r: 2 } : false}
          activeDot={false}
          isAnimationActive={false}
          type="linear"
        />
      ))}
    </LineChart>
  );
});

function scale(rows: readonly ChartRow[], band: DrawingProps['band']): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) {
      if (key === 'at' || value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (Number.isFinite(high) && band?.high != null && band.high < high * 4)
    high = Math.max(high, band.high);
  return valueTicks(low, high, 3);
}

function axisTime(at: number, span: number): string {
  if (span <= 5 * 60_000) return formatClock(at, { seconds: true });
  if (span <= 36 * 3_600_000) return formatClock(at);
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(at);
}
