/** What the player does, as a state machine. Pure: the clock comes in as `tick`. */
import { assertNever } from '#shared/util/assert-never.ts';
import type { Timeline } from './timeline.ts';

export const SPEEDS = [1, 2, 4, 8, 16] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayerState {
  /** Milliseconds of playback; null = at the end: everything is shown, and what is new appears at once. */
  at: number | null;
  playing: boolean;
  speed: Speed;
}

export type PlayerAction =
  | { type: 'toggle' }
  | { type: 'pause' }
  | { type: 'tick'; ms: number }
  | { type: 'seek'; at: number }
  | { type: 'step'; by: 1 | -1 }
  | { type: 'end' }
  | { type: 'speed'; by: 1 | -1 }
  | { type: 'setSpeed'; speed: Speed };

export const AT_END: PlayerState = { at: null, playing: false, speed: 1 };

export function play(
  state: PlayerState,
  action: PlayerAction,
  { cues, playTotal }: Timeline,
): PlayerState {
  switch (action.type) {
    case 'toggle':
      if (state.playing) return { ...state, playing: false };
      if (cues.length === 0) return state;
      // From the end it begins anew.
      return { ...state, at: state.at ?? 0, playing: true };
    case 'pause':
      return { ...state, playing: false };
    case 'tick':
      if (!state.playing) return state;
      return place(state, (state.at ?? 0) + action.ms * state.speed, playTotal);
    case 'seek':
      return place(state, action.at, playTotal);
    case 'end':
      return { ...state, at: null, playing: false };
    case 'step': {
      const at = state.at ?? playTotal;
      const next =
        action.by > 0
          ? cues.find((cue) => cue.playAt > at)
          : cues.findLast((cue) => cue.playAt < at);
      if (!next)
        return action.by > 0 ? { ...state, at: null, playing: false } : { ...state, at: 0 };
      return place(state, next.playAt, playTotal);
    }
    case 'speed': {
      const index = SPEEDS.indexOf(state.speed) + action.by;
      return { ...state, speed: SPEEDS[index] ?? state.speed };
    }
    case 'setSpeed':
      return { ...state, speed: action.speed };
    default:
      return assertNever(action);
  }
}

/** At the very end the player stops and follows what is new. */
function place(state: PlayerState, at: number, total: number): PlayerState {
  if (at >= total) return { ...state, at: null, playing: false };
  return { ...state, at: Math.max(0, at) };
}
