import { useEffect } from 'react';
import { useWindow } from '../../../client/index.ts';
import { JUMP_KEY, JUMP_KINDS, type Jump } from './jumps.ts';
import type { PlayerAction } from './player.ts';
import type { Place } from './use-place.ts';

const KEYS: Readonly<Record<string, PlayerAction>> = {
  ' ': { type: 'toggle' },
  ArrowLeft: { type: 'step', by: -1 },
  ArrowRight: { type: 'step', by: 1 },
  '+': { type: 'speed', by: 1 },
  '=': { type: 'speed', by: 1 },
  '-': { type: 'speed', by: -1 },
  End: { type: 'end' },
};

const JUMPS: ReadonlyMap<string, Jump> = new Map(
  JUMP_KINDS.flatMap((kind): [string, Jump][] => [
    [JUMP_KEY[kind].toLowerCase(), { kind, by: 1 }],
    [JUMP_KEY[kind], { kind, by: -1 }],
  ]),
);

/** The player's keys hold on the whole screen, unless the key belongs to what has the focus. */
export function usePlayerKeys({ store, jump: onJump, restart }: Place): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = KEYS[event.key];
      const jump = JUMPS.get(event.key);
      const home = event.key === 'Home';
      if (
        (!action && !jump && !home) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.defaultPrevented
      ) {
        return;
      }
      if (taken(event) || useWindow.getState().planning || useWindow.getState().help) return;
      event.preventDefault();
      if (action) store.getState().act(action);
      if (jump) onJump(jump);
      if (home) restart();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store, onJump, restart]);
}

function taken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="menu"], input, textarea, select')) return true;
  // Space presses what has the focus.
  return key === ' ' && target.closest('button, a, summary, [role="slider"]') !== null;
}
