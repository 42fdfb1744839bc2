import type { DiffLine } from '#shared/model/action.ts';
import styles from './action.module.css';

const HEARD = { '-': 'taken away: ', '+': 'put in: ', ' ': '' } as const;

/** Before → after, line by line. */
export function Diff(props: { lines: readonly DiffLine[] }) {
  return (
    <pre className={styles.diff}>
      {props.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a diff's lines have no identity but their place
        <div key={index} data-sign={line.sign}>
          <span aria-hidden="true">{line.sign === '-' ? '−' : line.sign} </span>
          <span className="nd-unseen">{HEARD[line.sign]}</span>
          {line.text}
        </div>
      ))}
    </pre>
  );
}
