import { Checkbox } from '@mantine/core';
import type { ActionRequest, SingleRequest } from '#shared/model/action.ts';
import type { Alert } from '#shared/model/alert.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { silenceOf } from '../../client/plan.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { plural } from '../../ui/index.ts';
import styles from './action.module.css';

/**
 * What mends a service may keep its alerts quiet in the same action. The silence goes first: where it cannot be had,
 * production has not been touched yet, and where what mends fails, the silence is ended again.
 */
export function AlsoSilence({ request }: { request: ActionRequest }) {
  const parts = partsOf(request);
  const mending = parts.filter((one) => one.kind !== 'silence');
  const [first] = mending;
  const on = first !== undefined && mends(first) ? first : null;
  const alerts = useOperation(
    'alerts.list',
    { environment: on?.environment ?? '', states: ['firing'] },
    { enabled: on !== null },
  );
  const firing = (alerts.data?.alerts ?? []).filter((one) => one.service === on?.service);
  const silenced = mending.length < parts.length;
  if (on === null || (firing.length === 0 && !silenced)) return null;
  return (
    <Checkbox
      className={styles.also}
      size="xs"
      checked={silenced}
      label={`Also silence ${namesOf(firing)} for an hour: first, and ended again if the rest fails`}
      onChange={(event) => {
        const window = useWindow.getState();
        if (!event.currentTarget.checked) return window.changePlan(asOne(mending));
        // A silence needs a reason; what is done is one, until a person has a better.
        if (window.planReason.trim() === '') window.setPlanReason(reasonOf(on));
        window.changePlan(asOne([...silencesOf(firing), ...mending]));
      }}
    />
  );
}

function partsOf(request: ActionRequest): readonly SingleRequest[] {
  switch (request.kind) {
    case 'several':
      return request.requests;
    case 'undo':
    case 'drill':
      return [];
    default:
      return [request];
  }
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

/** As many as one action may carry beside what it is about. */
function silencesOf(alerts: readonly Alert[]): SingleRequest[] {
  return alerts.slice(0, 8).map(silenceOf);
}

function asOne(parts: readonly SingleRequest[]): ActionRequest {
  const [only, ...more] = parts;
  return only !== undefined && more.length === 0 ? only : { kind: 'several', requests: [...parts] };
}

function namesOf(alerts: readonly Alert[]): string {
  const [first, ...more] = alerts;
  if (first === undefined) return 'the alert';
  return more.length === 0 ? plainString(first.name) : plural(alerts.length, 'alert');
}
