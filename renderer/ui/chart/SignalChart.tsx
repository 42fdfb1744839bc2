/**
 * One signal over time: a line per series, the healthy band, markers where something changed.
 * Hover shows all series at that moment; a click picks it; a drag zooms, where asked for.
 */

import { useMemo, useState } from 'react';
import {
  CartesianGrid,
  Label,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Unit } from '#shared/model/signal.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { formatClock, formatValue } from '../format.ts';
import styles from './SignalChart.module.css';
import {
  axisTime,
  type ChartRow,
  type ChartSeries,
  extentOf,
  LINE_COLOUR,
  type Marker,
  timeTicks,
  toRows,
  valueTicks,
} from './series.ts';

export interface SignalChartProps {
  series: readonly ChartSeries[];
  unit: Unit;
  from: number;
  to: number;
  /** The healthy range; null = no edge on that side. */
  band?: { low: number | null; high: number | null; label?: string } | undefined;
  markers?: readonly Marker[];
  /** Pixels; without it the chart fills its parent. */
  height?: number;
  /** Charts with the same id show the same moment on hover. */
  syncId?: string;
  label: string;
  onPick?: (at: number) => void;
  onZoom?: (from: number, to: number) => void;
  /** Text on each line's end; off where a legend stands beside. */
  endLabels?: boolean;
}

const MARKER: Record<Marker['tone'], string> = {
  accent: 'var(--nd-accent)',
  watch: 'var(--nd-amber)',
  faint: 'var(--nd-faint)',
};

export default function SignalChart(props: SignalChartProps) {
  const { series, unit, from, to, band, markers = [], onPick, onZoom } = props;
  const rows = useMemo(() => toRows(series), [series]);
  const ticks = useMemo(() => scale(rows, band), [rows, band]);
  const [drag, setDrag] = useState<{ start: number; end: number } | null>(null);
  const shown = markers.filter((marker) => marker.at >= from && marker.at <= to);
  const top = ticks.at(-1) ?? 1;
  const bottom = ticks[0] ?? 0;

  const release = () => {
    if (!drag) return;
    const [low, high] = [Math.min(drag.start, drag.end), Math.max(drag.start, drag.end)];
    setDrag(null);
    if (onZoom && high - low > (to - from) / 100) onZoom(low, high);
    else onPick?.(drag.start);
  };

  return (
    <div
      className={styles.chart}
      style={props.height === undefined ? undefined : { height: props.height }}
      role="img"
      aria-label={plainString(props.label)}
    >
      <ResponsiveContainer
        width="100%"
        height="100%"
        initialDimension={{ width: 600, height: 200 }}
      >
        <LineChart
          data={rows}
          margin={{ top: 22, right: 12, bottom: 0, left: 0 }}
          {...(props.syncId === undefined
            ? {}
            : { syncId: props.syncId, syncMethod: 'value' as const })}
          onMouseDown={(state) => {
            const at = Number(state.activeLabel);
            if (Number.isFinite(at)) setDrag({ start: at, end: at });
          }}
          onMouseMove={(state) => {
            const at = Number(state.activeLabel);
            if (drag && onZoom && Number.isFinite(at)) setDrag({ ...drag, end: at });
          }}
          onMouseUp={release}
          onMouseLeave={() => setDrag(null)}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--nd-line)" />
          <XAxis
            dataKey="at"
            type="number"
            domain={[from, to]}
            ticks={timeTicks(from, to, 6)}
            tickFormatter={(at: number) => axisTime(at, to - from)}
            tick={{ fill: 'var(--nd-faint)', fontSize: 10.5 }}
            axisLine={false}
            tickLine={false}
            height={20}
            allowDataOverflow
          />
          <YAxis
            type="number"
            domain={[bottom, top]}
            ticks={ticks}
            tickFormatter={(value: number) => formatValue(value, unit)}
            tick={{ fill: 'var(--nd-faint)', fontSize: 10.5 }}
            axisLine={false}
            tickLine={false}
            width={50}
          />
          {band && (band.high !== null || band.low !== null) ? (
            <ReferenceArea
              y1={band.low ?? bottom}
              y2={band.high ?? top}
              fill="var(--nd-green)"
              fillOpacity={0.08}
              stroke="none"
              ifOverflow="hidden"
            >
              <Label
                value={band.label ?? ''}
                position="insideBottomLeft"
                offset={6}
                fill="var(--nd-green)"
                fontSize={10.5}
              />
            </ReferenceArea>
          ) : null}
          {shown.map((marker, index) => (
            <ReferenceLine
              key={`${marker.at} ${marker.label}`}
              x={marker.at}
              stroke={MARKER[marker.tone]}
              strokeDasharray="3 3"
            >
              <Label
                value={plainString(marker.label)}
                position={
                  marker.at > from + (to - from) * 0.55 ? 'insideTopRight' : 'insideTopLeft'
                }
                offset={0}
                dy={-17 + (index % 3) * 13}
                fill={MARKER[marker.tone]}
                fontSize={10.5}
                {...HALO}
              />
            </ReferenceLine>
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--nd-line-strong)' }}
            content={({ active, label }) =>
              active && typeof label === 'number' ? (
                <Hover rows={rows} at={label} series={series} unit={unit} />
              ) : null
            }
          />
          {series.map((one) => (
            <Line
              key={one.id}
              dataKey={one.id}
              name={plainString(one.label)}
              stroke={LINE_COLOUR[one.tone]}
              strokeWidth={1.8}
              {...(one.dashed ? { strokeDasharray: '5 4' } : {})}
              dot={one.value.length < 2 ? { r: 2 } : false}
              activeDot={{ r: 3 }}
              isAnimationActive={false}
              type="linear"
            />
          ))}
          {props.endLabels === false
            ? null
            : series.map((one) => <EndLabel key={one.id} series={one} top={top} />)}
          {drag && drag.start !== drag.end ? (
            <ReferenceArea
              x1={drag.start}
              x2={drag.end}
              fill="var(--nd-accent)"
              fillOpacity={0.15}
            />
          ) : null}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

/** Keeps a label readable where a line runs through it. */
const HALO = { stroke: 'var(--nd-panel)', strokeWidth: 4, paintOrder: 'stroke' } as const;

/** The line's name at its end: above the line, below it where the chart ends. */
function EndLabel(props: { series: ChartSeries; top: number }) {
  const { ts, value, label, tone } = props.series;
  const x = ts.at(-1);
  const y = value.at(-1);
  if (x === undefined || y === undefined || !Number.isFinite(y)) return null;
  const near = y > props.top * 0.82;
  return (
    <ReferenceDot x={x} y={y} r={0} stroke="none" ifOverflow="hidden">
      <Label
        value={plainString(label)}
        position="left"
        dy={near ? 9 : -9}
        offset={2}
        fill={LINE_COLOUR[tone]}
        fontSize={11}
        {...HALO}
      />
    </ReferenceDot>
  );
}

function Hover(props: {
  rows: readonly ChartRow[];
  at: number;
  series: readonly ChartSeries[];
  unit: Unit;
}) {
  const row = props.rows.find((one) => one.at === props.at);
  if (!row) return null;
  return (
    <div className={styles.hover}>
      <div className={styles.when}>{formatClock(props.at, { seconds: true, now: Date.now() })}</div>
      {props.series.map((one) => (
        <div key={one.id} className={styles.row}>
          <span style={{ color: LINE_COLOUR[one.tone] }}>{plainString(one.label)}</span>
          <span>{formatValue(row[one.id], props.unit)}</span>
        </div>
      ))}
    </div>
  );
}

function scale(rows: readonly ChartRow[], band: SignalChartProps['band']): number[] {
  const { low, high } = extentOf(rows);
  return valueTicks(low, Math.max(high, band?.high ?? high));
}
