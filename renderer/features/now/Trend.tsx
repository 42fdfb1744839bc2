import type { Incident, MatrixRow } from '#shared/contract/overview.ts';
import { go } from '../../client/go.ts';
import { type ChartSeries, Empty, formatValue, LazyChart, Panel } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './now.module.css';
import { chartFrom, markersOf, seriesOf } from './trend.ts';

/** The signal that tells the break best, per version, with what changed and the healthy band. */
export function Trend(props: { incident: Incident; rows: readonly MatrixRow[] }) {
  const { incident } = props;
  const now = useNow(5);
  const chart = incident.chart;
  if (!chart || chart.frame.series.every((one) => one.ts.length === 0)) {
    return (
      <Panel title="Trend" className={styles.trend}>
        <Empty small title="No signal tells this break">
          The signals of {incident.service} have no points around its beginning.
        </Empty>
      </Panel>
    );
  }
  const series: ChartSeries[] = seriesOf(chart.frame.series, props.rows);
  const from = chartFrom(chart.frame.series, incident.since, now);
  return (
    <Panel
      title={`${chart.signal.title} by version`}
      aside="click a point for conversations from then"
      className={styles.trend}
      flush
      fill
    >
      <div className={styles.chart}>
        <LazyChart
          label={`${chart.signal.title} of ${incident.service} by version over time`}
          series={series}
          unit={chart.signal.unit}
          from={from}
          to={Math.max(now, from + 60_000)}
          band={
            chart.high === null
              ? undefined
              : {
                  low: null,
                  high: chart.high,
                  label: `band: ${formatValue(chart.high, chart.signal.unit)}`,
                }
          }
          markers={markersOf(chart.changes, incident)}
          onPick={(at) => {
            const around = 3 * 60_000;
            go(
              `/conversations?service=${encodeURIComponent(incident.service)}&from=${Math.round(at - around)}&to=${Math.round(at + around)}`,
            );
          }}
        />
      </div>
    </Panel>
  );
}
