import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let second = Math.floor(Date.now() / 1000);
let timer: ReturnType<typeof setInterval> | undefined;
/** Core's clock minus this window's, milliseconds: ages are told by the core's clock. */
let skew = 0;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000);
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Tells this window what the core's clock says. Differences under two seconds are the way there. */
export function setCoreTime(coreNow: number): void {
  const difference = coreNow - Date.now();
  skew = Math.abs(difference) < 2000 ? 0 : difference;
}

export function coreNow(): number {
  return Date.now() + skew;
}

/** The core's time, in whole milliseconds, re-read every `everyS` seconds by one shared timer. */
export function useNow(everyS = 1): number {
  const tick = useSyncExternalStore(listen, () => Math.floor(second / everyS) * everyS);
  const now = coreNow();
  // The tick decides when a view is drawn again; the clock decides what it shows.
  return Math.max(tick * 1000, now);
}
