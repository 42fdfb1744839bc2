/**
 * The one box: what was pasted, and where it leads. An address of this console, a correlation ID in any
 * wrapping, a flag, an alert by its link or name, a service.
 */
import { placeOf } from '#shared/util/place.ts';
import { call } from '../client/client.ts';
import { formatClock } from '../ui/format.ts';

export interface Place {
  id: string;
  kind: 'conversation' | 'flag' | 'alert' | 'runbook' | 'address' | 'search';
  label: string;
  detail: string;
  path: string;
  /** What was pasted names exactly this. */
  exact: boolean;
}

/** Reads a deep link or an address of this console; null when the text is something else. */
export function ownAddress(text: string, origin: string): string | null {
  const deep = /^nightdesk:\/\/([a-z]+)\/(.+)$/i.exec(text);
  if (deep?.[1] && deep[2]) return `/${deep[1].toLowerCase()}/${deep[2]}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.origin === origin ? `${url.pathname}${url.search}` : null;
}

/** Whether an alert is what a link or a name speaks of. */
export function isAlert(
  alert: { fingerprint: string; name: string; url: string | null },
  text: string,
): boolean {
  const wanted = safeDecode(text).toLowerCase();
  return (
    wanted === alert.name.toLowerCase() ||
    wanted.includes(alert.fingerprint.toLowerCase()) ||
    (alert.url !== null && wanted === alert.url.toLowerCase()) ||
    (/^https?:/.test(wanted) && wanted.includes(alert.name.toLowerCase()))
  );
}

export async function findPlaces(
  text: string,
  environment: string,
  origin: string,
  signal?: AbortSignal,
): Promise<Place[]> {
  const asked = text.trim();
  if (asked === '') return [];
  const own = ownAddress(asked, origin);
  if (own !== null) {
    return [
      { id: own, kind: 'address', label: own, detail: 'this console', path: own, exact: true },
    ];
  }
  const none = () => null;
  const [found, flags, alerts, runbooks] = await Promise.all([
    call('conversations.find', { text: asked, limit: 8 }, signal).catch(none),
    call('flags.list', { environment }, signal).catch(none),
    call(
      'alerts.list',
      { environment, states: ['firing', 'suppressed', 'resolved'] },
      signal,
    ).catch(none),
    call('runbooks.list', { environment }, signal).catch(none),
  ]);
  const places: Place[] = [];
  // Of several words any may be how an ID begins: they are searched for, and such an ID is offered behind.
  const beside: Place[] = [];
  const words = /\s/.test(asked);
  for (const match of found?.matches ?? []) {
    // Two services, or two environments, may share an ID.
    const which = new URLSearchParams({ service: match.service, in: match.environment });
    if (match.hitTurn !== null) which.set('turn', String(match.hitTurn + 1));
    (words && !match.exact ? beside : places).push({
      id: `conversation ${match.key}`,
      kind: 'conversation',
      label: match.id,
      detail: `${match.service} ${match.version} · ${formatClock(match.startedAt, { now: Date.now() })} · ${match.title}`,
      path: `${placeOf('conversation', match.id)}?${which}`,
      exact: match.exact,
    });
  }
  const lower = asked.toLowerCase();
  for (const flag of flags?.flags ?? []) {
    const key = flag.key.toLowerCase();
    if (!key.includes(lower) && !(asked.startsWith('http') && lower.includes(key))) continue;
    places.push({
      id: `flag ${flag.source} ${flag.key}`,
      kind: 'flag',
      label: flag.key,
      detail: `flag in ${flag.source}`,
      path: placeOf('flags', flag.source, flag.key),
      exact: key === lower || lower.endsWith(`/${key}`),
    });
  }
  for (const alert of alerts?.alerts ?? []) {
    if (!isAlert(alert, asked)) continue;
    places.push({
      id: `alert ${alert.source} ${alert.fingerprint}`,
      kind: 'alert',
      label: alert.name,
      detail: `${alert.service} · ${alert.state}`,
      path: `/now?alert=${encodeURIComponent(alert.fingerprint)}`,
      exact: true,
    });
  }
  for (const runbook of runbooks?.runbooks ?? []) {
    if (!`${runbook.title} ${runbook.id}`.toLowerCase().includes(lower)) continue;
    places.push({
      id: `runbook ${runbook.id}`,
      kind: 'runbook',
      label: runbook.title,
      detail: 'runbook',
      path: placeOf('runbooks', ...runbook.id.split('/')),
      exact: runbook.id.toLowerCase() === lower,
    });
  }
  places.push({
    id: 'search',
    kind: 'search',
    label: `Search all conversations for “${asked.length > 40 ? `${asked.slice(0, 40)}…` : asked}”`,
    detail: '',
    path: `/conversations?${new URLSearchParams({ q: asked.slice(0, 500) })}`,
    exact: false,
  });
  return [...places, ...beside];
}

/** Where to go without asking: the only exact place; else the only one that is offered before the search. */
export function obviousPlace(places: readonly Place[]): Place | null {
  const exact = places.filter((place) => place.exact);
  if (exact.length === 1) return exact[0] ?? null;
  const before = places.findIndex(({ kind }) => kind === 'search');
  return exact.length === 0 && before === 1 ? (places[0] ?? null) : null;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
