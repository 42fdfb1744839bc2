import { Button } from '@mantine/core';
import type { Freshness } from '#shared/model/basics.ts';
import { useAct } from '../../client/index.ts';
import { Age, Empty, Go, StateDot, toneOfFreshness } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';

/** Nothing has that ID: says where was looked and how fresh that is, and offers to fetch now. */
export function NotFound(props: {
  id: string;
  freshness: readonly Freshness[];
  again: () => void;
}) {
  const sync = useAct('sources.sync', { onSettled: props.again });
  return (
    <Empty
      title={
        <>
          No conversation “<PlainText text={props.id.slice(0, 120)} />” is in the cache
        </>
      }
      actions={
        <>
          <Button loading={sync.isPending} onClick={() => sync.mutate({})}>
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
      {sync.error ? <p role="alert">The fetch failed: {sync.error.message}</p> : null}
    </Empty>
  );
}
