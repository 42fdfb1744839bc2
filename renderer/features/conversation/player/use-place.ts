/** Where one is in a conversation: the turn that is chosen, the page of turns it lies on, and the player of that page. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { useSearchParams } from 'wouter';
import { useStore } from 'zustand';
import type { Failure, Turn, TurnMark } from '#shared/model/conversation.ts';
import {
  endOfTurn,
  givenAt,
  makeTimeline,
  overAt,
  revealedAt,
  startOfTurn,
} from '#shared/util/timeline.ts';
import type { Revealed } from '../chat/Chat.tsx';
import { PAGE_TURNS } from '../pages.ts';
import { type Jump, type JumpKind, jumpFrom } from './jumps.ts';
import { usePlayer } from './store.ts';

/** Where somebody wants to be. */
interface Goal {
  turn: number;
  /** Null: chosen by itself. */
  jump: JumpKind | null;
  /** Where the player goes: before it or behind it; `chosen`: before it, unless everything is shown, which stays so. */
  to: 'chosen' | 'start' | 'end';
}

export type Place = ReturnType<typeof usePlace>;

export function usePlace(props: {
  /** Number of all turns. */
  turns: number;
  pageOf: ReadonlyMap<number, readonly Turn[] | undefined>;
  want: (first: number, last: number) => void;
  marks: readonly TurnMark[];
  failuresOf: (turn: Turn) => readonly Failure[];
  search: ReturnType<typeof useSearchParams>[0];
  setSearch: ReturnType<typeof useSearchParams>[1];
}) {
  const { turns: total, pageOf, want, marks, failuresOf, search, setSearch } = props;
  // The player covers one page of turns: all of them, but for conversations of many hundreds.
  const asked = Number(search.get('turn') ?? Number.NaN) - 1;
  const [chosen, setChosen] = useState(() =>
    Number.isInteger(asked) && asked >= 0 ? Math.min(asked, total - 1) : null,
  );
  const page = Math.floor((chosen ?? 0) / PAGE_TURNS);
  const firstOfPage = page * PAGE_TURNS;
  const turns = pageOf.get(page);
  const timeline = useMemo(
    () =>
      makeTimeline(
        turns ?? [],
        (at) => {
          const turn = turns?.[at];
          return turn !== undefined && failuresOf(turn).length > 0;
        },
        { before: firstOfPage > 0, after: firstOfPage + PAGE_TURNS < total },
      ),
    [turns, failuresOf, firstOfPage, total],
  );
  const store = usePlayer(timeline, chosen === null ? null : chosen - firstOfPage);
  const shown = useStore(store, (state) =>
    state.at === null ? null : revealedAt(timeline, state.at),
  );
  const cue = shown === null ? null : timeline.cues[Math.max(0, shown - 1)];
  const over = useStore(store, (state) => (state.at === null ? 0 : overAt(timeline, state.at)));
  const given = useStore(store, (state) => (state.at === null ? 0 : givenAt(timeline, state.at)));
  const revealed = useMemo((): Revealed | null => {
    if (!cue) return null;
    const toCome = new Map<number, number>();
    for (const { turn } of timeline.feedback.slice(given)) {
      toCome.set(firstOfPage + turn, (toCome.get(firstOfPage + turn) ?? 0) + 1);
    }
    const turn = firstOfPage + cue.turn;
    return { turn, messages: cue.message + 1, over: cue.turn < over, toCome };
  }, [cue, over, given, timeline, firstOfPage]);

  // Where nobody has chosen, the first failure is what one came for.
  const firstFailure = timeline.failures[0]?.turn;
  const selected = revealed?.turn ?? chosen ?? firstFailure ?? 0;
  useEffect(() => want(selected, selected), [selected, want]);
  const [focus, setFocus] = useState({ turn: chosen ?? 0, at: chosen === null ? 0 : 1 });
  const [goal, setGoal] = useState<Goal | null>(null);
  const shownNow = useRef(selected);
  shownNow.current = selected;
  const goTo = useCallback(
    (goal: Goal) => {
      setChosen(goal.turn);
      // A click in the turn that is shown is about something in it: it stays as far as it has appeared.
      if (goal.to !== 'chosen' || goal.turn !== shownNow.current) setGoal(goal);
      store.getState().act({ type: 'pause' });
      // A new address would take away what somebody is marking.
      if (window.getSelection()?.toString()) return;
      setSearch(
        (now) => {
          now.set('turn', String(goal.turn + 1));
          now.delete('span');
          return now;
        },
        { replace: true },
      );
    },
    [setSearch, store],
  );
  const choose = useCallback((turn: number) => goTo({ turn, jump: null, to: 'chosen' }), [goTo]);
  const restart = useCallback(() => goTo({ turn: 0, jump: null, to: 'start' }), [goTo]);
  const from = revealed?.turn ?? chosen;
  const jump = useCallback(
    (wanted: Jump) => {
      const turn = jumpFrom(marks, from, wanted);
      if (turn !== null) goTo({ turn, jump: wanted.kind, to: 'end' });
    },
    [marks, from, goTo],
  );
  const ready = turns !== undefined;
  const play = search.get('play') === '1';
  const begun = useRef(false);
  useEffect(() => {
    if (!ready || !play || begun.current) return;
    begun.current = true;
    store.getState().act({ type: 'toggle' });
  }, [ready, play, store]);
  // The player goes there too, once the page is read. Before anything is painted: the place it has left means nothing on another page.
  const reached = useRef<Goal | null>(null);
  useLayoutEffect(() => {
    if (goal === null || goal === reached.current || !ready) return;
    const at = goal.turn - firstOfPage;
    if (at < 0 || at >= PAGE_TURNS) return;
    reached.current = goal;
    if (goal.to === 'chosen' && store.getState().at === null) return;
    const moment = goal.to === 'end' ? endOfTurn(timeline, at) : startOfTurn(timeline, at);
    store.getState().act({ type: 'seek', at: moment });
    setFocus((before) => ({ turn: goal.turn, at: before.at + 1 }));
  }, [goal, ready, firstOfPage, store, timeline]);
  // Beyond the end of a page it goes on, or back, with the next one.
  const beyond = useStore(store, (state) => state.beyond);
  const beyondRead = beyond !== 0 && pageOf.get(page + beyond) !== undefined;
  useEffect(() => {
    if (beyond === 0) return;
    const turn = beyond > 0 ? firstOfPage + PAGE_TURNS : firstOfPage - 1;
    want(turn, turn);
    if (!beyondRead) return;
    setChosen(turn);
    setGoal({ turn, jump: null, to: beyond < 0 ? 'end' : 'start' });
  }, [beyond, beyondRead, firstOfPage, want]);
  // At the end it rests on what was said last.
  const lastTurn = total - 1;
  useEffect(
    () =>
      store.subscribe((now, before) => {
        if (now.at !== null || before.at === null) return;
        setChosen(lastTurn);
        setFocus(({ at }) => ({ turn: lastTurn, at: at + 1 }));
      }),
    [store, lastTurn],
  );

  return { store, timeline, firstOfPage, revealed, selected, focus, goal, choose, restart, jump };
}
