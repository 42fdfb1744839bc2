import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useStore } from 'zustand';
import type { Output } from '#shared/contract/index.ts';
import type { ConversationSummary, Turn, TurnMark } from '#shared/model/conversation.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { failingsOf, failuresOf as failuresIn, slowTurnOf } from '#shared/util/failures.ts';
import { useOperation } from '../../client/index.ts';
import {
  formatCount,
  Go,
  Notice,
  Panel,
  plural,
  Screen,
  StaleNotice,
  StateDot,
} from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './Conversation.module.css';
import { Chat } from './chat/Chat.tsx';
import headerStyles from './Header.module.css';
import { Header } from './Header.tsx';
import { LiveStrip } from './LiveStrip.tsx';
import { oddSentences } from './odd.ts';
import { PAGE_TURNS, type useConversation } from './pages.ts';
import { type Jump, type JumpKind, jumpFrom } from './player/jumps.ts';
import { PlayerBar } from './player/PlayerBar.tsx';
import { usePlayer } from './player/store.ts';
import { endOfTurn, makeTimeline, revealedAt, startOfTurn } from './player/timeline.ts';
import { usePlayerKeys } from './player/use-player-keys.ts';
import { RevealButton } from './Reveal.tsx';
import { TurnPanel } from './TurnPanel.tsx';
import { usePlayerCommands } from './use-player-commands.ts';

const NO_MARKS: readonly TurnMark[] = [];

/** Where somebody wants to be. */
interface Goal {
  turn: number;
  /** Null: chosen by itself. */
  jump: JumpKind | null;
}

/** Younger than this counts as going on. */
const GOING_ON_MS = 60_000;

export function ConversationView(
  props: ReturnType<typeof useConversation> & {
    answer: Output<'conversations.read'>;
    summary: ConversationSummary;
    /** Notices above it. */
    children?: ReactNode;
  },
) {
  const { answer, summary, turnAt, want } = props;
  const [search, setSearch] = useSearchParams();
  const settings = useOperation('settings.read', {});
  const slowTurnMs = slowTurnOf({ services: settings.data?.services ?? [] }, summary.service);
  const failuresOf = useCallback(
    (turn: Turn) => failuresIn(failingsOf(turn), slowTurnMs),
    [slowTurnMs],
  );
  const overview = useOperation('overview.read', { environment: summary.environment });
  const versions = useMemo(
    () => overview.data?.matrix.filter((row) => row.service === summary.service) ?? [],
    [overview.data, summary.service],
  );
  const now = useNow(10);

  // The player covers one page of turns: all of them, but for conversations of many hundreds.
  const asked = Number(search.get('turn') ?? Number.NaN) - 1;
  const [chosen, setChosen] = useState(() =>
    Number.isInteger(asked) && asked >= 0 ? Math.min(asked, summary.turns - 1) : null,
  );
  const page = Math.floor((chosen ?? 0) / PAGE_TURNS);
  const firstOfPage = page * PAGE_TURNS;
  const turns = props.pageOf.get(page);
  const timeline = useMemo(
    () =>
      makeTimeline(turns ?? [], (at) => {
        const turn = turns?.[at];
        return turn !== undefined && failuresOf(turn).length > 0;
      }),
    [turns, failuresOf],
  );
  const store = usePlayer(timeline);
  const shown = useStore(store, (state) =>
    state.at === null ? null : revealedAt(timeline, state.at),
  );
  const cue = shown === null ? null : timeline.cues[Math.max(0, shown - 1)];
  const revealed = useMemo(
    () => (cue ? { turn: firstOfPage + cue.turn, messages: cue.message + 1 } : null),
    [cue, firstOfPage],
  );

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
      if (goal.jump !== null || goal.turn !== shownNow.current) setGoal(goal);
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
  const choose = useCallback((turn: number) => goTo({ turn, jump: null }), [goTo]);
  const marks = props.marks ?? NO_MARKS;
  const from = revealed?.turn ?? chosen;
  const jump = useCallback(
    (wanted: Jump) => {
      const turn = jumpFrom(marks, from, wanted);
      if (turn !== null) goTo({ turn, jump: wanted.kind });
    },
    [marks, from, goTo],
  );
  usePlayerKeys(store, jump);
  usePlayerCommands(store, summary, jump);
  const ready = turns !== undefined;
  const play = search.get('play') === '1';
  useEffect(() => {
    if (!ready || !play) return;
    store.getState().act({ type: 'seek', at: 0 });
    store.getState().act({ type: 'toggle' });
  }, [ready, play, store]);
  // The player goes there too, once the page is read: to the beginning of what was chosen, and to the end of what was jumped to,
  // which is then shown as a whole and can be played on from there.
  const reached = useRef<Goal | null>(null);
  useEffect(() => {
    if (goal === null || goal === reached.current || !ready) return;
    const at = goal.turn - firstOfPage;
    if (at < 0 || at >= PAGE_TURNS) return;
    reached.current = goal;
    if (goal.jump === null && store.getState().at === null) return;
    const moment = goal.jump === null ? startOfTurn(timeline, at) : endOfTurn(timeline, at);
    store.getState().act({ type: 'seek', at: moment });
    setFocus((before) => ({ turn: goal.turn, at: before.at + 1 }));
  }, [goal, ready, firstOfPage, store, timeline]);

  const turn = turnAt(selected);
  const odd = useMemo(() => oddSentences(marks, now), [marks, now]);
  const many = summary.turns > PAGE_TURNS;
  const silent = ready && turns.every((one) => one.messages.length === 0);
  return (
    <Screen title={`Conversation ${summary.id}`} fill>
      <StaleNotice freshness={answer.freshness} />
      {props.head.error ? (
        <Notice tone="watch" word="Stale">
          It could not be read again: {props.head.error.message}
        </Notice>
      ) : null}
      {props.children}
      {answer.others.length > 0 ? <Others others={answer.others} /> : null}
      <div className={headerStyles.top}>
        <Header
          summary={summary}
          versions={versions}
          live={now - summary.endedAt < GOING_ON_MS}
          selected={selected}
        />
        <LiveStrip
          at={turn?.startedAt ?? summary.startedAt}
          then={turn?.live ?? answer.liveThen}
          now={answer.liveNow}
        />
      </div>
      {silent ? (
        <Notice tone="unknown" word="Spans without messages">
          The service sends its steps but not what was said. Message content is opt-in in
          OpenTelemetry: set it in the service to see the chat.
        </Notice>
      ) : null}
      {odd.length > 0 ? (
        <Notice tone="unknown" word="Not all is as it should be">
          {odd.map((sentence) => (
            <span key={sentence} className={styles.odd}>
              {sentence}
            </span>
          ))}
        </Notice>
      ) : null}
      {props.pageError ? (
        <Notice tone="watch" word="Partial">
          Some turns could not be read: {props.pageError.message}
        </Notice>
      ) : null}
      <div className={styles.columns}>
        <Panel
          flush
          fill
          className={styles.side}
          title="Conversation"
          aside={<MaskingAside summary={summary} />}
        >
          <Chat
            total={summary.turns}
            turnAt={turnAt}
            want={want}
            revealed={revealed}
            selected={selected}
            focus={focus}
            failuresOf={failuresOf}
            id={summary.id}
            service={summary.service}
            environment={summary.environment}
            onSelect={choose}
          />
        </Panel>
        <TurnPanel
          conversation={summary.key}
          turn={turn}
          number={selected}
          span={search.get('span')}
          slowest={goal?.jump === 'slow' && goal.turn === selected}
          onSpan={(span) =>
            setSearch(
              (now) => {
                now.set('turn', String(selected + 1));
                now.set('span', span);
                return now;
              },
              { replace: true },
            )
          }
        />
      </div>
      <PlayerBar
        store={store}
        timeline={timeline}
        marks={props.marks}
        onJump={jump}
        note={
          many
            ? `turns ${formatCount(firstOfPage + 1)}–${formatCount(Math.min(firstOfPage + PAGE_TURNS, summary.turns))} of ${formatCount(summary.turns)}`
            : null
        }
        failureWord={(at) => {
          const one = turns?.[at];
          const why = one ? failuresOf(one).map((failure) => FAILURE_WORD[failure]) : [];
          return `Turn ${firstOfPage + at + 1}: ${why.join(', ')}`;
        }}
      />
    </Screen>
  );
}

function Others({ others }: { others: readonly ConversationSummary[] }) {
  return (
    <Notice tone="watch" word={`The same ID is used ${others.length + 1} times`}>
      <span className={styles.others}>
        {others.map((other) => (
          <Go
            key={other.key}
            to={`/conversation/${encodeURIComponent(other.id)}`}
            extra={{ service: other.service, in: other.environment }}
          >
            {other.service}, {other.environment}, {plural(other.turns, 'turn')}
          </Go>
        ))}
      </span>
    </Notice>
  );
}

/** Whether what is shown was masked: a pattern does not know every name. */
function MaskingAside({ summary }: { summary: ConversationSummary }) {
  const state = useOperation('settings.read', {}).data?.masking;
  if (state === undefined) return null;
  if (state === 'off') return <StateDot tone="watch" word="masking is off: as received" showWord />;
  const waits = state === 'under_way' ? '; earlier conversations are still being masked' : '';
  return (
    <span title="E-mail addresses, telephone numbers, cards, accounts, ids, addresses and names that tools told were replaced before they were stored. The same mark is the same value.">
      personal data masked; names can slip through{waits} <RevealButton summary={summary} />
    </span>
  );
}
