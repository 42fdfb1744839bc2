import type { Turn } from '#shared/model/conversation.ts';
import { FAILURE_WORD } from '#shared/util/failure-words.ts';
import { failingsOf, failuresOf } from '#shared/util/failures.ts';
import { cutText, plainString } from '#shared/util/visible-text.ts';
import { VersionTag } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import styles from './replay.module.css';

const LONGEST = 160;

/** The turns of a conversation by what the user said in them; one of them, or all. */
export function TurnChoice(props: {
  turns: readonly Turn[];
  slowTurnMs: number;
  chosen: number | 'all';
  onChoose: (turn: number | 'all') => void;
}) {
  return (
    <div className={styles.choice} role="radiogroup" aria-label="Turn">
      <label className={styles.turnOption} data-chosen={props.chosen === 'all' || undefined}>
        <input
          type="radio"
          name="turn"
          checked={props.chosen === 'all'}
          onChange={() => props.onChoose('all')}
        />
        <span>The whole conversation, turn by turn</span>
      </label>
      {props.turns.map((turn, number) => {
        const said = saidIn(turn);
        return (
          <label
            key={turn.traceId}
            className={styles.turnOption}
            data-chosen={props.chosen === number || undefined}
            data-silent={said === '' || undefined}
          >
            <input
              type="radio"
              name="turn"
              checked={props.chosen === number}
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
