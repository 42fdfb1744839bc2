import type { Plan } from '#shared/model/action.ts';
import type { DiffLine, PlannedChange } from '#shared/model/planned-change.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { inLocalTime } from '../../ui/index.ts';
import styles from './action.module.css';
import { stateLines } from './words.ts';

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

/** Where nothing is different, how it stands. */
function Change({ change }: { change: PlannedChange }) {
  if (change.kind !== 'flag' || !change.noop) return <Diff lines={change.diff} />;
  const lines = stateLines(change.before).map((text): DiffLine => ({ sign: ' ', text }));
  return (
    <>
      <p>Nothing would change. It stands as:</p>
      <Diff lines={lines} />
    </>
  );
}

/** All that a plan changes; a head per change only when there are several. */
export function Diffs(props: { plan: Pick<Plan, 'changes'> }) {
  const { changes } = props.plan;
  const [only, ...more] = changes;
  if (only !== undefined && more.length === 0) return <Change change={only} />;
  return (
    <ol className={styles.diffs}>
      {changes.map((change) => (
        <li key={`${change.kind} ${change.what}`}>
          {plainString(change.what)}
          {change.noop ? <span className={styles.faint}> · already so</span> : null}
          <Change change={change} />
        </li>
      ))}
    </ol>
  );
}
