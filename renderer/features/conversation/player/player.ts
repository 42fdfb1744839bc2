/** What the player does, as a state machine. Pure: the clock comes in as `tick`. */
import { assertNever } from '#shared/util/assert-never.ts';
import { restOfTurn, revealedAt, startOfTurn, type Timeline } from '#shared/util/timeline.ts';

export const SPEEDS = [1, 2, 4, 8, 16] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayerState {
  /** Milliseconds of playback; null = at the end: everything is shown, and what is new appears at once. */
  at: number | null;
  playing: boolean;
  speed: Speed;
  /** Where the page of turns ends and the recording does not: which of its neighbours was asked for. */
  beyond: 0 | 1 | -1;
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

export const AT_END: PlayerState = { at: null, playing: false, speed: 1, beyond: 0 };

/** `chosen`: the turn of the timeline that it rests on while everything is shown; null = none. */
export function play(
  state: PlayerState,
  action: PlayerAction,
  timeline: Timeline,
  chosen: number | null = null,
): PlayerState {
  const { cues, steps } = timeline;
  switch (action.type) {
    case 'toggle':
      if (state.playing) return { ...state, playing: false, beyond: 0 };
      if (cues.length === 0) return state;
      return { ...state, at: state.at ?? startOfTurn(timeline, chosen ?? 0), playing: true };
    case 'pause':
      return { ...state, playing: false, beyond: 0 };
    case 'tick':
      if (!state.playing) return state;
      return on(place(state, (state.at ?? 0) + action.ms * state.speed, timeline), timeline);
    case 'seek':
      return place(state, action.at, timeline);
    case 'end':
      return { ...state, at: null, playing: false, beyond: 0 };
    case 'step': {
      if (cues.length === 0) return state;
      const at = state.at ?? (chosen === null ? timeline.playTotal : restOfTurn(timeline, chosen));
      const next = action.by > 0 ? steps.find((playAt) => playAt > at) : stepBefore(timeline, at);
      if (next !== undefined) return place(state, next, timeline);
      if (action.by > 0) return on(place(state, timeline.playTotal, timeline), timeline);
      return { ...state, at: 0, beyond: timeline.before ? -1 : 0 };
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

/** Where nothing of what came last is there: it may still be being said, or be feedback. */
function stepBefore(timeline: Timeline, at: number): number | undefined {
  const { cues, steps } = timeline;
  const said = cues[revealedAt(timeline, at) - 1]?.playAt ?? 0;
  const last = Math.max(said, steps.findLast((playAt) => playAt <= at) ?? 0);
  return steps.findLast((playAt) => playAt < last);
}

/** At the very end the player stops and follows what is new; the end of a page that others follow is a place like any. */
function place(state: PlayerState, at: number, { playTotal, after }: Timeline): PlayerState {
  if (at >= playTotal && !after) return { ...state, at: null, playing: false, beyond: 0 };
  return { ...state, at: Math.max(0, Math.min(at, playTotal)), beyond: 0 };
}

/** Who goes on from the end of a page means the next one. */
function on(state: PlayerState, { playTotal }: Timeline): PlayerState {
  return state.at === playTotal ? { ...state, beyond: 1 } : state;
}
