import { useEffect } from 'react';
import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { subscribe } from '../client/client.ts';
import { addressOf, go } from '../client/go.ts';
import { DEFAULT_RANGE, rangeFrom } from '../client/range.ts';
import { useSession } from '../client/session.ts';
import { useWindow } from '../client/window.ts';
import { setCoreTime } from '../ui/now.ts';

/**
 * The address decides environment and range, so that back, forward and a shared link bring them back;
 * the store follows it. An address without an environment gets the first one.
 */
export function useUrl(): void {
  const search = useSearch();
  const session = useSession();

  useEffect(() => {
    const asked = new URLSearchParams(search);
    const state = useWindow.getState();
    state.setRange(rangeFrom(asked) ?? DEFAULT_RANGE);
    const names = session?.environments.map((one) => one.name) ?? [];
    const wanted = asked.get('env');
    if (names.length === 0) {
      // What a shared address asks for need not wait for the session; it is checked when that is there.
      if (wanted && state.environment === '') state.setEnvironment(wanted);
      return;
    }
    const environment = names.find((name) => name === wanted) ?? names[0] ?? '';
    state.setEnvironment(environment);
    if (wanted !== environment) {
      asked.set('env', environment);
      navigate(`${location.pathname}?${asked}`, { replace: true });
    }
  }, [search, session]);

  useEffect(() => {
    if (session) setCoreTime(session.now);
  }, [session]);

  useEffect(
    () =>
      subscribe((event) => {
        if (event.type === 'open') go(addressOf(event.path));
      }),
    [],
  );
}
