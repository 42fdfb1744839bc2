import { useMemo } from 'react';
import { RECORDED, type Replay, type ReplayCase, type ReplayTotals } from '#shared/model/replay.ts';
import { uncountedWords, wasAsked } from '#shared/util/replay-counts.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { type DataColumn, DataTable } from '../../ui/DataTable.tsx';
import { Panel, plural, StateDot, VersionTag } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import styles from './replay.module.css';
import { endpointName, failedWords, passedOf, toneOfTotals } from './words.ts';

/** Many conversations: one row each, with what every endpoint made of it. */
export function CaseTable(props: {
  replay: Replay;
  cases: readonly ReplayCase[];
  selected: number | null;
  onSelect: (number: number) => void;
}) {
  const { cases, onSelect, replay } = props;
  const { endpoints, judge } = replay;
  const running = replay.state === 'running';
  const categorised = cases.some(({ category }) => category !== '');
  const columns = useMemo<DataColumn<ReplayCase>[]>(
    () => [
      {
        id: 'conversation',
        header: 'conversation',
        accessorFn: (row) => row.number,
        cell: ({ row: { original: row } }) => (
          <button
            type="button"
            className={styles.caseButton}
            title="Compare its answers below"
            onClick={() => onSelect(row.number)}
          >
            <code>{plainString(row.conversationId)}</code>
          </button>
        ),
      },
      {
        id: 'said',
        header: 'the user said',
        enableSorting: false,
        cell: ({ row: { original: row } }) => (
          <span className={styles.clip} lang={row.language ?? undefined}>
            <PlainText text={row.title} />
          </span>
        ),
      },
      {
        id: 'version',
        header: 'answered by',
        accessorFn: (row) => row.version,
        cell: ({ row: { original: row } }) => <VersionTag version={row.version || 'not told'} />,
      },
      ...(categorised
        ? [
            {
              id: 'category',
              header: 'category',
              accessorFn: (row) => row.category,
              cell: ({ row: { original: row } }) => plainString(row.category),
            } satisfies DataColumn<ReplayCase>,
          ]
        : []),
      ...[RECORDED, ...endpoints.map(({ id }) => id)].map(
        (id): DataColumn<ReplayCase> => ({
          id,
          header: endpointName(endpoints, id),
          accessorFn: (row) => share(totalsOf(row, id)),
          cell: ({ row: { original: row } }) => (
            <Result totals={totalsOf(row, id)} judged={judge !== null} running={running} />
          ),
        }),
      ),
    ],
    [categorised, endpoints, judge, onSelect, running],
  );
  return (
    <Panel
      title={plural(cases.length, 'conversation')}
      aside="press one to compare its answers"
      flush
      fill
      className={styles.cases}
    >
      <DataTable
        label="Conversations of the re-run"
        columns={columns}
        rows={cases}
        rowId={(row) => String(row.number)}
        selected={props.selected === null ? null : String(props.selected)}
      />
    </Panel>
  );
}

function Result(props: { totals: ReplayTotals | undefined; judged: boolean; running: boolean }) {
  const { totals } = props;
  if (!totals || !wasAsked(totals)) {
    return <span className={styles.dim}>{props.running ? 'not yet' : 'not asked'}</span>;
  }
  const why = failedWords(totals);
  const only = totals.samples === 1 && uncountedWords(totals) === '';
  const word = why !== '' ? why : only ? 'correct' : passedOf(totals);
  return (
    <>
      <StateDot tone={toneOfTotals(totals)} word={word} showWord />
      {!only && why !== '' ? <small> {passedOf(totals)}</small> : null}
      {props.judged && totals.score !== null ? <small> {totals.score.toFixed(2)}</small> : null}
    </>
  );
}

function totalsOf(row: ReplayCase, endpoint: string): ReplayTotals | undefined {
  return row.totals.find((one) => one.endpoint === endpoint);
}

function share(totals: ReplayTotals | undefined): number {
  return !totals || totals.samples === 0 ? -1 : totals.passed / totals.samples;
}
