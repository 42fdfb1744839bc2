import { type Row, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ConversationSort } from '#shared/model/conversation-filter.ts';
import { drawCell } from '../../ui/draw-cell.ts';
import { COLUMN, features, type makeColumns } from './columns.tsx';
import styles from './Table.module.css';
import type { RowAt, SearchRow } from './use-rows.ts';

const ROW = 31;
/** Browsers stop at about 33 million pixels; what lies beyond is reached by narrowing the search. */
const MOST_ROWS = 1_000_000;

const NONE = { index: -1, key: null };

/**
 * A grid of any length. The table is given only the pages near the view: their number never grows with the
 * search, so scrolling through a hundred thousand costs what scrolling through a few hundred does.
 */
export function ConversationTable(props: {
  columns: ReturnType<typeof makeColumns>;
  total: number;
  /** The rows of all pages near the view, and which of them stands where. */
  loaded: SearchRow[];
  rowAt: RowAt;
  /** Where a conversation stands now; -1: it is not among the rows that are loaded. */
  indexOf: (key: number) => number;
  want: (first: number, last: number) => void;
  sort: ConversationSort;
  onSort: (sort: ConversationSort) => void;
  onOpen: (row: SearchRow) => void;
  /** True while the top of the list is in view and no row is marked: it may renew itself. */
  onIdle: (idle: boolean) => void;
  /** The range reaches into other days: moments come with their day. */
  wideTime: boolean;
}) {
  const { columns, loaded, onIdle, onOpen, rowAt, want } = props;
  const count = Math.min(props.total, MOST_ROWS);
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useMarked(rowAt, props.indexOf);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => want(first, last), [first, last, want]);
  const top = (virtual.scrollOffset ?? 0) < ROW;
  useEffect(() => onIdle(top && active < 0), [top, active, onIdle]);

  const table = useTable({ features, columns, data: loaded, getRowId: (row) => String(row.key) });
  const model = table.getRowModel();
  const byKey = useMemo(() => new Map(model.rows.map((row) => [row.original.key, row])), [model]);
  const template = columns
    .map(({ id = '' }) =>
      id === 'ended' && props.wideTime ? '158px' : (COLUMN[id]?.width ?? '1fr'),
    )
    .join(' ');

  const go = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    virtual.scrollToIndex(next, { align: 'auto' });
  };
  const onKey = (event: KeyboardEvent) => {
    const screen = Math.max(1, Math.floor((box.current?.clientHeight ?? 300) / ROW) - 2);
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + screen,
      PageUp: active - screen,
      Home: 0,
      End: count - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      event.preventDefault();
      go(target);
    } else if (event.key === 'Enter') {
      const row = rowAt(active);
      if (row) onOpen(row);
    } else if (event.key === 'Escape') setActive(-1);
  };

  const drawn = new Set<number>();
  return (
    <div ref={box} className={styles.box}>
      <table
        className={styles.table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is walked through by keys is a grid
        role="grid"
        tabIndex={0}
        aria-label="Conversations"
        aria-rowcount={props.total + 1}
        aria-activedescendant={active >= 0 ? `conversation-${active}` : undefined}
        onKeyDown={onKey}
        onFocus={(event) => {
          const own = event.target === event.currentTarget;
          if (own && active < 0 && event.currentTarget.matches(':focus-visible')) go(0);
        }}
      >
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr
              key={group.id}
              aria-rowindex={1}
              className={styles.head}
              style={{ gridTemplateColumns: template }}
            >
              {group.headers.map((header) => (
                <Head key={header.id} id={header.column.id} sort={props.sort} onSort={props.onSort}>
                  {drawCell(header.column.columnDef.header, header.getContext())}
                </Head>
              ))}
            </tr>
          ))}
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const record = rowAt(item.index);
            const row = record ? byKey.get(record.key) : undefined;
            // One that spoke again between two pages stands on both.
            const first = record !== null && !drawn.has(record.key);
            if (record) drawn.add(record.key);
            return (
              <BodyRow
                key={first ? record.key : `row ${item.index}`}
                index={item.index}
                top={item.start}
                row={row}
                active={item.index === active}
                template={template}
                onOpen={onOpen}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Which row is marked: the conversation that stood there when it was, also once others have come before it. -1 = none. */
function useMarked(rowAt: RowAt, indexOf: (key: number) => number) {
  const [marked, setMarked] = useState<{ index: number; key: number | null }>(NONE);
  const mark = (index: number) => setMarked({ index, key: rowAt(index)?.key ?? null });
  const there = rowAt(marked.index)?.key ?? null;
  // A row that is not read yet keeps its place.
  if (there !== null && there !== marked.key) {
    if (marked.key === null) setMarked({ index: marked.index, key: there });
    else {
      const index = indexOf(marked.key);
      setMarked(index < 0 ? NONE : { index, key: marked.key });
    }
  }
  return [marked.index, mark] as const;
}

const BodyRow = memo(function BodyRow(props: {
  index: number;
  top: number;
  /** Undefined = not read yet. */
  row: Row<typeof features, SearchRow> | undefined;
  active: boolean;
  template: string;
  onOpen: (row: SearchRow) => void;
}) {
  const { row } = props;
  return (
    <tr
      id={`conversation-${props.index}`}
      aria-rowindex={props.index + 2}
      aria-selected={props.active}
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)`, gridTemplateColumns: props.template }}
      onClick={() => {
        if (row) props.onOpen(row.original);
      }}
    >
      {row ? (
        row.getAllCells().map((cell) => (
          <td key={cell.id} className={styles.cell} data-end={COLUMN[cell.column.id]?.end}>
            {drawCell(cell.column.columnDef.cell, cell.getContext())}
          </td>
        ))
      ) : (
        <td colSpan={9} className={styles.waiting}>
          <span className="nd-unseen">loading</span>
        </td>
      )}
    </tr>
  );
});

function Head(props: {
  id: string;
  sort: ConversationSort;
  onSort: (sort: ConversationSort) => void;
  children: ReactNode;
}) {
  const { sorts, end } = COLUMN[props.id] ?? {};
  const at = sorts?.indexOf(props.sort) ?? -1;
  // Pressing the head of an order with one direction again goes back to the newest.
  const next = at >= 0 && sorts?.length === 1 ? 'newest' : sorts?.[(at + 1) % sorts.length];
  const direction = props.sort === 'oldest' ? 'ascending' : 'descending';
  return (
    <th
      scope="col"
      className={styles.cell}
      data-end={end}
      {...(at >= 0 ? { 'aria-sort': direction } : {})}
    >
      {next ? (
        <button type="button" onClick={() => props.onSort(next)}>
          {props.children}
          <span aria-hidden="true">{at < 0 ? '' : direction === 'ascending' ? ' ▲' : ' ▼'}</span>
        </button>
      ) : (
        props.children
      )}
    </th>
  );
}
