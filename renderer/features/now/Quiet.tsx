import type { Quiet as QuietUntil } from '#shared/contract/overview.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { Go, Moment } from '../../ui/index.ts';

/** Until when and by whom an alert is kept quiet: who comes next must be able to tell. */
export function Quiet({ silenced }: { silenced: QuietUntil | null }) {
  if (silenced === null) return <>suppressed by its alert service</>;
  const { until, by, action } = silenced;
  return (
    <>
      silenced until <Moment at={until} />
      {by === '' ? '' : ` by ${plainString(by)}`}
      {action === null ? null : (
        <>
          {' '}
          (<Go to={placeOf('action', action)}>{plainString(action)}</Go>)
        </>
      )}
    </>
  );
}
