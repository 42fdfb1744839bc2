import {
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import styles from './DataTable.module.css';
import { drawCell } from './draw-cell.ts';

export const sortable = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});

/** A column of a `DataTable`; `meta.align` puts figures to the right. */
export type DataColumn<T extends RowData> = ColumnDef<typeof sortable, T> & { align?: 'right' };

/** A plain sortable table. What it shows stays in place when columns and rows are made anew. */
export function DataTable<T extends RowData>(props: {
  label: string;
  columns: readonly DataColumn<T>[];
  rows: readonly T[];
  rowId: (row: T) => string;
  selected?: string | null;
  sorting?: SortingState;
}) {
  const columns = useMemo(() => [...props.columns], [props.columns]);
  const data = useMemo(() => [...props.rows], [props.rows]);
  const table = useTable({
    features: sortable,
    columns,
    data,
    getRowId: props.rowId,
    initialState: { sorting: props.sorting ?? [] },
  });
  const right = new Set(
    props.columns.flatMap((column) => (column.align === 'right' && column.id ? [column.id] : [])),
  );
  return (
    <table className={styles.table} aria-label={props.label}>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => {
              const sorted = header.column.getIsSorted();
              const canSort = header.column.getCanSort();
              return (
                <th
                  key={header.id}
                  scope="col"
                  data-align={right.has(header.column.id) ? 'right' : undefined}
                  {...(sorted === false
                    ? {}
                    : {
                        'aria-sort':
                          sorted === 'asc' ? ('ascending' as const) : ('descending' as const),
                      })}
                >
                  {canSort ? (
                    <button
                      type="button"
                      className={styles.sort}
                      onClick={header.column.getToggleSortingHandler()}
                    >
                      {drawCell(header.column.columnDef.header, header.getContext())}
                      <span aria-hidden="true" className={styles.arrow}>
                        {sorted === 'asc' ? '↑' : sorted === 'desc' ? '↓' : ''}
                      </span>
                    </button>
                  ) : (
                    drawCell(header.column.columnDef.header, header.getContext())
                  )}
                </th>
              );
            })}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <tr key={row.id} data-selected={row.id === props.selected || undefined}>
            {row.getAllCells().map((cell) => (
              <td key={cell.id} data-align={right.has(cell.column.id) ? 'right' : undefined}>
                {drawCell(cell.column.columnDef.cell, cell.getContext())}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
