/** Where something was searched for, its words are marked in every text below. */
import { createContext, useContext, useMemo } from 'react';
import { highlight } from './highlight.ts';
import styles from './Marked.module.css';

/** The search as it was typed; '' = nothing is marked. Give it as `<MarkedWords value={…}>`. */
export const MarkedWords = createContext('');

/** A text with the words of the search marked. */
export function Marked(props: { text: string }) {
  const asked = useContext(MarkedWords);
  const stretches = useMemo(
    () => (asked === '' ? [] : highlight(props.text, asked)),
    [props.text, asked],
  );
  if (stretches.length === 0) return props.text;
  return stretches.map((stretch, at) =>
    stretch.hit ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
      <mark key={at} className={styles.hit}>
        {stretch.text}
      </mark>
    ) : (
      stretch.text
    ),
  );
}
