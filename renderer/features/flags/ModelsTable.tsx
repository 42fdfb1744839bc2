import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import type { ActionRequest } from '#shared/model/action.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { waysBack } from '../../client/plan.ts';
import { LOOK_ONLY } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { type DataColumn, DataTable } from '../../ui/DataTable.tsx';
import { Age, formatCount, Go, StateBadge, StateDot, VersionTag } from '../../ui/index.ts';
import styles from './flags.module.css';
import { healthOf, healthRank, shareOf } from './rows.ts';

/** Every model version that answers, its share, its health, and the way back. */
export function ModelsTable(props: {
  models: readonly ModelRow[];
  flags: readonly FlagRow[];
  mayAct: boolean;
  narrow: boolean;
}) {
  const { flags, mayAct, models, narrow } = props;
  const columns = useMemo<DataColumn<ModelRow>[]>(() => {
    const all: DataColumn<ModelRow>[] = [
      {
        id: 'service',
        header: 'service · version',
        accessorFn: (row) => `${row.service} ${row.part === 'stable' ? 0 : 1} ${row.version}`,
        cell: ({ row: { original: row } }) => (
          <span className={styles.name}>
            {plainString(row.service)} <VersionTag version={row.version} part={row.part} showPart />
          </span>
        ),
      },
      {
        id: 'health',
        header: 'health',
        accessorFn: (row) => healthRank(healthOf(row.cells).tone),
        cell: ({ row: { original: row } }) => {
          const health = healthOf(row.cells);
          return (
            <StateBadge
              tone={health.tone}
              {...(health.signals.length > 0 ? { title: health.signals.join(', ') } : {})}
            >
              {health.word}
            </StateBadge>
          );
        },
      },
      {
        id: 'traffic',
        align: 'right',
        header: 'traffic',
        accessorFn: (row) => row.trafficShare ?? -1,
        cell: ({ row: { original: row } }) => {
          const share = shareOf(row);
          return share.far ? (
            <span className={styles.far} title="Far from what the rollout intends">
              {share.traffic} ◆
            </span>
          ) : (
            share.traffic
          );
        },
      },
      {
        id: 'rollout',
        align: 'right',
        header: 'rollout',
        accessorFn: (row) => row.rollout ?? -1,
        cell: ({ row: { original: row } }) => shareOf(row).rollout,
      },
      {
        id: 'conversations',
        align: 'right',
        header: 'conversations',
        accessorFn: (row) => row.conversations,
        cell: ({ row: { original: row } }) => (
          <Go
            to={`/conversations?service=${encodeURIComponent(row.service)}&version=${encodeURIComponent(row.version)}`}
          >
            {formatCount(row.conversations)}
          </Go>
        ),
      },
      {
        id: 'age',
        align: 'right',
        header: 'first seen',
        accessorFn: (row) => row.firstSeenAt ?? 0,
        cell: ({ row: { original: row } }) => (
          <Age at={row.firstSeenAt} suffix=" ago" never="not seen" />
        ),
      },
      {
        id: 'drilled',
        align: 'right',
        header: 'way back drilled',
        accessorFn: (row) => row.lastDrilledAt ?? 0,
        cell: ({ row: { original: row } }) => <Drilled at={row.lastDrilledAt} />,
      },
      {
        id: 'act',
        align: 'right',
        header: () => <span className="nd-unseen">what can be done</span>,
        enableSorting: false,
        cell: ({ row: { original: row } }) => {
          const back = rollbackOf(row, models, flags);
          return (
            <span className={styles.acts}>
              {row.part === 'candidate' ? (
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={!mayAct || row.flag === null}
                  title={
                    mayAct
                      ? 'Sets the share of users it gets, along the service’s ladder'
                      : LOOK_ONLY
                  }
                  onClick={() =>
                    useWindow.getState().openPlan({
                      kind: 'ramp',
                      service: row.service,
                      environment: row.environment,
                      to: (row.rollout ?? 0) >= 1 ? 100 : 'next',
                    })
                  }
                >
                  Ramp
                </Button>
              ) : null}
              {back ? (
                <Button
                  size="compact-xs"
                  variant={healthOf(row.cells).tone === 'bad' ? 'filled' : 'default'}
                  disabled={!mayAct}
                  title={mayAct ? undefined : LOOK_ONLY}
                  onClick={() => useWindow.getState().openPlan(back)}
                >
                  Roll back {plainString(row.version)}
                </Button>
              ) : null}
            </span>
          );
        },
      },
    ];
    const dropped = new Set(['conversations', 'age']);
    return narrow ? all.filter((column) => !dropped.has(column.id ?? '')) : all;
  }, [flags, mayAct, models, narrow]);
  return (
    <DataTable
      label="Model versions"
      columns={columns}
      rows={models}
      rowId={(row) => `${row.service} ${row.version}`}
      sorting={[{ id: 'service', desc: false }]}
    />
  );
}

/** Away from what serves; from the stable version, where it has everybody, to the latest before it that is still offered. */
function rollbackOf(
  { environment, part, rollout, service, trafficShare }: ModelRow,
  models: readonly ModelRow[],
  flags: readonly FlagRow[],
): ActionRequest | null {
  if ((trafficShare ?? 0) + (rollout ?? 0) === 0) return null;
  if (part !== 'stable') return { kind: 'rollback', service, environment };
  if (rollout !== 1) return null;
  const earlier = waysBack(models, flags, service).find((one) => one.part !== 'stable');
  return earlier ? { kind: 'rollback', service, environment, to: earlier.version } : null;
}

export function Drilled(props: { at: number | null }) {
  return props.at === null ? (
    <StateDot tone="watch" word="never" showWord />
  ) : (
    <Age at={props.at} suffix=" ago" />
  );
}
