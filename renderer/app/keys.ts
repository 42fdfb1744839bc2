import { useEffect } from 'react';
import { go } from '../client/go.ts';
import { useWindow } from '../client/window.ts';
import { PLACES } from './places.ts';

export const isMac = /mac/i.test(navigator.platform);

/** Keys that hold on every screen, for the help. The screens add their own through `setCommands`. */
export const FRAME_KEYS = [
  { keys: isMac ? '⌘ K' : 'Ctrl K', does: 'Palette: every place and action' },
  { keys: '/', does: 'To the box that takes anything pasted' },
  { keys: '?', does: 'This list' },
  { keys: 'Esc', does: 'Close what is open' },
  ...PLACES.map((place) => ({ keys: place.keys, does: `Go to ${place.label}` })),
] as const;

/** How long the second key of a pair is waited for, milliseconds. */
const PAIR_MS = 1200;

/** True where a key belongs to what is typed into. */
function typesInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

export function useFrameKeys(): void {
  useEffect(() => {
    let first = '';
    let firstAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target)) return;
      if (document.querySelector('[aria-modal="true"]')) return;
      if (event.key === '?') {
        event.preventDefault();
        useWindow.getState().setHelp(true);
        return;
      }
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('find')?.focus();
        return;
      }
      const pair = `${event.timeStamp - firstAt < PAIR_MS ? first : ''} ${event.key}`;
      const place = PLACES.find((one) => one.keys === pair);
      first = event.key;
      firstAt = event.timeStamp;
      if (place) {
        event.preventDefault();
        first = '';
        go(place.path);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
