import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import type { ActionRequest, Drilled as DrilledPath } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { DRILL_PATH, drillOf, UNDRILLABLE } from '../../client/plan.ts';
import { LOOK_ONLY } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { type DataColumn, DataTable } from '../../ui/DataTable.tsx';
import { Age, formatPercent, Go, Mono, StateBadge, StateDot } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './flags.module.css';
import { Drilled } from './ModelsTable.tsx';
import { drillOfFlag, flagRemarks, roleWords, servesWords } from './rows.ts';

export const flagPath = (flag: { source: string; key: string }) =>
  placeOf('flags', flag.source, flag.key);

/** Every flag of the environment: what it hands out, to whom, since when, and what it is for. */
export function FlagsTable(props: {
  flags: readonly FlagRow[];
  models: readonly ModelRow[];
  /** Every path that may be drilled. */
  drills: readonly DrilledPath[];
  selected: string | null;
  mayAct: boolean;
}) {
  const { drills, mayAct, models, selected } = props;
  const now = useNow(60);
  const narrow = selected !== null;
  const columns = useMemo<DataColumn<FlagRow>[]>(() => {
    const all: DataColumn<FlagRow>[] = [
      {
        id: 'key',
        header: 'flag',
        accessorFn: (row) => row.key,
        cell: ({ row: { original: row } }) => (
          <span className={styles.flagName}>
            <Go to={flagPath(row)}>
              <Mono>{row.key}</Mono>
            </Go>
            {flagRemarks(row, now).map((remark) => (
              <span key={remark} title={remark}>
                <StateDot tone="watch" word={remark} />
              </span>
            ))}
          </span>
        ),
      },
      {
        id: 'state',
        header: 'state',
        accessorFn: (row) => (row.state.enabled ? 1 : 0),
        cell: ({ row: { original: row } }) => (
          <StateBadge tone={row.state.enabled ? 'info' : 'unknown'}>
            {row.state.enabled ? 'on' : 'off'}
          </StateBadge>
        ),
      },
      {
        id: 'rollout',
        align: 'right',
        header: 'rollout',
        accessorFn: (row) => row.rollout,
        cell: ({ row: { original: row } }) => formatPercent(row.rollout),
      },
      {
        id: 'serves',
        header: 'hands out',
        enableSorting: false,
        cell: ({ row: { original: row } }) => (
          <span className={styles.nowrap}>{plainString(servesWords(row.state, row.rollout))}</span>
        ),
      },
      {
        id: 'role',
        header: 'what for',
        accessorFn: (row) => roleWords(row),
        cell: ({ row: { original: row } }) => (
          <span className={styles.dim}>{roleWords(row) || plainString(row.description)}</span>
        ),
      },
      {
        id: 'age',
        align: 'right',
        header: 'age',
        accessorFn: (row) => row.createdAt ?? 0,
        cell: ({ row: { original: row } }) => <Age at={row.createdAt} never="not told" />,
      },
      {
        id: 'changed',
        align: 'right',
        header: 'last changed',
        accessorFn: (row) => row.lastChangedAt ?? 0,
        cell: ({ row: { original: row } }) => (
          <>
            <Age at={row.lastChangedAt} suffix=" ago" />
            {row.lastChangedBy ? (
              <span className={styles.dim}> by {plainString(row.lastChangedBy)}</span>
            ) : null}
          </>
        ),
      },
      {
        id: 'drilled',
        align: 'right',
        header: 'last drill',
        enableSorting: false,
        cell: ({ row: { original: row } }) =>
          row.roles.length === 0 ? null : (
            <span className={styles.acts}>
              <Drilled at={row.lastDrilledAt} />
              <DrillButton of={drillOfFlag(row, drills)} mayAct={mayAct} />
            </span>
          ),
      },
      {
        id: 'act',
        align: 'right',
        header: () => <span className="nd-unseen">what can be done</span>,
        enableSorting: false,
        cell: ({ row: { original: row } }) => {
          const act = actOf(row, models);
          return act ? (
            <Button
              size="compact-xs"
              variant="default"
              disabled={!mayAct}
              title={mayAct ? undefined : LOOK_ONLY}
              onClick={() => useWindow.getState().openPlan(act.request)}
            >
              {act.label}
            </Button>
          ) : null;
        },
      },
    ];
    const dropped = new Set(['role', 'age', 'drilled']);
    return narrow ? all.filter((column) => !dropped.has(column.id ?? '')) : all;
  }, [drills, mayAct, models, narrow, now]);
  return (
    <DataTable
      label="Flags"
      columns={columns}
      rows={props.flags}
      rowId={(row) => `${row.source} ${row.key}`}
      selected={selected}
      sorting={[{ id: 'changed', desc: true }]}
    />
  );
}

function DrillButton(props: { of: DrilledPath | undefined; mayAct: boolean }) {
  const { mayAct, of } = props;
  const request = of ? drillOf(of) : null;
  if (of === undefined || request === null) return null;
  const why = of.idle === undefined ? null : `${UNDRILLABLE}: ${of.idle} in ${of.environment}`;
  const what = `Drill the ${DRILL_PATH[of.drill]} of ${of.service} in ${of.environment}`;
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={!mayAct || why !== null}
      title={mayAct ? (why ?? what) : LOOK_ONLY}
      aria-label={why === null ? what : `${what}: ${why}`}
      onClick={() => useWindow.getState().openPlan(request)}
    >
      Drill
    </Button>
  );
}

/** The one action that a flag's row offers, where it has a role for a service. */
function actOf(
  flag: FlagRow,
  models: readonly ModelRow[],
): { label: string; request: ActionRequest } | null {
  const kill = flag.roles.find((one) => one.role === 'kill_switch');
  if (kill) {
    return {
      label: flag.state.enabled ? 'Turn off' : 'Turn on',
      request: {
        kind: 'kill_switch',
        service: kill.service,
        environment: flag.environment,
        on: !flag.state.enabled,
      },
    };
  }
  const model = flag.roles.find((one) => one.role === 'model');
  const candidate = models.find(
    (one) => one.service === model?.service && one.part === 'candidate' && (one.rollout ?? 0) > 0,
  );
  if (!model || !candidate) return null;
  return {
    label: 'Roll back',
    request: { kind: 'rollback', service: model.service, environment: flag.environment },
  };
}
