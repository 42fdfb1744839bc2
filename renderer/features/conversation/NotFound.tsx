import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Freshness } from '#shared/model/basics.ts';
import { call, useAct } from '../../client/index.ts';
import { Age, Empty, Go, Notice, plural, StateDot, toneOfFreshness } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { useFetchable } from './lookups.ts';

/**
 * Fetches what the sources send, and asks those that can be asked for this ID itself, where the person may.
 * Held above what it is shown in: reading again takes that off the screen for a moment.
 */
export function useFetchNow(id: string, again: () => void) {
  const fetchable = useFetchable();
  const asking = useRef(new AbortController());
  useEffect(() => () => asking.current.abort(), []);
  const sync = useAct('sources.sync', { onSettled: again });
  const fetched = useMutation({
    mutationFn: () => call('conversations.fetch', { id }, asking.current.signal),
    onSettled: again,
  });
  return {
    run: () => {
      sync.mutate({});
      if (fetchable === null || fetchable.why !== null) return;
      asking.current = new AbortController();
      fetched.mutate();
    },
    stop: fetched.isPending ? () => asking.current.abort() : null,
    pending: sync.isPending || fetched.isPending,
    syncError: sync.error,
    fetchError: fetched.error,
    fetchable,
    asked: fetched.data?.asked ?? [],
  };
}

/** Beside a conversation that was fetched: a source that failed may have had more of it. */
export function FetchProblems({ asked }: { asked: ReturnType<typeof useFetchNow>['asked'] }) {
  const failed = asked.filter(({ problem }) => problem !== null);
  if (failed.length === 0) return null;
  return (
    <Notice tone="watch" word="Fetched in part">
      {failed.map(({ source, problem }) => `${source}: ${problem}`).join(' ')}
    </Notice>
  );
}

/** Nothing has that ID: says where was looked and how fresh that is, and offers to fetch now. */
export function NotFound(props: {
  id: string;
  freshness: readonly Freshness[];
  fetching: ReturnType<typeof useFetchNow>;
}) {
  const { fetching } = props;
  return (
    <Empty
      title={
        <>
          No conversation “<PlainText text={props.id.slice(0, 120)} />” is in the cache
        </>
      }
      actions={
        <>
          <Button loading={fetching.pending} onClick={fetching.run}>
            Fetch from all sources now
          </Button>
          {fetching.stop ? (
            <Button variant="default" onClick={fetching.stop}>
              Stop asking
            </Button>
          ) : null}
          <Button variant="default" component={Go} to="/conversations" extra={{ q: props.id }}>
            Search for it
          </Button>
        </>
      }
    >
      <p>Looked in everything that these sources have sent:</p>
      <ul>
        {props.freshness.map((one) => (
          <li key={one.source}>
            <StateDot tone={toneOfFreshness(one.state)} word={one.state} showWord /> {one.source},{' '}
            {one.lastSuccessAt === null ? (
              'has never answered'
            ) : (
              <>
                last answered <Age at={one.lastSuccessAt} suffix=" ago" />
              </>
            )}
          </li>
        ))}
        {props.freshness.length === 0 ? <li>no source of conversations is configured</li> : null}
      </ul>
      <p>Its spans may still be on their way, or it was pruned before it was pinned.</p>
      {fetching.fetchable === null ? null : (
        <p>
          {fetching.fetchable.why ??
            `Fetching also asks ${fetching.fetchable.sources.join(', ')} for this ID itself.`}
        </p>
      )}
      {fetching.syncError ? (
        <p role="alert">The sources could not be fetched: {fetching.syncError.message}</p>
      ) : null}
      {fetching.fetchError ? (
        <p role="alert">It could not be asked for: {fetching.fetchError.message}</p>
      ) : null}
      {fetching.asked.map(({ source, spans, problem }) => (
        <p key={source} role="status">
          {source} was asked for it just now: <PlainText text={outcome(spans, problem)} />
        </p>
      ))}
    </Empty>
  );
}

function outcome(spans: number, problem: string | null): string {
  const stored = spans > 0 || problem === null ? [`${plural(spans, 'span')}, stored.`] : [];
  return [...stored, ...(problem === null ? [] : [problem])].join(' ');
}
