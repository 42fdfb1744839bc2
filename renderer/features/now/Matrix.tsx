import type { MatrixRow } from '#shared/contract/overview.ts';
import type { SignalDefinition } from '#shared/model/signal.ts';
import { plainString } from '#shared/util/visible-text.ts';
import {
  CELL_WORD,
  formatBand,
  formatPercent,
  formatValue,
  Go,
  Panel,
  VersionTag,
} from '../../ui/index.ts';
import styles from './Matrix.module.css';
import { cellOf, columnsOf, sentenceOf, shapeOf } from './matrix.ts';

/** Every service and version against the first-week watch; the candidate stands under its stable. */
export function Matrix(props: {
  rows: readonly MatrixRow[];
  signals: readonly SignalDefinition[];
}) {
  const columns = columnsOf(props.signals);
  return (
    <Panel title="Services" aside="candidate beside stable · healthy band in brackets" flush>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">service · version</th>
              <th scope="col">traffic (rollout)</th>
              {columns.map((signal) => (
                <th key={signal.id} scope="col" title={signal.description}>
                  {signal.short}{' '}
                  <span className={styles.band}>
                    {bracket(formatBand(signal.band, signal.unit))}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row, index) => {
              const first = props.rows[index - 1]?.service !== row.service;
              return (
                <tr key={`${row.service} ${row.version}`} data-first={first || undefined}>
                  <th scope="row">
                    <span className={first ? styles.service : 'nd-unseen'}>
                      {plainString(row.service)}
                    </span>{' '}
                    <span className={first ? undefined : styles.under}>
                      <VersionTag
                        version={row.version || 'all versions'}
                        part={row.part}
                        showPart
                      />
                    </span>
                  </th>
                  <td>
                    {formatPercent(row.trafficShare)}{' '}
                    {row.rollout === null ? null : (
                      <span className={styles.rollout}>({formatPercent(row.rollout)})</span>
                    )}
                  </td>
                  {columns.map((signal) => (
                    <MatrixCell key={signal.id} row={row} signal={signal} />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function MatrixCell(props: { row: MatrixRow; signal: SignalDefinition }) {
  const { row, signal } = props;
  const cell = cellOf(row, signal.id);
  if (!cell || cell.value === null) {
    return <td className={styles.nothing}>{formatValue(null, signal.unit)}</td>;
  }
  const sentence = sentenceOf(row, signal, cell);
  const loud = cell.state === 'bad' || cell.state === 'watch';
  return (
    <td data-state={cell.state}>
      <Go
        to={`/signals?service=${encodeURIComponent(row.service)}&signal=${encodeURIComponent(signal.id)}`}
        className={styles.value}
        title={sentence}
        // The quiet cells are reached by mouse, and through Signals; Tab stops where something is off.
        tabIndex={loud ? 0 : -1}
      >
        <span className="nd-unseen">{`${signal.title}: `}</span>
        {formatValue(cell.value, signal.unit)}
        <span className={styles.shape} aria-hidden="true">
          {shapeOf(cell)}
        </span>
        {cell.state === 'ok' || cell.state === 'none' ? null : (
          <span className="nd-unseen">{`, ${CELL_WORD[cell.state]}`}</span>
        )}
      </Go>
    </td>
  );
}

function bracket(band: string): string {
  return band === '' ? '' : `[${band.replaceAll('\u00a0', '\u202f')}]`;
}
