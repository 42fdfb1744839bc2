import type { Plan } from '#shared/model/action.ts';
import type { DiffLine } from '#shared/model/planned-change.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { inLocalTime } from '../../ui/index.ts';
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
          {plainString(inLocalTime(line.text, Date.now()))}
        </div>
      ))}
    </pre>
  );
}

/** All that a plan changes; a head per change only when there are several. */
export function Diffs(props: { plan: Pick<Plan, 'changes'> }) {
  const { changes } = props.plan;
  if (changes.length === 1) return <Diff lines={changes[0]?.diff ?? []} />;
  return (
    <ol className={styles.diffs}>
      {changes.map((change) => (
        <li key={`${change.kind} ${change.what}`}>
          {plainString(change.what)}
          {change.noop ? <span className={styles.faint}> · already so</span> : null}
          <Diff lines={change.diff} />
        </li>
      ))}
    </ol>
  );
}
