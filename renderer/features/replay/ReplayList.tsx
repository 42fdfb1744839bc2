import { Button } from '@mantine/core';
import { useCallback } from 'react';
import type { Replay } from '#shared/model/replay.ts';
import { RECORDED } from '#shared/model/replay.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { go } from '../../client/go.ts';
import { useAct, useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { type DataColumn, DataTable } from '../../ui/DataTable.tsx';
import {
  Dim,
  Empty,
  ErrorState,
  formatUsd,
  Go,
  Moment,
  Notice,
  Panel,
  plural,
  Screen,
  Skeleton,
  StateBadge,
} from '../../ui/index.ts';
import { Passed } from './Passed.tsx';
import styles from './replay.module.css';
import { SampleNow } from './SampleNow.tsx';
import { KIND_WORD, STATE_WORD } from './words.ts';

const COLUMNS: DataColumn<Replay>[] = [
  {
    id: 'started',
    header: 'started',
    accessorFn: (row) => row.startedAt,
    cell: ({ row: { original: row } }) => <Moment at={row.startedAt} seconds />,
  },
  {
    id: 'what',
    header: 'what',
    accessorFn: (row) => row.title,
    cell: ({ row: { original: row } }) => (
      <>
        <Go to={placeOf('replays', row.id)}>{row.title}</Go> <Dim>{KIND_WORD[row.kind]}</Dim>
      </>
    ),
  },
  {
    id: 'state',
    header: 'state',
    accessorFn: (row) => row.state,
    cell: ({ row: { original: row } }) => (
      <StateBadge tone={STATE_WORD[row.state].tone} {...(row.note ? { title: row.note } : {})}>
        {row.state === 'running'
          ? `${row.progress.done} of ${row.progress.total}`
          : STATE_WORD[row.state].word}
      </StateBadge>
    ),
  },
  {
    id: 'correct',
    header: 'correct',
    enableSorting: false,
    cell: ({ row: { original: row } }) => <Passed replay={row} />,
  },
  {
    id: 'score',
    align: 'right',
    header: 'production, cold score',
    accessorFn: (row) => scoreOf(row) ?? -1,
    cell: ({ row: { original: row } }) => {
      const production = scoreOf(row);
      if (production === null) return null;
      return `${production.toFixed(2)}, ${(newScoreOf(row) ?? row.coldScore)?.toFixed(2) ?? '–'}`;
    },
  },
  {
    id: 'cost',
    align: 'right',
    header: 'cost',
    accessorFn: (row) => row.spent.usd,
    cell: ({ row: { original: row } }) => formatUsd(row.spent.usd),
  },
  {
    id: 'by',
    header: 'by',
    accessorFn: (row) => row.by,
    cell: ({ row: { original: row } }) => plainString(row.by),
  },
];

/** Mean score of the recorded answers; null without a judge. */
function scoreOf(row: Replay): number | null {
  return row.totals.find((one) => one.endpoint === RECORDED)?.score ?? null;
}

/** Of the same questions asked again, by the last endpoint. */
function newScoreOf(row: Replay): number | null {
  return row.totals.findLast((one) => one.endpoint !== RECORDED)?.score ?? null;
}

export function ReplayList() {
  const environment = useWindow((state) => state.environment);
  const asked = useOperation(
    'replay.list',
    { environment, limit: 200 },
    { enabled: environment !== '' },
  );
  const rows = asked.data?.replays;
  const sample = useAct('replay.sample', {
    onSuccess: ({ replay }) => go(placeOf('replays', replay.id)),
  });
  const { mutate } = sample;
  const takeSample = useCallback(
    (service: string) => mutate({ service, environment }),
    [mutate, environment],
  );
  return (
    <Screen
      title="Re-runs"
      fill
      head={
        <span className={styles.acts}>
          <SampleNow environment={environment} pending={sample.isPending} onSample={takeSample} />
          <Button variant="default" onClick={() => go('/replays/new')}>
            Re-run failing conversations
          </Button>
        </span>
      }
    >
      {sample.error ? (
        <Notice tone="bad" word="No sample was begun:">
          {sample.error.message}
        </Notice>
      ) : null}
      {asked.error && rows ? (
        <Notice tone="watch" word="Stale">
          They could not be read again: {asked.error.message}
        </Notice>
      ) : null}
      <Panel
        title="Recorded conversations, answered again"
        aside={rows ? `${plural(rows.length, 're-run')} in ${environment}` : undefined}
        flush
        fill
      >
        {!rows ? (
          asked.error ? (
            <ErrorState
              small
              error={asked.error}
              what="The re-runs could not be read"
              retry={() => void asked.refetch()}
            />
          ) : (
            <Skeleton lines={6} />
          )
        ) : rows.length === 0 ? (
          <Empty
            small
            title="Nothing was re-run yet"
            actions={<Go to="/conversations?failing=1">Failing conversations</Go>}
          >
            Open a conversation and press “Re-run”: another version answers it again, with its tools
            answered from the recording.
          </Empty>
        ) : (
          <DataTable
            label="Re-runs"
            columns={COLUMNS}
            rows={rows}
            rowId={(row) => row.id}
            sorting={[{ id: 'started', desc: true }]}
          />
        )}
      </Panel>
    </Screen>
  );
}
