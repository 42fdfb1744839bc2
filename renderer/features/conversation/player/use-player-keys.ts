import { useEffect } from 'react';
import type { StoreApi } from 'zustand';
import { useWindow } from '../../../client/index.ts';
import type { PlayerAction } from './player.ts';
import type { PlayerStore } from './store.ts';

const KEYS: Readonly<Record<string, PlayerAction>> = {
  ' ': { type: 'toggle' },
  ArrowLeft: { type: 'step', by: -1 },
  ArrowRight: { type: 'step', by: 1 },
  n: { type: 'failure', by: 1 },
  N: { type: 'failure', by: -1 },
  '+': { type: 'speed', by: 1 },
  '=': { type: 'speed', by: 1 },
  '-': { type: 'speed', by: -1 },
  End: { type: 'end' },
};

/** The player's keys hold on the whole screen, unless the key belongs to what has the focus. */
export function usePlayerKeys(store: StoreApi<PlayerStore>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = KEYS[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
        return;
      }
      if (taken(event) || useWindow.getState().planning || useWindow.getState().help) return;
      event.preventDefault();
      store.getState().act(action);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store]);
}

function taken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="menu"], input, textarea, select')) return true;
  // Space presses what has the focus.
  return key === ' ' && target.closest('button, a, summary, [role="slider"]') !== null;
}
