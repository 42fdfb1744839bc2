import { useMemo } from 'react';
import type { Action, ActionOutcome } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { type DataColumn, DataTable } from '../../ui/DataTable.tsx';
import {
  Empty,
  ErrorState,
  formatDuration,
  Go,
  inLocalTime,
  Moment,
  Panel,
  plural,
  Skeleton,
  StateBadge,
  type Tone,
} from '../../ui/index.ts';
import styles from './journal.module.css';

const TONE: Record<ActionOutcome, Tone> = {
  recovered: 'ok',
  effective: 'ok',
  drilled: 'ok',
  undone: 'unknown',
  not_restored: 'bad',
  not_recovered: 'watch',
  pending_approval: 'watch',
  refused: 'bad',
  failed: 'bad',
  unknown: 'unknown',
};

/** Milliseconds; of actions of older versions by the wall clock. Null while it goes on. */
const tookOf = ({ tookMs, startedAt, endedAt }: Action) =>
  endedAt === null ? null : (tookMs ?? Math.max(0, endedAt - startedAt));
const titleOf = ({ title }: Action) => inLocalTime(title, Date.now());

const COLUMNS: DataColumn<Action>[] = [
  {
    id: 'started',
    header: 'started',
    accessorFn: (row) => row.startedAt,
    cell: ({ row: { original: row } }) => <Moment at={row.startedAt} seconds />,
  },
  {
    id: 'title',
    header: 'action',
    accessorFn: titleOf,
    cell: ({ row: { original: row } }) => <Go to={placeOf('action', row.id)}>{titleOf(row)}</Go>,
  },
  {
    id: 'outcome',
    header: 'outcome',
    accessorFn: (row) => row.outcome ?? '',
    cell: ({ row: { original: row } }) => (
      <StateBadge tone={row.outcome === null ? 'info' : TONE[row.outcome]}>
        {row.undoneBy ? 'undone' : (row.outcome?.replaceAll('_', ' ') ?? 'in progress')}
      </StateBadge>
    ),
  },
  {
    id: 'took',
    align: 'right',
    header: 'took',
    accessorFn: (row) => tookOf(row) ?? -1,
    cell: ({ row: { original: row } }) => {
      const took = tookOf(row);
      return took === null ? '…' : formatDuration(took);
    },
  },
  {
    id: 'by',
    header: 'by',
    accessorFn: (row) => row.by,
    cell: ({ row: { original: row } }) => plainString(row.by),
  },
  {
    id: 'summary',
    header: 'what came of it',
    enableSorting: false,
    cell: ({ row: { original: row } }) => (
      <span className={styles.dim}>
        {plainString(inLocalTime(row.summary, Date.now()))}
        {row.reason ? ` “${plainString(row.reason)}”` : ''}
      </span>
    ),
  },
];

export function ActionsList(props: { wanted: string }) {
  const environment = useWindow((state) => state.environment);
  const asked = useOperation(
    'actions.list',
    { environment, limit: 500 },
    { enabled: environment !== '' },
  );
  const rows = useMemo(
    () =>
      (asked.data?.actions ?? []).filter((one) =>
        `${titleOf(one)} ${one.by} ${one.service} ${one.reason} ${one.summary} ${one.id}`
          .toLowerCase()
          .includes(props.wanted),
      ),
    [asked.data, props.wanted],
  );
  return (
    <Panel
      title="Actions"
      aside={asked.data ? `${plural(rows.length, 'action')} in ${environment}` : undefined}
      flush
      fill
      className={styles.grow}
    >
      {!asked.data ? (
        asked.error ? (
          <ErrorState
            small
            error={asked.error}
            what="The actions could not be read"
            retry={() => void asked.refetch()}
          />
        ) : (
          <Skeleton lines={6} />
        )
      ) : rows.length === 0 ? (
        <Empty
          small
          title={
            props.wanted
              ? 'No action fits the filter'
              : `Nothing was done in ${environment} from this console`
          }
        >
          Every action stands here from the moment before it is sent.
        </Empty>
      ) : (
        <DataTable
          label="Actions"
          columns={COLUMNS}
          rows={rows}
          rowId={(row) => row.id}
          sorting={[{ id: 'started', desc: true }]}
        />
      )}
    </Panel>
  );
}
