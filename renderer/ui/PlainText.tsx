import { type ReactNode, useMemo, useState } from 'react';
import { splitMarks } from '#shared/util/placeholder.ts';
import { cutText, visiblePieces } from '#shared/util/visible-text.ts';
import { Marked } from './Marked.tsx';
import styles from './PlainText.module.css';
import { copyText } from './text.tsx';

const POSING =
  'Letters of another alphabet that look like Latin ones: it may pose as something else.';

/**
 * Text from outside, as text: control, bidirectional and zero-width characters are shown by their code instead
 * of doing what they do. Each text keeps its own direction. Words that were searched for are marked (Marked.tsx).
 */
export function PlainText(props: { text: string }) {
  const pieces = useMemo(() => visiblePieces(props.text), [props.text]);
  return (
    <bdi className={styles.text}>
      {pieces.map((piece, index) =>
        'text' in piece ? (
          piece.posing ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
            <span key={index} className={styles.posing} title={POSING}>
              <WithMarks text={piece.text} />
            </span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
            <WithMarks key={index} text={piece.text} />
          )
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
          <span key={index} className={styles.hidden} title={`${piece.code} ${piece.name}`}>
            {piece.code}
          </span>
        ),
      )}
    </bdi>
  );
}

/** Where personal data was masked stands a quiet chip that says what was there. */
function WithMarks(props: { text: string }) {
  return splitMarks(props.text).map((piece, index) =>
    typeof piece === 'string' ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
      <Marked key={index} text={piece} />
    ) : (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
        key={index}
        className={styles.masked}
        title={`Masked before it was stored: ${piece.kind}. The same letters behind it are the same value.`}
      >
        {piece.kind} <span className={styles.sign}>{piece.sign}</span>
      </span>
    ),
  );
}

const FOLD_CHARS = 1200;
const FOLD_LINES = 24;
/** What one press unfolds: a megabyte in one paragraph would hold up the window. */
const MORE_CHARS = 20_000;

/** Text of any length: long ones are folded, and unfolded in pieces that the window bears. */
export function LongText(props: { text: string; fold?: number; children?: ReactNode }) {
  const fold = props.fold ?? FOLD_CHARS;
  const [shown, setShown] = useState(fold);
  const start = useMemo(() => foldedStart(props.text, fold), [props.text, fold]);
  const folded = shown <= fold;
  const text = folded ? start : cutText(props.text, shown);
  const left = props.text.length - text.length;
  return (
    <>
      <span className={styles.long}>
        <PlainText text={text} />
      </span>
      {left > 0 ? (
        <span className={styles.fold}>
          <button
            type="button"
            className={styles.more}
            onClick={() => setShown(Math.max(shown, text.length) + MORE_CHARS)}
          >
            … {characters(left)} more
          </button>
          {left > MORE_CHARS ? (
            <button type="button" className={styles.more} onClick={() => void copyText(props.text)}>
              copy all of it
            </button>
          ) : null}
        </span>
      ) : null}
      {left === 0 && start.length < props.text.length ? (
        <span className={styles.fold}>
          <button type="button" className={styles.more} onClick={() => setShown(fold)}>
            show less
          </button>
        </span>
      ) : null}
    </>
  );
}

function foldedStart(text: string, fold: number): string {
  const cut = text.length > fold * 1.25 ? cutText(text, fold) : text;
  let lines = 0;
  for (let at = cut.indexOf('\n'); at >= 0; at = cut.indexOf('\n', at + 1)) {
    lines++;
    if (lines >= FOLD_LINES) return cut.slice(0, at);
  }
  return cut;
}

function characters(count: number): string {
  if (count < 10_000) return `${count.toLocaleString('en')} characters`;
  if (count < 1e6) return `${Math.round(count / 1000)} thousand characters`;
  return `${(count / 1e6).toFixed(1)} million characters`;
}
