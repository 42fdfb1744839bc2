import type { Action } from '#shared/model/action.ts';
import type { FrameSeries, SignalDefinition } from '#shared/model/signal.ts';
import { useOperation } from '../../client/query.ts';
import {
  type ChartSeries,
  Empty,
  formatClock,
  formatValue,
  LazyChart,
  type LineTone,
  Panel,
  Skeleton,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './action.module.css';
import { tellingSignal } from './words.ts';

const BEFORE_MS = 6 * 60_000;
const AFTER_MS = 6 * 60_000;
/** The right edge moves in steps, so that the question to the core stays the same for a while. */
const STEP_MS = 15_000;

/** The telling signal and the traffic share by version, live, with the moment of the action. */
export function Recovery(props: { action: Action }) {
  const { action } = props;
  const now = useNow(5);
  const list = useOperation('signals.list', {});
  const telling = tellingSignal(action.plan);
  const to =
    action.endedAt === null
      ? Math.ceil((now + STEP_MS) / STEP_MS) * STEP_MS
      : Math.min(Math.ceil((now + 1) / STEP_MS) * STEP_MS, action.endedAt + AFTER_MS);
  const from = action.startedAt - BEFORE_MS;
  const ids = [...new Set([telling?.signal ?? 'latency_p95', 'traffic_share'])];
  const asked = useOperation(
    'signals.query',
    {
      signals: ids,
      environment: action.environment,
      services: [action.service],
      from,
      to,
      maxPoints: 300,
    },
    { keepPrevious: true, enabled: action.service !== '' },
  );
  if (!asked.data || !list.data) {
    return asked.error ? null : (
      <Panel title="Signals">
        <Skeleton height={150} />
      </Panel>
    );
  }
  return (
    <div className={styles.charts}>
      {ids.map((id) => {
        const signal = list.data.signals.find((one) => one.id === id);
        const series = asked.data.frame.series.filter(
          (one) => one.signal === id && one.version !== '' && one.ts.length > 0,
        );
        if (!signal) return null;
        return (
          <OneSignal
            key={id}
            action={action}
            signal={signal}
            series={series}
            from={from}
            to={to}
            high={id === telling?.signal ? telling.high : null}
            low={id === telling?.signal ? telling.low : null}
          />
        );
      })}
    </div>
  );
}

function OneSignal(props: {
  action: Action;
  signal: SignalDefinition;
  series: readonly FrameSeries[];
  from: number;
  to: number;
  high: number | null;
  low: number | null;
}) {
  const { action, signal } = props;
  const edge = props.high ?? props.low;
  const lines: ChartSeries[] = props.series.map((one) => ({
    id: one.version,
    label: one.version,
    tone: toneOf(action.plan, one.version),
    ts: one.ts,
    value: one.value,
  }));
  return (
    <Panel
      title={`${signal.title} by version`}
      aside={action.endedAt === null ? 'live' : 'around the action'}
      flush
      fill
    >
      {lines.length === 0 ? (
        <Empty small title="No points yet" />
      ) : (
        <LazyChart
          label={`${signal.title} of ${action.service} by version around the action`}
          series={lines}
          unit={signal.unit}
          from={props.from}
          to={props.to}
          syncId="action"
          band={
            edge === null
              ? undefined
              : {
                  high: props.high,
                  low: props.low,
                  label: `band: ${formatValue(edge, signal.unit)}`,
                }
          }
          markers={[
            {
              at: action.startedAt,
              label: `${happened(action) ? WORD[action.kind] : 'asked for'}, ${formatClock(action.startedAt, { seconds: true })}`,
              tone: 'accent',
            },
          ]}
        />
      )}
    </Panel>
  );
}

/** Only where something is to be mended is the version that loses the broken one. */
function toneOf({ fromVersions, toVersion, outOfBand }: Action['plan'], version: string): LineTone {
  const mends = outOfBand.length > 0;
  if (fromVersions.includes(version)) return mends ? 'bad' : 'neutral';
  if (version !== toVersion) return 'neutral';
  return mends ? 'ok' : 'accent';
}

/** Whether the change is known to have reached the outside. */
function happened(action: Action): boolean {
  return action.steps.some((step) => step.name === 'stored' && step.state === 'done');
}

const WORD: Record<Action['kind'], string> = {
  rollback: 'rolled back',
  kill_switch: 'kill switch',
  ramp: 'ramped',
  restore: 'restored',
  silence: 'silenced',
  several: 'changed',
  drill: 'drill began',
  undo: 'undone',
};
