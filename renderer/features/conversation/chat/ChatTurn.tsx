import { memo, useMemo, useState } from 'react';
import type { Failure, Feedback, Turn } from '#shared/model/conversation.ts';
import { FEEDBACK_WORD } from '#shared/util/failure-words.ts';
import { answerFailed } from '#shared/util/failures.ts';
import { STEERS, steersIn } from '#shared/util/steering.ts';
import { isUnanswered, NO_ANSWER } from '#shared/util/unanswered.ts';
import { asText } from '#shared/util/unpacked.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { IconRefresh, IconThumbDown, IconThumbUp, IconTicket } from '../../../ui/icons.ts';
import { formatCount, formatDuration, Go, Moment } from '../../../ui/index.ts';
import { useNow } from '../../../ui/now.ts';
import { LongText, PlainText } from '../../../ui/PlainText.tsx';
import styles from './Chat.module.css';
import { type ChatItem, chatItems, ends, inOneLine } from './read-turn.ts';

const FEEDBACK_ICON: Record<Feedback, typeof IconTicket> = {
  thumbs_up: IconThumbUp,
  thumbs_down: IconThumbDown,
  regenerate: IconRefresh,
  ticket: IconTicket,
};

/** A turn of thousands of tool calls shows the first and the last of them. */
const FEW_ITEMS = 60;
const MORE_ITEMS = 200;

/** One exchange. `shown`: how many of its messages have appeared so far. */
export const ChatTurn = memo(function ChatTurn(props: {
  turn: Turn;
  number: number;
  shown: number;
  /** It has come to its end: how long it took, and how it went, can be told. */
  over: boolean;
  /** How much of its feedback was given later than what is shown. */
  feedbackToCome: number;
  failures: readonly Failure[];
  selected: boolean;
  /** The conversation's ID, service and environment. */
  id: string;
  service: string;
  environment: string;
  onSelect: (number: number) => void;
}) {
  const { turn, failures, over } = props;
  const items = chatItems(turn, props.shown);
  const answer = items.findLastIndex((item) => item.kind === 'said' && item.by === 'bot');
  const begins = items.findIndex((item) => item.kind !== 'said' || item.by === 'bot');
  const asked = begins < 0 ? items : items.slice(0, begins);
  const answered = begins < 0 ? [] : items.slice(begins);
  const [most, setMost] = useState(FEW_ITEMS);
  const gap = ends(answered, most);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside does the same by key
    // biome-ignore lint/a11y/noStaticElementInteractions: a larger target for the button inside
    <div
      className={styles.turn}
      data-selected={props.selected || undefined}
      onClick={({ target }) => {
        // A link in it leads elsewhere, and must not be overtaken.
        const link = target instanceof Element && target.closest('a') !== null;
        if (!link) props.onSelect(props.number);
      }}
    >
      {asked.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of one turn never move
        <Item key={at} item={item} bad={false} complete />
      ))}
      <p className={styles.meta}>
        <button
          type="button"
          aria-pressed={props.selected}
          title="Show the steps of this turn"
          onClick={() => props.onSelect(props.number)}
        >
          bot · turn {props.number + 1}
          {over ? ` · ${formatDuration(turn.durationMs)}` : ' · working…'}
        </button>
        {over && failures.includes('slow') ? <strong> slow</strong> : null}
        {over && failures.includes('error') ? <strong> error</strong> : null}
        <span className={styles.when}>
          <Go
            to="/signals"
            extra={{
              ...minuteAround(turn.startedAt, props.service),
              of: props.id,
              by: props.service,
              where: props.environment,
              turn: String(props.number + 1),
            }}
            title="Signals around this minute"
          >
            signals then
          </Go>{' '}
          <Moment at={turn.startedAt} seconds />
        </span>
      </p>
      {answered.map((item, at) =>
        at === gap.at ? (
          <More key="more" left={gap.left} onMore={() => setMost(most + MORE_ITEMS)} />
        ) : at > gap.at && at < gap.at + gap.left ? null : (
          <Item
            // biome-ignore lint/suspicious/noArrayIndexKey: messages of one turn never move
            key={at}
            item={item}
            complete={over}
            bad={begins + at === answer && answerFailed(failures)}
          />
        ),
      )}
      {turn.messages.length === 0 ? (
        <p className={styles.bare}>
          <PlainText text={turn.name ?? 'One turn'} />: its messages were not recorded. The steps
          beside it still tell what was done.
        </p>
      ) : null}
      {over ? (
        <Marks turn={turn} failures={failures} feedbackToCome={props.feedbackToCome} />
      ) : null}
    </div>
  );
});

function More(props: { left: number; onMore: () => void }) {
  return (
    <button type="button" className={styles.more} onClick={props.onMore}>
      {formatCount(props.left)} more between: show {formatCount(Math.min(props.left, MORE_ITEMS))}
    </button>
  );
}

/** A quarter of an hour on both sides, so that what led to it is on the screen. */
function minuteAround(at: number, service: string): Record<string, string> {
  const around = 15 * 60_000;
  return {
    service,
    range: '',
    from: String(Math.round(at - around)),
    to: String(Math.round(at + around)),
    at: String(Math.round(at)),
  };
}

function Item(props: { item: ChatItem; bad: boolean; complete: boolean }) {
  const { item } = props;
  if (item.kind === 'said') {
    return (
      <div className={styles.bubble} data-by={item.by} data-bad={props.bad || undefined}>
        <span className="nd-unseen">{item.by === 'user' ? 'User: ' : 'Bot: '}</span>
        <LongText text={item.text} />
      </div>
    );
  }
  if (item.kind === 'note') {
    return (
      <details className={styles.fold}>
        <summary>
          <PlainText text={item.label} />{' '}
          <span>
            <PlainText text={inOneLine(item.text, 60)} />
          </span>
        </summary>
        <pre>
          <LongText text={item.text} />
        </pre>
      </details>
    );
  }
  return (
    <details className={styles.fold}>
      <summary>
        <PlainText text={item.name} />(<PlainText text={inOneLine(item.arguments)} />)
        <span>
          {' → '}
          {item.result === undefined ? (
            props.complete ? (
              'no answer recorded'
            ) : (
              'running…'
            )
          ) : (
            <PlainText text={inOneLine(item.result, 70) || 'nothing'} />
          )}
        </span>
      </summary>
      {item.arguments === undefined ? null : (
        <pre>
          <b>arguments</b>
          {'\n'}
          <LongText text={asText(item.arguments)} />
        </pre>
      )}
      {item.result === undefined ? null : (
        <pre>
          <b>result</b>
          {'\n'}
          <LongText text={asText(item.result)} />
        </pre>
      )}
    </details>
  );
}

/** What was off about the answer, and what the user made of it. */
function Marks(props: { turn: Turn; failures: readonly Failure[]; feedbackToCome: number }) {
  const { turn, failures } = props;
  const steered = useMemo(() => turn.messages.some(steersIn), [turn.messages]);
  const now = useNow(10);
  const marks = [
    turn.error === null ? null : (
      <span key="error" className={styles.bad}>
        error: <PlainText text={turn.error.slice(0, 300)} />
      </span>
    ),
    isUnanswered(turn, now) ? (
      <span key="unanswered" className={styles.watch}>
        {NO_ANSWER}
      </span>
    ) : null,
    turn.unsure ? (
      <span key="unsure" className={styles.bad}>
        unsure
      </span>
    ) : null,
    failures.includes('language_switched') ? (
      <span key="language" className={styles.watch}>
        language switched {plainString(`${turn.language} → ${turn.answerLanguage}`)}
      </span>
    ) : null,
    turn.guardrailBlocked ? (
      <span key="guardrail" className={styles.bad}>
        blocked by a guardrail
      </span>
    ) : null,
    turn.handoff ? (
      <span key="handoff" className={styles.watch}>
        handed off to a person
      </span>
    ) : null,
    steered ? (
      <span
        key="steered"
        className={styles.watch}
        title="Something in this turn is written to be obeyed by a model or a reader. Here it is only text; a judge is told so, and its score is not counted."
      >
        {STEERS}
      </span>
    ) : null,
    turn.finishReason === 'length' ? (
      <span key="cut" className={styles.watch}>
        cut off at the token limit
      </span>
    ) : null,
    ...turn.feedback.slice(0, turn.feedback.length - props.feedbackToCome).map((kind) => {
      const Icon = FEEDBACK_ICON[kind];
      const tone = kind === 'thumbs_down' ? 'bad' : kind === 'thumbs_up' ? 'good' : 'watch';
      return (
        <span key={kind} className={styles[tone]}>
          <Icon size={13} className={styles.icon} aria-hidden /> {FEEDBACK_WORD[kind]}
        </span>
      );
    }),
  ].filter((mark) => mark !== null);
  return marks.length === 0 ? null : <p className={styles.marks}>{marks}</p>;
}
