/** Which alert of a service is spoken of first, and who keeps one quiet. Pure. */
import type { Quiet } from '#shared/contract/overview.ts';
import type { Action } from '#shared/model/action.ts';
import type { Alert, Silence } from '#shared/model/alert.ts';

const RANK: Readonly<Record<string, number>> = { critical: 0, page: 0, error: 1, warning: 2 };

export function alertsOf(alerts: readonly Alert[], service: string): Alert[] {
  return worstFirst(alerts.filter((alert) => alert.service === service));
}

/** Of none of these services. */
export function straysOf(alerts: readonly Alert[], services: readonly string[]): Alert[] {
  return worstFirst(alerts.filter((alert) => !services.includes(alert.service)));
}

/** What is kept quiet comes after what fires, but it is told of: nothing is mended by a silence. */
function worstFirst(alerts: readonly Alert[]): Alert[] {
  const quiet = ({ state }: Alert) => Number(state !== 'firing');
  const rank = ({ severity }: Alert) => RANK[severity] ?? 3;
  return alerts
    .filter((alert) => alert.state !== 'resolved')
    .sort((a, b) => quiet(a) - quiet(b) || rank(a) - rank(b) || a.startedAt - b.startedAt);
}

/** The silence that ends last: until then it is quiet. Null when none is known to hold it. */
export function quietOf(
  alert: Alert,
  silences: readonly Silence[],
  actions: readonly Action[],
  now: number,
): Quiet | null {
  const [last] = silences
    .filter(
      (one) =>
        one.source === alert.source &&
        alert.silencedBy.includes(one.id) &&
        one.state === 'active' &&
        one.endsAt > now,
    )
    .sort((a, b) => b.endsAt - a.endsAt);
  if (alert.state !== 'suppressed' || last === undefined) return null;
  const action = actions.find(({ made }) => made.includes(last.id));
  return { until: last.endsAt, by: action?.by ?? last.by, action: action?.id ?? null };
}
