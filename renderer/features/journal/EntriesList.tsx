import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { JournalEntry } from '#shared/model/action.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { call } from '../../client/client.ts';
import {
  Empty,
  ErrorState,
  formatCount,
  Go,
  Moment,
  Mono,
  Panel,
  plural,
  Skeleton,
} from '../../ui/index.ts';
import styles from './journal.module.css';

const PAGE = 100;

/** Every entry, newest first, page after page; each opens to its data and hashes. */
export function EntriesList(props: { wanted: string; action: string | null }) {
  const { action, wanted } = props;
  const asked = useInfiniteQuery({
    // The first two parts make it known to the client which topics touch it.
    queryKey: ['journal.list', { action }] as const,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      call(
        'journal.list',
        {
          limit: PAGE,
          ...(pageParam === null ? {} : { before: pageParam }),
          ...(action === null ? {} : { action }),
        },
        signal,
      ),
    getNextPageParam: (last) =>
      last.entries.length < PAGE ? undefined : (last.entries.at(-1)?.seq ?? undefined),
  });
  const entries = useMemo(
    () =>
      (asked.data?.pages ?? [])
        .flatMap((page) => page.entries)
        .filter((one) =>
          `${one.seq} ${one.kind} ${one.actor} ${one.action ?? ''} ${one.summary} ${one.environment}`
            .toLowerCase()
            .includes(wanted),
        ),
    [asked.data, wanted],
  );
  const total = asked.data?.pages[0]?.total;
  return (
    <Panel
      title="Entries"
      aside={
        total === undefined
          ? undefined
          : `${plural(total, 'entry', 'entries')}, each with the hash of the one before`
      }
      flush
      fill
      className={styles.grow}
    >
      {!asked.data ? (
        asked.error ? (
          <ErrorState
            small
            error={asked.error}
            what="The journal could not be read"
            retry={() => void asked.refetch()}
          />
        ) : (
          <Skeleton lines={8} />
        )
      ) : entries.length === 0 ? (
        <Empty small title={wanted ? 'No entry fits the filter' : 'The journal is empty'}>
          It begins with the first action, unlock, reveal, secret or configuration.
        </Empty>
      ) : (
        <>
          <ul className={styles.entries}>
            {entries.map((entry) => (
              <Entry key={entry.seq} entry={entry} />
            ))}
          </ul>
          {asked.hasNextPage ? (
            <div className={styles.more}>
              <Button
                variant="default"
                loading={asked.isFetchingNextPage}
                onClick={() => void asked.fetchNextPage()}
              >
                Older entries
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Panel>
  );
}

function Entry(props: { entry: JournalEntry }) {
  const { entry } = props;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div className={styles.entry}>
        <button
          type="button"
          className={styles.seq}
          aria-expanded={open}
          aria-label={`Entry ${entry.seq}: ${open ? 'hide' : 'show'} its data`}
          onClick={() => setOpen(!open)}
        >
          {open ? '▾' : '▸'} {formatCount(entry.seq)}
        </button>
        <Moment at={entry.at} seconds />
        <span className={styles.kind}>{plainString(entry.kind)}</span>
        <span>{plainString(entry.summary)}</span>
        <span className={styles.dim}>{plainString(entry.actor)}</span>
        {entry.action ? (
          <Go to={placeOf('action', entry.action)}>
            <Mono>{entry.action}</Mono>
          </Go>
        ) : (
          <span />
        )}
      </div>
      {open ? (
        <pre className={styles.data}>
          {`${plainString(JSON.stringify(entry.data, null, 2))}\n\nprev ${entry.prev}\nhash ${entry.hash}`}
        </pre>
      ) : null}
    </li>
  );
}
