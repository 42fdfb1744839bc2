import { Checkbox } from '@mantine/core';
import { useIsMutating } from '@tanstack/react-query';
import { type ActionRequest, MOST_REQUESTS, type SingleRequest } from '#shared/model/action.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { silenceOf } from '../../client/plan.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { plural } from '../../ui/index.ts';
import styles from './action.module.css';
import { asOne, partsOf } from './parts.ts';

/**
 * What mends a service may keep its alerts quiet in the same action. The silence goes first: where it cannot be had,
 * production has not been touched yet, and where what mends fails, the silence is ended again.
 */
export function AlsoSilence({ request }: { request: ActionRequest }) {
  const parts = partsOf(request);
  const mending = parts.filter((one) => one.kind !== 'silence');
  const silences = parts.filter((one) => one.kind === 'silence');
  const [first] = mending;
  const on = first !== undefined && mends(first) ? first : null;
  const alerts = useOperation(
    'alerts.list',
    { environment: on?.environment ?? '', states: ['firing'] },
    { enabled: on !== null },
  );
  const sending = useIsMutating({ mutationKey: ['actions.execute'] }) > 0;
  const all = alerts.data?.alerts ?? [];
  const firing = all.filter((one) => one.service === on?.service);
  const silenced = silences.length > 0;
  if (on === null || (firing.length === 0 && !silenced)) return null;
  // What is asked for stays what it was, whatever begins to fire or ends meanwhile.
  const offered = firing.slice(0, MOST_REQUESTS - mending.length);
  const names = silenced
    ? silences.map(({ alert }) => all.find((one) => one.fingerprint === alert)?.name)
    : offered.map(({ name }) => name);
  const left = silenced ? 0 : firing.length - offered.length;
  return (
    <Checkbox
      className={styles.also}
      size="xs"
      checked={silenced}
      disabled={sending}
      label={plainString(
        `Also silence ${wordsFor(names, left)} for an hour: first, and ended again if the rest fails`,
      )}
      onChange={(event) => {
        const window = useWindow.getState();
        const reason = window.planReason.trim();
        if (!event.currentTarget.checked) {
          if (reason === reasonOf(on)) window.setPlanReason('');
          window.changePlan(asOne(mending));
          return;
        }
        // A silence needs a reason; what is done is one, until a person has a better.
        if (reason === '') window.setPlanReason(reasonOf(on));
        window.changePlan(asOne([...offered.map(silenceOf), ...mending]));
      }}
    />
  );
}

type Mending = Extract<SingleRequest, { kind: 'rollback' | 'kill_switch' }>;

function mends(request: SingleRequest): request is Mending {
  return request.kind === 'rollback' || (request.kind === 'kill_switch' && !request.on);
}

function reasonOf(request: Mending): string {
  return request.kind === 'rollback'
    ? `rolling back ${request.service}`
    : `turning off ${request.service}`;
}

/** `left`: how many more fire than one action can carry. */
function wordsFor(names: readonly (string | undefined)[], left: number): string {
  const [first, ...more] = names;
  if (left > 0) return `${names.length} of ${plural(names.length + left, 'alert')}`;
  return more.length > 0 ? plural(names.length, 'alert') : (first ?? 'the alert');
}
