import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Failure, Turn } from '#shared/model/conversation.ts';
import { formatDuration, Skeleton } from '../../../ui/index.ts';
import type { TurnAt } from '../pages.ts';
import styles from './Chat.module.css';
import { ChatTurn } from './ChatTurn.tsx';
import { silenceBefore } from './read-turn.ts';

/** What the player has let appear: the turns before `turn`, and `messages` of that one. */
export interface Revealed {
  turn: number;
  messages: number;
  /** That turn has come to its end. */
  over: boolean;
  /** By turn, how much of its feedback had not been given yet. */
  toCome: ReadonlyMap<number, number>;
}

/** The conversation as the user saw it, whatever its length: only what is in view is in the document. */
export function Chat(props: {
  total: number;
  turnAt: TurnAt;
  want: (first: number, last: number) => void;
  /** Null = everything. */
  revealed: Revealed | null;
  selected: number;
  /** The turn to bring into view; changes when the reader or the player goes somewhere. */
  focus: { turn: number; at: number };
  failuresOf: (turn: Turn) => readonly Failure[];
  id: string;
  service: string;
  environment: string;
  onSelect: (turn: number) => void;
}) {
  const { revealed, total, want, turnAt } = props;
  const box = useRef<HTMLDivElement>(null);
  const count = revealed ? Math.min(total, revealed.turn + 1) : total;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => 190,
    overscan: 4,
    paddingEnd: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => want(first, last), [first, last, want]);

  const { focus } = props;
  useEffect(() => {
    if (focus.at > 0) virtual.scrollToIndex(focus.turn, { align: 'auto' });
  }, [focus, virtual]);
  // While it plays, what has just appeared is kept in view, also as the turn grows.
  const appeared = revealed ? `${revealed.turn}:${revealed.messages}:${revealed.over}` : '';
  useEffect(() => {
    const element = box.current;
    if (appeared === '' || !element) return;
    const frame = requestAnimationFrame(() => {
      element.scrollTo({ top: element.scrollHeight });
    });
    return () => cancelAnimationFrame(frame);
  }, [appeared]);

  return (
    <div
      ref={box}
      className={styles.box}
      role="log"
      aria-label="Messages"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
      tabIndex={0}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const turn = turnAt(item.index);
          const here = revealed?.turn === item.index;
          const silence = silenceBefore(item.index > 0 ? turnAt(item.index - 1) : null, turn);
          return (
            <div
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement}
              className={styles.place}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {silence === null ? null : (
                <p className={styles.silence}>{formatDuration(silence)} of silence</p>
              )}
              {turn ? (
                <ChatTurn
                  turn={turn}
                  number={item.index}
                  shown={here && revealed ? revealed.messages : turn.messages.length}
                  over={!here || !revealed || revealed.over}
                  feedbackToCome={revealed?.toCome.get(item.index) ?? 0}
                  failures={props.failuresOf(turn)}
                  selected={item.index === props.selected}
                  id={props.id}
                  service={props.service}
                  environment={props.environment}
                  onSelect={props.onSelect}
                />
              ) : (
                <Skeleton height={120} label={`Loading turn ${item.index + 1}`} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
