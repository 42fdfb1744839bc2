import { Button } from '@mantine/core';
import type { Freshness } from '#shared/model/basics.ts';
import { isSearchable } from '#shared/util/searchable.ts';
import { LAST, type Range, useAct } from '../../client/index.ts';
import { Age, Empty, StateDot, toneOfFreshness } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';

/** Nothing answers the search: says where was looked, how fresh that is, and what to try. */
export function NothingFound(props: {
  text: string;
  filtered: boolean;
  range: Range;
  freshness: readonly Freshness[];
  onClear: () => void;
  onWiden: () => void;
  again: () => void;
}) {
  const sync = useAct('sources.sync', { onSettled: props.again });
  const never = props.freshness.every((one) => one.lastSuccessAt === null);
  if (props.text.trim() !== '' && !isSearchable(props.text)) {
    return (
      <Empty title="Nothing to look for">
        <p>
          Only words and figures can be looked for: “<PlainText text={props.text.slice(0, 120)} />”
          has neither.
        </p>
      </Empty>
    );
  }
  const title = never
    ? 'No conversation has reached this console yet'
    : props.text === ''
      ? 'No conversation in this range'
      : 'Nothing found';
  return (
    <Empty
      title={title}
      actions={
        <>
          <Button loading={sync.isPending} onClick={() => sync.mutate({})}>
            Fetch from all sources now
          </Button>
          {props.filtered ? (
            <Button variant="default" onClick={props.onClear}>
              Clear the filters
            </Button>
          ) : null}
          <Button variant="default" onClick={props.onWiden}>
            Look at the last 30 d
          </Button>
        </>
      }
    >
      {props.text === '' ? null : (
        <p>
          Looked for “<PlainText text={props.text.slice(0, 120)} />” as a correlation ID in
          everything cached, and as words in {rangeWords(props.range)}
          {props.filtered ? ', within the filters above' : ''}.
        </p>
      )}
      <ul>
        {props.freshness.map((one) => (
          <li key={one.source}>
            <StateDot tone={toneOfFreshness(one.state)} word={one.state} showWord /> {one.source}
            {', '}
            {one.lastSuccessAt === null ? (
              'has never answered'
            ) : (
              <>
                last answered <Age at={one.lastSuccessAt} suffix=" ago" />
              </>
            )}
          </li>
        ))}
        {props.freshness.length === 0 ? <li>No source of conversations is configured.</li> : null}
      </ul>
      {sync.error ? <p role="alert">The fetch failed: {sync.error.message}</p> : null}
    </Empty>
  );
}

function rangeWords(range: Range): string {
  if (range.kind === 'fixed') return 'the chosen range';
  return `the ${LAST.find((one) => one.ms === range.ms)?.title.toLowerCase() ?? 'chosen range'}`;
}
