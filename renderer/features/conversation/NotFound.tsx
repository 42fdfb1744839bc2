import { Button } from '@mantine/core';
import type { Freshness } from '#shared/model/basics.ts';
import { useAct, useSession } from '../../client/index.ts';
import { Age, Empty, Go, plural, StateDot, toneOfFreshness } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import { useLookups } from './lookups.ts';

/** Held above what it is shown in: reading again takes that off the screen for a moment. */
export function useFetchNow(id: string, again: () => void) {
  const sync = useAct('sources.sync', { onSettled: again });
  const fetched = useAct('conversations.fetch', { onSettled: again });
  const mayFetch = useSession()?.role !== 'viewer';
  const lookups = useLookups();
  return {
    run: () => {
      sync.mutate({});
      if (lookups && mayFetch) fetched.mutate({ id });
    },
    pending: sync.isPending || fetched.isPending,
    error: sync.error ?? fetched.error,
    asked: fetched.data?.asked ?? [],
  };
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
      {fetching.error ? <p role="alert">The fetch failed: {fetching.error.message}</p> : null}
      {fetching.asked.map(({ source, spans, problem }) => (
        <p key={source} role="status">
          {source} was asked for it just now: {problem ?? `${plural(spans, 'span')}, stored`}
        </p>
      ))}
    </Empty>
  );
}
