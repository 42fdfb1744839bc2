import { Tooltip } from '@mantine/core';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { MatrixRow } from '#shared/contract/overview.ts';
import type { Cell, FrameSeries, SignalDefinition } from '#shared/model/signal.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation, useWindow } from '../../client/index.ts';
import {
  bandInWords,
  CELL_WORD,
  formatAge,
  formatValue,
  Go,
  StateDot,
  toneOfCell,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './Runbooks.module.css';
import { type LiveReference, liveReferences } from './read-links.ts';

/** How old the newest point may be before the value is called old, milliseconds. */
const LOOK_BACK_MS = 10 * 60_000;
const STEP_S = 5;
const AT_MOST = 20;

interface Values {
  signals: readonly SignalDefinition[];
  matrix: readonly MatrixRow[];
  series: readonly FrameSeries[];
  ready: boolean;
  /** False when the values could not be read. */
  ok: boolean;
}
const LiveValues = createContext<Values>({
  signals: [],
  matrix: [],
  series: [],
  ready: false,
  ok: true,
});

/** Reads everything that a text asks for in one question, and again every few seconds. */
export function LiveValuesOf(props: { body: string; children: ReactNode }) {
  const environment = useWindow((state) => state.environment);
  const wanted = useMemo(() => liveReferences(props.body), [props.body]);
  const ids = [...new Set(wanted.map((one) => one.signal))].slice(0, AT_MOST);
  const services = [...new Set(wanted.map((one) => one.service))];
  const listed = useOperation('signals.list', {}, { enabled: ids.length > 0 });
  const known = ids.filter((id) => listed.data?.signals.some((signal) => signal.id === id));
  const now = useNow(STEP_S);
  const to = Math.ceil(now / (STEP_S * 1000)) * STEP_S * 1000;
  const frame = useOperation(
    'signals.query',
    { signals: known, environment, services, from: to - LOOK_BACK_MS, to, maxPoints: 200 },
    { enabled: known.length > 0 && environment !== '', keepPrevious: true },
  );
  const overview = useOperation('overview.read', { environment }, { enabled: environment !== '' });
  const values = useMemo<Values>(
    () => ({
      signals: listed.data?.signals ?? [],
      matrix: overview.data?.matrix ?? [],
      series: frame.data?.frame.series ?? [],
      ready: frame.data !== undefined && overview.data !== undefined,
      ok: !frame.error && !listed.error,
    }),
    [listed.data, listed.error, frame.data, frame.error, overview.data],
  );
  return <LiveValues value={values}>{props.children}</LiveValues>;
}

/** A figure in the text: what the signal is worth now, with its state and where it is drawn. */
export function LiveValue({ reference }: { reference: LiveReference }) {
  const { signals, matrix, series, ready, ok } = useContext(LiveValues);
  const now = useNow(STEP_S);
  const definition = signals.find((one) => one.id === reference.signal);
  if (!definition) {
    return (
      <span className={styles.value} data-tone="bad">
        {ready || signals.length > 0 ? `no signal “${plainString(reference.signal)}”` : '…'}
      </span>
    );
  }
  const rows = matrix.filter((row) => row.service === reference.service);
  const row = rows.find(
    (one) => one.part === reference.version || one.version === reference.version,
  );
  const named = reference.version === 'stable' || reference.version === 'candidate';
  const version = named ? (row?.version ?? null) : reference.version;
  const own = series.find(
    (one) =>
      one.signal === reference.signal &&
      one.service === reference.service &&
      one.version === version,
  );
  const cell = row?.cells.find((one) => one.signal === reference.signal);
  const at = own?.ts.at(-1) ?? cell?.at ?? null;
  const value = own?.value.at(-1) ?? cell?.value ?? null;
  const state: Cell['state'] = cell?.state ?? 'none';
  const tone = cell ? toneOfCell(state) : 'unknown';
  const where = plainString(`${reference.service}${version ? ` ${version}` : ''}`);
  if (value === null) {
    const why = ready
      ? named && version === null
        ? `there is no ${reference.version} version now`
        : ok
          ? 'no traffic'
          : 'could not be read'
      : '…';
    return <span className={styles.value}>{why}</span>;
  }
  return (
    <Tooltip
      label={`${definition.title} of ${where}, ${at === null ? 'age unknown' : `${formatAge(now - at)} old`}; ${
        cell ? `${CELL_WORD[state]} (${plainString(cell.why)})` : bandInWords(definition)
      }`}
    >
      <span className={styles.value} data-tone={tone}>
        {cell && state !== 'none' ? <StateDot tone={tone} word={CELL_WORD[state]} /> : null}{' '}
        <Go to="/signals" extra={{ service: reference.service }}>
          {formatValue(value, definition.unit)}
        </Go>
      </span>
    </Tooltip>
  );
}
