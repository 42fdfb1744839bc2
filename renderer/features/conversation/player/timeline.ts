/** When each message of a conversation appears, on the clock of the recording and on the clock of the player. Pure. */
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
}

export interface Timeline {
  cues: readonly Cue[];
  /** Milliseconds of playback at speed 1. */
  playTotal: number;
  /** Milliseconds from the first cue to the last. */
  realTotal: number;
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
  turns: readonly Pick<Turn, 'startedAt' | 'durationMs' | 'messages'>[],
  failing: (turn: number) => boolean = () => false,
  around: Pick<Timeline, 'before' | 'after'> = { before: false, after: false },
): Timeline {
  const cues: Cue[] = [];
  const failures: { turn: number; playAt: number }[] = [];
  let real = turns[0]?.startedAt ?? 0;
  let play = 0;
  const first = real;
  turns.forEach((turn, index) => {
    for (const [at, { message, realAt }] of momentsOf(turn).entries()) {
      // Clocks jump and turns overlap: what is told later is never shown earlier.
      const next = Math.max(real, realAt);
      const gap = next - real;
      const opensTurn = at === 0;
      const limit = opensTurn ? SILENCE_MS : WORK_MS;
      const heard = gap > limit ? (opensTurn ? SILENCE_PLAYED_MS : WORK_PLAYED_MS) : gap;
      // Where turns overlap, one still begins after the other: so that each can be shown to its end.
      const played = opensTurn && index > 0 ? Math.max(1, heard) : heard;
      play += played;
      real = next;
      cues.push({
        turn: index,
        message,
        realAt: next,
        playAt: play,
        skippedMs: Math.max(0, gap - played),
      });
    }
    if (failing(index)) failures.push({ turn: index, playAt: play });
  });
  return { cues, playTotal: play, realTotal: real - first, failures, ...around };
}

/**
 * A question appears when its turn begins and the answer when it ends. When the steps between happened is
 * told by spans, which are not read for the whole conversation: they are spread evenly.
 */
function momentsOf(turn: Pick<Turn, 'startedAt' | 'durationMs' | 'messages'>) {
  const { messages, startedAt } = turn;
  const duration = Math.max(0, turn.durationMs);
  if (messages.length === 0) return [{ message: -1, realAt: startedAt }];
  const asked = leading(messages);
  const worked = messages.length - asked;
  return messages.map((_, message) => ({
    message,
    realAt: message < asked ? startedAt : startedAt + (duration * (message - asked + 1)) / worked,
  }));
}

function leading(messages: readonly Message[]): number {
  const answer = messages.findIndex(({ role }) => role === 'assistant' || role === 'tool');
  return answer < 0 ? messages.length : answer;
}

/** How many cues have appeared at a moment of the playback; `null` = all. */
export function revealedAt({ cues }: Timeline, at: number | null): number {
  if (at === null) return cues.length;
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cues[middle]?.playAt ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Milliseconds of the recording that have passed at a moment of the playback. */
export function realAt(timeline: Timeline, at: number | null): number {
  const { cues, realTotal } = timeline;
  const shown = revealedAt(timeline, at);
  const before = cues[shown - 1];
  const after = cues[shown];
  const first = cues[0];
  if (at === null || !before || !after || !first) return before ? realTotal : 0;
  const played = after.playAt - before.playAt;
  const share = played > 0 ? (at - before.playAt) / played : 0;
  return before.realAt - first.realAt + share * (after.realAt - before.realAt);
}

/** When in the playback all of a turn has appeared. */
export function endOfTurn({ cues }: Timeline, turn: number): number {
  return cues.findLast((cue) => cue.turn === turn)?.playAt ?? 0;
}

/** Where in the playback a turn begins. */
export function startOfTurn({ cues }: Timeline, turn: number): number {
  return cues.find((cue) => cue.turn === turn)?.playAt ?? 0;
}
