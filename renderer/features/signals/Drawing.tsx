/** The drawn part of a chart: lines, band, axes. It is drawn again only when its data or its size changes. */
import { memo, useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceArea, XAxis, YAxis } from 'recharts';
import type { Unit } from '#shared/model/signal.ts';
import {
  axisTime,
  type ChartRow,
  type ChartSeries,
  extentOf,
  LINE_COLOUR,
  timeTicks,
  toRows,
  valueTicks,
} from '../../ui/chart/series.ts';
import { formatValue } from '../../ui/index.ts';
import { MARGIN } from './plot.ts';

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
          stroke={LINE_COLOUR[one.tone]}
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

/** With the edge of its band in sight, unless that would press the line flat. */
function scale(rows: readonly ChartRow[], band: DrawingProps['band']): number[] {
  const { low, high } = extentOf(rows);
  const edge = band?.high ?? null;
  const near = edge !== null && Number.isFinite(high) && edge < high * 4;
  return valueTicks(low, near ? Math.max(high, edge) : high, 3);
}
