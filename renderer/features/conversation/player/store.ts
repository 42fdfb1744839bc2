/** The player of one open conversation. Many parts watch it, each only what it shows. */
import { useEffect, useMemo, useRef } from 'react';
import { createStore, type StoreApi } from 'zustand';
import type { Timeline } from '#shared/util/timeline.ts';
import { AT_END, type PlayerAction, type PlayerState, play } from './player.ts';

export interface PlayerStore extends PlayerState {
  act(action: PlayerAction): void;
}

/** `chosen`: see `play`. */
export function usePlayer(timeline: Timeline, chosen: number | null): StoreApi<PlayerStore> {
  const line = useRef({ timeline, chosen });
  line.current = { timeline, chosen };
  const store = useMemo(
    () =>
      createStore<PlayerStore>()((set, get) => ({
        ...AT_END,
        act: (action) => set(play(get(), action, line.current.timeline, line.current.chosen)),
      })),
    [],
  );
  useEffect(() => {
    let frame = 0;
    let before = 0;
    const tick = (now: number) => {
      // A window in the background gets no frames: it goes on where it was, not where it would be.
      const ms = before === 0 ? 0 : Math.min(now - before, 250);
      before = now;
      store.getState().act({ type: 'tick', ms });
      frame = store.getState().playing ? requestAnimationFrame(tick) : 0;
    };
    const stop = store.subscribe((now) => {
      if (!now.playing || frame !== 0) return;
      before = 0;
      frame = requestAnimationFrame(tick);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [store]);
  return store;
}
