import { useEffect, useRef } from 'react';
import type { Turn } from '#shared/model/conversation.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { failingsOf, failuresOf } from '#shared/util/failures.ts';
import { cutText, plainString } from '#shared/util/visible-text.ts';
import { ErrorState, formatCount, Skeleton, VersionTag } from '../../ui/index.ts';
import { NumberField } from '../../ui/NumberField.tsx';
import { PlainText } from '../../ui/PlainText.tsx';
import styles from './replay.module.css';
import { PAGE_TURNS, type TurnPage } from './use-turns.ts';

const LONGEST = 160;

/** The turns of a conversation by what the user said in them; one of them, or all. Of a long one those around the chosen turn. */
export function TurnChoice(props: {
  page: TurnPage;
  /** Turns of the whole conversation. */
  total: number;
  slowTurnMs: number;
  chosen: number | 'all';
  onChoose: (turn: number | 'all') => void;
}) {
  const { chosen, page, total } = props;
  const { first, turns } = page;
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page, or another turn of it, comes into view
  useEffect(() => {
    box.current?.querySelector(':scope > [data-chosen]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, turns]);
  return (
    <>
      {total > PAGE_TURNS ? (
        <div className={styles.goTo}>
          <NumberField
            label={`Go to turn, of ${formatCount(total)}`}
            value={chosen === 'all' ? null : chosen + 1}
            min={1}
            max={total}
            whole
            onChange={(turn) => {
              // Emptied for another number: what is chosen stays.
              if (turn !== null) props.onChoose(turn - 1);
            }}
          />
          {turns ? (
            <p className={styles.hint}>
              Turns {formatCount(first + 1)} to {formatCount(first + turns.length)} are shown.
            </p>
          ) : null}
        </div>
      ) : null}
      <div ref={box} className={styles.choice} role="radiogroup" aria-label="Turn">
        <label className={styles.turnOption} data-chosen={chosen === 'all' || undefined}>
          <input
            type="radio"
            name="turn"
            checked={chosen === 'all'}
            onChange={() => props.onChoose('all')}
          />
          <span>The whole conversation, turn by turn</span>
        </label>
        {turns ? null : page.error ? (
          <ErrorState small error={page.error} what="The turns could not be read" />
        ) : (
          <Skeleton lines={6} label="Reading the turns" />
        )}
        {turns?.map((turn, place) => {
          const number = first + place;
          const said = saidIn(turn);
          return (
            <label
              key={turn.traceId}
              className={styles.turnOption}
              data-chosen={chosen === number || undefined}
              data-silent={said === '' || undefined}
            >
              <input
                type="radio"
                name="turn"
                checked={chosen === number}
                disabled={said === ''}
                onChange={() => props.onChoose(number)}
              />
              <span className={styles.number}>{number + 1}</span>
              <span className={styles.said} lang={turn.language ?? undefined}>
                {said === '' ? 'no words of the user were recorded' : <PlainText text={said} />}
              </span>
              <span className={styles.marks}>{marksOf(turn, props.slowTurnMs)}</span>
              <VersionTag version={turn.live.version || 'not told'} />
            </label>
          );
        })}
      </div>
    </>
  );
}

function saidIn(turn: Turn): string {
  const text = turn.messages
    .filter((message) => message.role === 'user')
    .flatMap((message) => message.parts)
    .flatMap((part) => (part.type === 'text' ? part.content : []))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length > LONGEST ? `${cutText(text, LONGEST)}…` : text;
}

function marksOf(turn: Turn, slowTurnMs: number): string {
  return failuresOf(failingsOf(turn), slowTurnMs)
    .map((failure) =>
      failure === 'language_switched'
        ? plainString(`${turn.language} → ${turn.answerLanguage}`)
        : FAILURE_WORD[failure],
    )
    .join(', ');
}
