import { createColumnHelper, tableFeatures } from '@tanstack/react-table';
import type { Failure } from '#shared/model/conversation.ts';
import { IconPin } from '../../ui/icons.ts';
import { formatDuration, formatUsd, Moment, VersionTag } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import type { Sort } from './filter-url.ts';
import { fromFirstHit, highlight } from './highlight.ts';
import styles from './Table.module.css';
import type { SearchRow } from './use-rows.ts';

export const FAILURE_WORD: Record<Failure, string> = {
  error: 'error',
  unsure: 'unsure',
  thumbs_down: 'thumbs-down',
  handoff: 'handoff',
  slow: 'slow',
  guardrail: 'guardrail',
  language_switched: 'language',
};

/** No feature of the table is needed: the core sorts and filters, the virtualiser pages. */
export const features = tableFeatures({});
const column = createColumnHelper<typeof features, SearchRow>();

/** Width of each column in CSS, and the orders that its head switches between. */
export const COLUMN: Readonly<
  Record<string, { width: string; sorts?: readonly Sort[]; end?: true }>
> = {
  ended: { width: '92px', sorts: ['newest', 'oldest'] },
  service: { width: '166px' },
  title: { width: 'minmax(160px, 1fr)' },
  failures: { width: 'minmax(120px, 200px)' },
  language: { width: '30px' },
  turns: { width: '36px', end: true },
  slowest: { width: '62px', sorts: ['slowest'], end: true },
  cost: { width: '56px', sorts: ['costliest'], end: true },
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
          {row.original.service}{' '}
          <VersionTag version={row.original.version} part={part(row.original)} />
        </>
      ),
    }),
    column.accessor('title', {
      id: 'title',
      header: asked === '' ? 'first words' : 'where it was found',
      cell: ({ row }) => <Words text={row.original.snippet ?? row.original.title} asked={asked} />,
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
      cell: ({ row }) => <span className={styles.dim}>{row.original.language ?? '–'}</span>,
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
      cell: ({ row }) => formatUsd(row.original.costUsd),
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
      one === 'unsure' && row.unsure > 1 ? `unsure ×${row.unsure}` : FAILURE_WORD[one],
    )
    .join(', ');
}

function Words(props: { text: string; asked: string }) {
  if (props.text === '') return <span className={styles.dim}>no words recorded</span>;
  return (
    <span>
      {fromFirstHit(highlight(props.text, props.asked)).map((stretch, at) =>
        stretch.hit ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
          <mark key={at} className={styles.hit}>
            <PlainText text={stretch.text} />
          </mark>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
          <PlainText key={at} text={stretch.text} />
        ),
      )}
    </span>
  );
}
