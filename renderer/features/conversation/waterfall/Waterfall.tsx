import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useEffect, useMemo, useRef } from 'react';
import { beganAt } from '#shared/util/began.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { formatDuration } from '../../../ui/index.ts';
import type { WaterfallLayout, WaterfallRow } from './layout.ts';
import { OPERATION_WORD } from './operations.ts';
import styles from './Waterfall.module.css';

const ROW = 26;

/** The steps of a turn on its clock. Arrow keys walk through them. */
export function Waterfall(props: {
  layout: WaterfallLayout;
  selected: string | null;
  /** The step that took longest, marked. */
  slowest: string | null;
  onSelect: (spanId: string) => void;
}) {
  const { layout, selected, onSelect } = props;
  const { rows } = layout;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const index = useMemo(
    () => rows.findIndex((row) => row.span.spanId === selected),
    [rows, selected],
  );
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [index, virtual]);
  const onKey = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = rows[Math.max(0, index + by)];
    if (by === 0 || !next) return;
    event.preventDefault();
    onSelect(next.span.spanId);
  };
  return (
    <div
      ref={box}
      className={styles.box}
      role="listbox"
      tabIndex={0}
      aria-label="Steps of this turn"
      aria-activedescendant={index >= 0 ? rowId(rows[index]) : undefined}
      onKeyDown={onKey}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row ? (
            <Row
              key={row.span.spanId}
              row={row}
              top={item.start}
              selected={row.span.spanId === selected}
              slowest={row.span.spanId === props.slowest}
              onSelect={onSelect}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}

function rowId(row: WaterfallRow | undefined): string | undefined {
  return row ? `span-${row.span.spanId}` : undefined;
}

const Row = memo(function Row(props: {
  row: WaterfallRow;
  top: number;
  selected: boolean;
  slowest: boolean;
  onSelect: (spanId: string) => void;
}) {
  const { row } = props;
  const { span } = row;
  const name = plainString(span.name);
  const failed = span.status === 'error';
  const early = beganAt(span.startedAt, row.called, span.startedAt);
  const width = Math.max(0.4, row.width * 100);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself has the keys
    <div
      id={rowId(row)}
      role="option"
      tabIndex={-1}
      aria-selected={props.selected}
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onSelect(span.spanId)}
      title={`${name}: ${OPERATION_WORD[span.operation]}, ${formatDuration(span.durationMs)}${
        row.orphan ? '; its parent step has not arrived' : ''
      }${early.ms > 0 ? `; began ${formatDuration(early.ms)} ${early.words}` : ''}`}
    >
      <span className={styles.name} style={{ paddingLeft: Math.min(row.depth, 12) * 9 }}>
        {row.orphan ? <span className={styles.orphan}>⤷ </span> : null}
        {name}
      </span>
      <span className={styles.lane}>
        <span
          className={styles.bar}
          data-operation={span.operation}
          data-failed={failed || undefined}
          style={{ left: `${Math.min(row.left * 100, 99.6)}%`, width: `${width}%` }}
        >
          {row.firstToken === null ? null : (
            <span className={styles.waiting} style={{ width: `${row.firstToken * 100}%` }} />
          )}
        </span>
      </span>
      <span className={styles.time} data-slowest={props.slowest || undefined}>
        {failed ? <span className={styles.failed}>error </span> : null}
        {formatDuration(span.durationMs)}
      </span>
    </div>
  );
});
