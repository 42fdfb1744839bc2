import { expect, test } from 'vitest';
import type { Failure, Message, TurnMark } from '#shared/model/conversation.ts';
import {
  endOfTurn,
  givenAt,
  isEstimated,
  makeTimeline,
  overAt,
  realAt,
  revealedAt,
} from '#shared/util/timeline.ts';
import { FRAME_KEYS } from '../../renderer/app/keys.ts';
import {
  JUMP_KEY,
  JUMP_KINDS,
  type JumpKind,
  jumpFrom,
} from '../../renderer/features/conversation/player/jumps.ts';
import {
  AT_END,
  type PlayerAction,
  play,
} from '../../renderer/features/conversation/player/player.ts';

const say = (role: Message['role'], content: string): Message => ({
  role,
  parts: [{ type: 'text', content }],
});
const turn = (
  startedAt: number,
  durationMs: number,
  messages?: Message[],
  messageTimes?: (number | null)[],
) => ({
  startedAt,
  durationMs,
  messages: messages ?? [say('user', 'q'), say('assistant', 'a')],
  ...(messageTimes ? { messageTimes } : {}),
});
const WITH_TOOL = [
  say('user', 'q'),
  say('assistant', 'call'),
  say('tool', 'result'),
  say('assistant', 'a'),
];
const run = (line: ReturnType<typeof makeTimeline>, ...actions: PlayerAction[]) =>
  actions.reduce((state, action) => play(state, action, line), AT_END);

test('a question appears when its turn begins, the answer when it ends', () => {
  const line = makeTimeline([turn(1000, 2000), turn(4000, 500)]);
  expect(line.cues.map((cue) => cue.playAt)).toEqual([0, 2000, 3000, 3500]);
  expect(line.playTotal).toBe(3500);
  expect(line.realTotal).toBe(3500);
});

test('steps come when their spans tell, and the answer when it begins', () => {
  const line = makeTimeline([turn(0, 24_000, WITH_TOOL, [0, 22_000, 22_500, 23_000])]);
  expect(line.cues.map((cue) => cue.playAt)).toEqual([0, 22_000, 22_500, 23_000]);
  expect(line.cues.some((cue) => cue.estimated)).toBe(false);
  // Until the answer is whole, the turn goes on; the silence behind it begins then.
  expect(line.playTotal).toBe(24_000);
  const two = makeTimeline([
    turn(0, 24_000, WITH_TOOL, [0, 22_000, 22_500, 23_000]),
    turn(84_000, 100),
  ]);
  expect(two.cues[4]).toMatchObject({ playAt: 25_500, waitedFrom: 24_000, skippedMs: 58_500 });
  expect([23_500, 24_000, 24_750, 25_500].map((at) => realAt(two, at))).toEqual([
    23_500, 24_000, 54_000, 84_000,
  ]);
});

test('steps whose time nobody tells are spread between the others, and said to be estimated', () => {
  const line = makeTimeline([turn(0, 3000, WITH_TOOL)]);
  expect(line.cues.map((cue) => cue.playAt)).toEqual([0, 1000, 2000, 3000]);
  expect(line.cues.map((cue) => cue.estimated)).toEqual([false, true, true, false]);
  expect([500, 1500, 2500].map((at) => isEstimated(line, at))).toEqual([false, true, true]);
  expect(isEstimated(line, null)).toBe(false);
  const some = makeTimeline([turn(0, 3000, WITH_TOOL, [0, 2000, null, 2800])]);
  expect(some.cues.map((cue) => cue.playAt)).toEqual([0, 2000, 2400, 2800]);
  expect(some.cues.map((cue) => cue.estimated)).toEqual([false, false, true, false]);
});

test('feedback comes when it was given: between two turns, turns later, or behind the last', () => {
  const line = makeTimeline([
    { ...turn(0, 2000), feedback: ['thumbs_down'], feedbackTimes: [3000] },
    { ...turn(4000, 1000), feedback: ['thumbs_up', 'ticket'], feedbackTimes: [500, 600_000] },
    { ...turn(6000, 1000), feedback: ['regenerate'] },
  ]);
  expect(line.feedback.map(({ turn, playAt }) => [turn, playAt])).toEqual([
    [0, 3000],
    // What it is about is said to its end first, and also what nobody tells the time of.
    [1, 5000],
    [2, 7000],
    [1, 8500],
  ]);
  expect([2999, 3000, 7000].map((at) => givenAt(line, at))).toEqual([0, 1, 3]);
  expect(line.feedback[3]).toMatchObject({ waitedFrom: 7000, skippedMs: 595_500 });
  expect([line.playTotal, line.realTotal]).toEqual([8500, 604_000]);
  // In a silence that is shortened, it comes where that puts it.
  const later = makeTimeline([
    { ...turn(0, 1000), feedback: ['thumbs_down'], feedbackTimes: [31_000] },
    turn(61_000, 1000),
  ]);
  expect(later.feedback[0]?.playAt).toBe(1750);
  // Two at one moment come together.
  const both = makeTimeline([
    { ...turn(0, 1000), feedback: ['thumbs_down', 'ticket'], feedbackTimes: [60_000, 60_000] },
  ]);
  expect(both.feedback.map(({ playAt }) => playAt)).toEqual([2500, 2500]);
  // On a page that others follow it may belong to one of them.
  const page = makeTimeline(
    [{ ...turn(0, 1000), feedback: ['ticket'], feedbackTimes: [90_000] }],
    () => false,
    {
      before: false,
      after: true,
    },
  );
  expect([page.playTotal, givenAt(page, page.playTotal)]).toEqual([1000, 0]);
});

test('how a turn went is told at its end, not when its answer begins', () => {
  const line = makeTimeline(
    [turn(0, 24_000, WITH_TOOL, [0, 22_000, 22_500, 23_000]), turn(30_000, 1000)],
    (at) => at === 0,
  );
  expect([23_000, 23_999, 24_000, 60_000].map((at) => overAt(line, at))).toEqual([0, 0, 1, 2]);
  expect(line.failures).toEqual([{ turn: 0, playAt: 24_000 }]);
  expect(overAt(line, endOfTurn(line, 0))).toBe(1);
});

test('a long silence of the user is shortened and counted; slow work of the bot is not', () => {
  const line = makeTimeline([turn(0, 9000), turn(129_000, 1000)]);
  expect(line.cues.map((cue) => cue.playAt)).toEqual([0, 9000, 10_500, 11_500]);
  expect(line.cues[2]?.skippedMs).toBe(118_500);
  expect(line.cues[1]?.skippedMs).toBe(0);
  expect(line.realTotal).toBe(130_000);
});

test('clocks that jump back never show a later message earlier', () => {
  const line = makeTimeline([turn(10_000, 2000), turn(4000, 1000), turn(12_500, 500)]);
  const at = line.cues.map((cue) => cue.playAt);
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(line.cues.map((cue) => cue.turn)).toEqual([0, 0, 1, 1, 2, 2]);
});

test('a turn without messages still has its place', () => {
  const line = makeTimeline([turn(0, 1000, []), turn(2000, 1000)]);
  expect(line.cues[0]).toMatchObject({ turn: 0, message: -1 });
});

test('playing reveals messages on the clock, faster at a higher speed, and stops at the end', () => {
  const line = makeTimeline([turn(0, 2000), turn(3000, 1000)]);
  const begun = run(line, { type: 'toggle' });
  expect(begun).toMatchObject({ at: 0, playing: true });
  expect(revealedAt(line, begun.at)).toBe(1);
  const later = play(begun, { type: 'tick', ms: 2500 }, line);
  expect(revealedAt(line, later.at)).toBe(2);
  expect(realAt(line, later.at)).toBe(2500);
  const fast = play({ ...later, speed: 4 }, { type: 'tick', ms: 250 }, line);
  expect(revealedAt(line, fast.at)).toBe(3);
  const ended = play(fast, { type: 'tick', ms: 60_000 }, line);
  expect(ended).toMatchObject({ at: null, playing: false });
  expect(revealedAt(line, ended.at)).toBe(4);
});

test('from rest it begins with the turn that is chosen, and steps from there', () => {
  const line = makeTimeline([turn(0, 1000), turn(2000, 1000), turn(4000, 1000)]);
  expect(play(AT_END, { type: 'toggle' }, line, 1)).toMatchObject({ at: 2000, playing: true });
  expect(play(AT_END, { type: 'step', by: -1 }, line, 1).at).toBe(2000);
  expect(play(AT_END, { type: 'step', by: 1 }, line, 1).at).toBe(4000);
  // Paused somewhere, it goes on there.
  const paused = { ...AT_END, at: 500 };
  expect(play(paused, { type: 'toggle' }, line, 1)).toMatchObject({ at: 500, playing: true });
});

test('the end of a page is not the end of the recording: who goes on there asks for the next page', () => {
  const line = makeTimeline([turn(0, 1000), turn(2000, 1000)], () => false, {
    before: true,
    after: true,
  });
  const end = play(AT_END, { type: 'seek', at: 60_000 }, line);
  expect(end).toMatchObject({ at: 3000, playing: false, beyond: 0 });
  expect(play(end, { type: 'step', by: 1 }, line)).toMatchObject({ at: 3000, beyond: 1 });
  const played = run(line, { type: 'toggle' }, { type: 'tick', ms: 60_000 });
  expect(played).toMatchObject({ at: 3000, playing: true, beyond: 1 });
  expect(play(played, { type: 'pause' }, line)).toMatchObject({ playing: false, beyond: 0 });
  // What was asked for is there.
  const next = makeTimeline([turn(4000, 1000)], () => false, { before: true, after: false });
  const on = play(played, { type: 'seek', at: 0 }, next);
  expect(on).toMatchObject({ at: 0, playing: true, beyond: 0 });
  expect(play(on, { type: 'step', by: -1 }, next)).toMatchObject({ at: 0, beyond: -1 });
  expect(play(on, { type: 'tick', ms: 60_000 }, next)).toMatchObject({ at: null, playing: false });
});

test('a paused recording does not move', () => {
  const line = makeTimeline([turn(0, 2000)]);
  const paused = run(line, { type: 'toggle' }, { type: 'tick', ms: 500 }, { type: 'pause' });
  expect(play(paused, { type: 'tick', ms: 500 }, line)).toEqual(paused);
});

test('stepping goes message by message, both ways, and ends at the ends', () => {
  const line = makeTimeline([turn(0, 2000), turn(3000, 1000)]);
  const back = run(line, { type: 'step', by: -1 });
  expect(back.at).toBe(3000);
  expect(run(line, { type: 'step', by: -1 }, { type: 'step', by: 1 }).at).toBeNull();
  const start = run(line, ...Array.from({ length: 9 }, () => ({ type: 'step', by: -1 }) as const));
  expect(start.at).toBe(0);
});

test('a step back takes away what was said last, also while that is still being said', () => {
  const line = makeTimeline([turn(0, 24_000, WITH_TOOL, [0, 5000, 8000, 9000])]);
  const back = run(line, { type: 'step', by: -1 });
  expect(revealedAt(line, back.at)).toBe(3);
  expect(play({ ...AT_END, at: 20_000 }, { type: 'step', by: -1 }, line).at).toBe(8000);
});

test('a step on to an answer shows it to its end, and the next what its user made of it', () => {
  const line = makeTimeline([
    { ...turn(0, 3000, undefined, [0, 1000]), feedback: ['thumbs_down'], feedbackTimes: [4000] },
    turn(6000, 1000),
  ]);
  const on = (at: number) => play({ ...AT_END, at }, { type: 'step', by: 1 }, line).at;
  expect([0, 3000, 4000].map(on)).toEqual([3000, 4000, 6000]);
  expect(play({ ...AT_END, at: 6000 }, { type: 'step', by: -1 }, line).at).toBe(4000);
});

test('a step back from feedback takes the feedback away and leaves the answer', () => {
  const back = (
    line: ReturnType<typeof makeTimeline>,
    at: number | null,
    chosen: number | null = null,
  ) => play({ ...AT_END, at }, { type: 'step', by: -1 }, line, chosen).at;
  const late = makeTimeline([
    { ...turn(0, 1000), feedback: ['thumbs_down'], feedbackTimes: [60_000] },
  ]);
  expect(late.steps).toEqual([0, 1000, 2500]);
  expect([2500, 1000].map((at) => back(late, at))).toEqual([1000, 0]);
  // Nothing has come since the answer: it goes.
  expect(back(late, 2000)).toBe(0);
  // At rest, too, whether or not a turn is chosen.
  expect([back(late, null), back(late, null, 0)]).toEqual([1000, 1000]);
  const between = makeTimeline([
    { ...turn(0, 1000), feedback: ['thumbs_down'], feedbackTimes: [2000] },
    turn(4000, 1000),
  ]);
  expect(back(between, null, 0)).toBe(1000);
  expect(play(AT_END, { type: 'step', by: 1 }, between, 0).at).toBe(4000);
  // While a later answer is being said.
  const during = makeTimeline([
    { ...turn(0, 1000), feedback: ['thumbs_down'], feedbackTimes: [6000] },
    turn(2000, 8000, undefined, [0, 3000]),
  ]);
  expect(during.steps).toEqual([0, 1000, 2000, 6000, 10_000]);
  expect([back(during, null, 1), back(during, 6000)]).toEqual([6000, 2000]);
});

test('a jump goes to the next of its kind, comes round again, and goes back', () => {
  const mark = (turn: number, failures: Failure[], toolFailed = false): TurnMark => ({
    turn,
    endedAt: 0,
    failures,
    toolFailed,
  });
  const marks = [
    mark(3, ['unsure', 'slow']),
    mark(250, [], true),
    mark(900, ['error']),
    mark(9_000, ['slow', 'guardrail']),
  ];
  const walk = (kind: JumpKind, by: 1 | -1, steps: number) => {
    let at: number | null = null;
    return Array.from({ length: steps }, () => {
      at = jumpFrom(marks, at, { kind, by });
      return at;
    });
  };
  expect(walk('any', 1, 4)).toEqual([3, 900, 9_000, 3]);
  expect(walk('any', -1, 4)).toEqual([9_000, 900, 3, 9_000]);
  // A tool that failed is an error, though the turn did not fail by it.
  expect(walk('error', 1, 3)).toEqual([250, 900, 250]);
  expect(walk('slow', -1, 3)).toEqual([9_000, 3, 9_000]);
  expect(walk('unsure', 1, 2)).toEqual([3, 3]);
  expect(walk('guardrail', 1, 1)).toEqual([9_000]);
  expect(jumpFrom([], 0, { kind: 'any', by: 1 })).toBeNull();
});

test('no two kinds of jumps share a key, and none has one of the frame', () => {
  const keys = JUMP_KINDS.map((kind) => JUMP_KEY[kind].toLowerCase());
  const firsts = FRAME_KEYS.map(({ keys: own }) => own.split(' ')[0]?.toLowerCase());
  expect(new Set([...keys, ...firsts]).size).toBe(keys.length + new Set(firsts).size);
});

test('what was jumped to has appeared as a whole', () => {
  const line = makeTimeline([turn(0, 1000), turn(2000, 1000), turn(4000, 1000)]);
  expect(revealedAt(line, endOfTurn(line, 1))).toBe(4);
  // Also where the next turn began before it ended.
  const overlapping = makeTimeline([turn(0, 1000), turn(500, 1000), turn(600, 1000)]);
  expect([0, 1, 2].map((at) => revealedAt(overlapping, endOfTurn(overlapping, at)))).toEqual([
    2, 4, 6,
  ]);
});

test('speeds go from 1 to 16 and no further', () => {
  const line = makeTimeline([turn(0, 1000)]);
  const up = Array.from({ length: 9 }, () => ({ type: 'speed', by: 1 }) as const);
  expect(run(line, ...up).speed).toBe(16);
  expect(run(line, { type: 'speed', by: -1 }).speed).toBe(1);
});

test('new turns that arrive at the end are shown at once', () => {
  const line = makeTimeline([turn(0, 1000)]);
  const longer = makeTimeline([turn(0, 1000), turn(2000, 1000)]);
  expect(revealedAt(longer, run(line, { type: 'end' }).at)).toBe(4);
});

test('nothing recorded plays as nothing', () => {
  const line = makeTimeline([]);
  expect(run(line, { type: 'toggle' }, { type: 'step', by: 1 })).toEqual(AT_END);
  expect(run(line, { type: 'step', by: -1 })).toEqual(AT_END);
  expect(realAt(line, null)).toBe(0);
});
