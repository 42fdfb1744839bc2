import { createColumnHelper, tableFeatures } from '@tanstack/react-table';
import type { ConversationSort } from '#shared/model/conversation-filter.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { fromFirstHit, highlight } from '../../ui/highlight.ts';
import { ImportedChip } from '../../ui/ImportedChip.tsx';
import { IconPin } from '../../ui/icons.ts';
import { formatDuration, formatUsd, Moment, VersionTag } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { FAILURE_SHORT } from './chips.ts';
import styles from './Table.module.css';
import type { SearchRow } from './use-rows.ts';

/** No feature of the table is needed: the core sorts and filters, the virtualiser pages. */
export const features = tableFeatures({});
const column = createColumnHelper<typeof features, SearchRow>();

/** Width of each column in CSS, and the orders that its head switches between. */
export const COLUMN: Readonly<
  Record<string, { width: string; sorts?: readonly ConversationSort[]; end?: true }>
> = {
  ended: { width: '92px', sorts: ['newest', 'oldest'] },
  service: { width: '166px' },
  title: { width: 'minmax(160px, 1fr)' },
  failures: { width: 'minmax(120px, 200px)' },
  language: { width: '30px' },
  turns: { width: '36px', end: true },
  slowest: { width: '62px', sorts: ['slowest'], end: true },
  cost: { width: '64px', sorts: ['costliest'], end: true },
  id: { width: '104px' },
};

export function makeColumns(
  asked: string,
  part: (row: SearchRow) => 'stable' | 'candidate' | 'other',
) {
  return column.columns([
    column.accessor('endedAt', {
      id: 'ended',
      header: 'last message',
      cell: ({ row }) => <Moment at={row.original.endedAt} seconds />,
    }),
    column.accessor('service', {
      id: 'service',
      header: 'service · version',
      cell: ({ row }) => (
        <>
          {plainString(row.original.service)}{' '}
          <VersionTag version={row.original.version} part={part(row.original)} />
        </>
      ),
    }),
    column.accessor('title', {
      id: 'title',
      header: asked === '' ? 'first words' : 'where it was found',
      cell: ({ row }) => (
        <>
          <ImportedChip summary={row.original} />{' '}
          <Words text={row.original.snippet ?? row.original.title} asked={asked} />
        </>
      ),
    }),
    column.accessor('failures', {
      id: 'failures',
      header: 'what failed',
      cell: ({ row }) => (
        <span className={styles.failures} title={failuresOf(row.original)}>
          {failuresOf(row.original)}
        </span>
      ),
    }),
    column.accessor('language', {
      id: 'language',
      header: 'lang',
      cell: ({ row }) => (
        <span className={styles.dim}>{plainString(row.original.language ?? '–')}</span>
      ),
    }),
    column.accessor('turns', {
      id: 'turns',
      header: 'turns',
      cell: ({ row }) => row.original.turns,
    }),
    column.accessor('slowestTurnMs', {
      id: 'slowest',
      header: 'slowest',
      cell: ({ row }) => formatDuration(row.original.slowestTurnMs),
    }),
    column.accessor('costUsd', {
      id: 'cost',
      header: 'cost',
      cell: ({ row: { original: row } }) =>
        row.costAtLeast ? (
          <span title="At least: not all of its turns tell what they cost">
            ≥ {formatUsd(row.costUsd, true)}
          </span>
        ) : (
          formatUsd(row.costUsd)
        ),
    }),
    column.accessor('id', {
      id: 'id',
      header: 'correlation ID',
      cell: ({ row }) => (
        <code className={styles.id}>
          {row.original.pinned ? <IconPin size={13} aria-label="pinned" /> : null}
          <PlainText text={row.original.id.slice(0, 64)} />
        </code>
      ),
    }),
  ]);
}

function failuresOf(row: SearchRow): string {
  return row.failures
    .map((one) =>
      one === 'unsure' && row.unsure > 1 ? `unsure ×${row.unsure}` : FAILURE_SHORT[one],
    )
    .join(', ');
}

function Words(props: { text: string; asked: string }) {
  if (props.text === '') return <span className={styles.dim}>no words recorded</span>;
  const shown = fromFirstHit(highlight(props.text, props.asked));
  return <PlainText text={shown.map((stretch) => stretch.text).join('')} />;
}
