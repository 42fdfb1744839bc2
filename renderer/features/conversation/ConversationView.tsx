import { type ReactNode, useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { Output } from '#shared/contract/index.ts';
import type { ConversationSummary, Turn, TurnMark } from '#shared/model/conversation.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { failingsOf, failuresOf as failuresIn, slowTurnOf } from '#shared/util/failures.ts';
import { placeOf } from '#shared/util/place.ts';
import { NO_ANSWER } from '#shared/util/unanswered.ts';
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
import { oddSentences, unanswered } from './odd.ts';
import { PAGE_TURNS, type useConversation } from './pages.ts';
import { PlayerBar } from './player/PlayerBar.tsx';
import { usePlace } from './player/use-place.ts';
import { usePlayerKeys } from './player/use-player-keys.ts';
import { RevealButton } from './Reveal.tsx';
import { TurnPanel } from './TurnPanel.tsx';
import { usePlayerCommands } from './use-player-commands.ts';

const NO_MARKS: readonly TurnMark[] = [];

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

  const marks = props.marks ?? NO_MARKS;
  const place = usePlace({
    turns: summary.turns,
    pageOf: props.pageOf,
    want,
    marks,
    failuresOf,
    search,
    setSearch,
  });
  const { store, timeline, jump, selected, goal, firstOfPage } = place;
  const turns = props.pageOf.get(firstOfPage / PAGE_TURNS);
  usePlayerKeys(place);
  usePlayerCommands(place, summary);

  const turn = turnAt(selected);
  const odd = useMemo(() => oddSentences(marks, now), [marks, now]);
  const answerMissing = unanswered(marks, now).length > 0;
  const many = summary.turns > PAGE_TURNS;
  const silent = turns?.every((one) => one.messages.length === 0) ?? false;
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
          unanswered={answerMissing}
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
            revealed={place.revealed}
            selected={selected}
            focus={place.focus}
            failuresOf={failuresOf}
            id={summary.id}
            service={summary.service}
            environment={summary.environment}
            onSelect={place.choose}
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
        calm={answerMissing ? NO_ANSWER : 'no failures'}
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
            to={placeOf('conversation', other.id)}
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
