/** When each message of a conversation appears, and what its user made of it, on the clock of the recording and on the clock of the player. Pure. */
import type { Message, Turn } from '#shared/model/conversation.ts';

/** One thing that appears while the recording plays. */
export interface Cue {
  /** Index of the turn in the list that the timeline was made of. */
  turn: number;
  /** Index of the message in the turn; -1 where the turn came without messages. */
  message: number;
  /** Milliseconds since the epoch. */
  realAt: number;
  /** Milliseconds from the beginning of the playback, at speed 1. */
  playAt: number;
  /** Real milliseconds of silence before it that the playback leaves out; 0 = none. */
  skippedMs: number;
  /** Where in the playback the wait for it began. */
  waitedFrom: number;
  /** No step tells when it came: it is placed between those of which that is known. */
  estimated: boolean;
}

type TimedTurn = Pick<Turn, 'startedAt' | 'durationMs' | 'messages' | 'messageTimes'> &
  Partial<Pick<Turn, 'feedback' | 'feedbackTimes'>>;

/** A piece of feedback is given. */
export interface Given extends Pick<Cue, 'turn' | 'playAt' | 'waitedFrom' | 'skippedMs'> {
  /** Which of the feedback of its turn. */
  place: number;
}

export interface Timeline {
  cues: readonly Cue[];
  /** Milliseconds of playback at speed 1. */
  playTotal: number;
  /** Milliseconds from the beginning of the first turn to the end of the last, or to later feedback. */
  realTotal: number;
  /** Where the two clocks meet, ascending: they run evenly between. */
  clock: readonly { playAt: number; realAt: number }[];
  /** When each turn is over: its answer is whole, and how it went can be told. */
  ends: readonly { playAt: number }[];
  /** In the order it was given, which may be turns later. */
  feedback: readonly Given[];
  /** Where a step through the recording stops, ascending: what came last in a turn is stepped to as a whole, with how it went. */
  steps: readonly number[];
  /** When each turn that failed has shown its failure. */
  failures: readonly { turn: number; playAt: number }[];
  /** Whether the recording has turns before its first, and after its last. */
  before: boolean;
  after: boolean;
}

/** Between an answer and the next question, a longer wait than this is shortened. */
const SILENCE_MS = 5000;
const SILENCE_PLAYED_MS = 1500;
/** While the bot works, its slowness is what one wants to feel; only far longer is shortened. */
const WORK_MS = 30_000;
const WORK_PLAYED_MS = 5000;

/** `failing`: which turns count as failing, by index. Turns are expected oldest first. */
export function makeTimeline(
  turns: readonly TimedTurn[],
  failing: (turn: number) => boolean = () => false,
  around: Pick<Timeline, 'before' | 'after'> = { before: false, after: false },
): Timeline {
  const cues: Cue[] = [];
  const clock: { playAt: number; realAt: number }[] = [];
  const ends: { playAt: number }[] = [];
  let real = turns[0]?.startedAt ?? 0;
  let play = 0;
  const first = real;
  /** Both clocks go on to a moment. Clocks jump and turns overlap: what is told later is never shown earlier. */
  const goOn = (to: number, silence: boolean, least = 0) => {
    const next = Math.max(real, to);
    const gap = next - real;
    const [limit, shortened] = silence
      ? [SILENCE_MS, SILENCE_PLAYED_MS]
      : [WORK_MS, WORK_PLAYED_MS];
    const played = Math.max(least, gap > limit ? shortened : gap);
    play += played;
    real = next;
    clock.push({ playAt: play, realAt: real - first });
    return Math.max(0, gap - played);
  };
  turns.forEach((turn, index) => {
    for (const [at, { message, realAt, estimated }] of momentsOf(turn).entries()) {
      const opens = at === 0;
      // Where turns overlap, one still begins after the other: so that each can be shown to its end.
      const waitedFrom = play;
      const skippedMs = goOn(realAt, opens, opens && index > 0 ? 1 : 0);
      cues.push({
        turn: index,
        message,
        realAt: real,
        playAt: play,
        skippedMs,
        waitedFrom,
        estimated: estimated || real > realAt,
      });
    }
    // The answer has begun to appear; the turn goes on until it is whole.
    goOn(turn.startedAt + Math.max(0, turn.durationMs), false);
    ends.push({ playAt: play });
  });
  const feedback = given(turns).map(({ at, ...piece }): Given => {
    const waitedFrom = play;
    // Behind the last turn of the recording, but not of a page, it goes on for it.
    if (at > real && !around.after) {
      const skippedMs = goOn(at, true);
      return { ...piece, playAt: play, waitedFrom, skippedMs };
    }
    const playAt = at > real ? Number.POSITIVE_INFINITY : playedAt(clock, at - first);
    const over = ends[piece.turn]?.playAt ?? 0;
    return { ...piece, playAt: Math.max(playAt, over), waitedFrom, skippedMs: 0 };
  });
  return {
    cues,
    playTotal: play,
    realTotal: real - first,
    clock,
    ends,
    feedback: feedback.toSorted((a, b) => a.playAt - b.playAt),
    steps: stepsOf(cues, ends, feedback),
    failures: ends.flatMap(({ playAt }, turn) => (failing(turn) ? [{ turn, playAt }] : [])),
    ...around,
  };
}

function stepsOf(
  cues: readonly Cue[],
  ends: Timeline['ends'],
  feedback: readonly Given[],
): number[] {
  const said = cues.map((cue, at) =>
    cues[at + 1]?.turn === cue.turn ? cue.playAt : (ends[cue.turn]?.playAt ?? cue.playAt),
  );
  const given = feedback.map(({ playAt }) => playAt).filter(Number.isFinite);
  return [...said, ...given].sort((a, b) => a - b);
}

/** What was given and when, in that order; where nobody knows, when the turn was over. */
function given(turns: readonly TimedTurn[]): { turn: number; place: number; at: number }[] {
  const all = turns.flatMap(({ durationMs, feedback = [], feedbackTimes, startedAt }, turn) =>
    feedback.map((_, place) => ({
      turn,
      place,
      at: startedAt + Math.max(0, durationMs, feedbackTimes?.[place] ?? 0),
    })),
  );
  return all.toSorted((a, b) => a.at - b.at);
}

/**
 * A question appears when its turn begins, and what follows when its steps tell. Of what no step tells, the last comes when
 * the turn ends, and the rest lies evenly between its neighbours.
 */
function momentsOf({ messages, messageTimes, startedAt, durationMs }: TimedTurn) {
  if (messages.length === 0) return [{ message: -1, realAt: startedAt, estimated: false }];
  const asked = leading(messages);
  const last = messages.length - 1;
  const told = messages.map((_, message) => {
    if (message < asked) return 0;
    return messageTimes?.[message] ?? (message === last ? Math.max(0, durationMs) : null);
  });
  let before = asked - 1;
  let next = asked;
  return told.map((known, message) => {
    if (known !== null) {
      before = message;
      return { message, realAt: startedAt + known, estimated: false };
    }
    // The last is known, so that there is a next one.
    while (next <= message || told[next] === null) next++;
    const from = told[before] ?? 0;
    const share = (message - before) / (next - before);
    const ms = from + Math.max(0, (told[next] ?? from) - from) * share;
    return { message, realAt: startedAt + ms, estimated: true };
  });
}

function leading(messages: readonly Message[]): number {
  const answer = messages.findIndex(({ role }) => role === 'assistant' || role === 'tool');
  return answer < 0 ? messages.length : answer;
}

/** How many cues have appeared at a moment of the playback; `null` = all. */
export function revealedAt({ cues }: Timeline, at: number | null): number {
  return at === null ? cues.length : countUpTo(cues, at);
}

/** Milliseconds of the recording that have passed at a moment of the playback. */
export function realAt({ clock, realTotal }: Timeline, at: number | null): number {
  if (at === null) return realTotal;
  const passed = countUpTo(clock, at);
  const before = clock[passed - 1];
  const after = clock[passed];
  if (!before || !after) return before ? realTotal : 0;
  const share = (at - before.playAt) / (after.playAt - before.playAt);
  return before.realAt + share * (after.realAt - before.realAt);
}

/** The other way round: when in the playback a moment of the recording comes. */
function playedAt(clock: Timeline['clock'], real: number): number {
  const next = clock.findIndex((moment) => moment.realAt > real);
  const before = next < 0 ? clock.at(-1) : clock[next - 1];
  const after = clock[next];
  if (!before || !after) return before?.playAt ?? 0;
  const share = (real - before.realAt) / (after.realAt - before.realAt);
  return before.playAt + share * (after.playAt - before.playAt);
}

/** How many turns are over at a moment of the playback. */
export function overAt({ ends }: Timeline, at: number): number {
  return countUpTo(ends, at);
}

/** How much feedback has been given at a moment of the playback. */
export function givenAt({ feedback }: Timeline, at: number): number {
  return countUpTo(feedback, at);
}

function countUpTo(moments: readonly { playAt: number }[], at: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.playAt ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether what appeared last at a moment of the playback came at a time that no step tells. */
export function isEstimated(timeline: Timeline, at: number | null): boolean {
  return at !== null && timeline.cues[revealedAt(timeline, at) - 1]?.estimated === true;
}

/** When in the playback all of a turn has appeared. */
export function endOfTurn({ ends }: Timeline, turn: number): number {
  return ends[turn]?.playAt ?? 0;
}

/** When in the playback all has come that comes before the next turn: the turn, and feedback. */
export function restOfTurn({ cues, steps }: Timeline, turn: number): number {
  const next = cues.find((cue) => cue.turn > turn)?.playAt ?? Number.POSITIVE_INFINITY;
  return steps.findLast((playAt) => playAt < next) ?? 0;
}

/** Where in the playback a turn begins. */
export function startOfTurn({ cues }: Timeline, turn: number): number {
  return cues.find((cue) => cue.turn === turn)?.playAt ?? 0;
}
