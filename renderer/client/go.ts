import { navigate } from 'wouter/use-browser-location';
import { type Range, rangeInto } from './range.ts';
import { useWindow } from './window.ts';

/**
 * The address of a place with the window's environment and range in it, so that it can be shared
 * and so that back and forward bring them back. `extra` adds search parameters of the screen's own.
 */
export function addressOf(
  path: string,
  extra: Readonly<Record<string, string | undefined>> = {},
  at: { environment: string; range: Range } = useWindow.getState(),
): string {
  const [bare = path, ...ownSearch] = path.split('?');
  const search = new URLSearchParams(ownSearch.join('?'));
  if (at.environment && !search.has('env')) search.set('env', at.environment);
  if (!search.has('range') && !search.has('from')) rangeInto(search, at.range);
  for (const [key, value] of Object.entries(extra)) {
    if (value !== undefined && value !== '') search.set(key, value);
    else search.delete(key);
  }
  const text = search.toString();
  return text ? `${bare}?${text}` : bare;
}

/** Goes to a place, keeping environment and range. */
export function go(path: string, options: { replace?: boolean } = {}): void {
  navigate(addressOf(path), options);
}

/** Changes the environment or the range of the current address. */
export function goWith(change: { environment?: string; range?: Range }, replace = false): void {
  const state = useWindow.getState();
  const next = {
    environment: change.environment ?? state.environment,
    range: change.range ?? state.range,
  };
  const search = new URLSearchParams(location.search);
  search.set('env', next.environment);
  rangeInto(search, next.range);
  navigate(`${location.pathname}?${search}`, { replace });
}
