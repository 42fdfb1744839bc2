import { Button } from '@mantine/core';
import type { NightdeskError } from '#shared/errors/index.ts';
import type { Plan } from '#shared/model/action.ts';
import type { FlagState } from '#shared/model/flag.ts';
import { DiffLine } from '#shared/model/planned-change.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { StateDot } from '../../ui/index.ts';
import styles from './action.module.css';
import { Diff } from './Diff.tsx';
import { flagStateOf, stateLines } from './words.ts';

/**
 * The outside moved since the plan, or since the action that is to be undone (`plan` null): nothing was sent; both
 * states, what is different between them, and a new plan.
 */
export function Moved(props: { error: NightdeskError; plan: Plan | null; replan: () => void }) {
  const { error, plan } = props;
  const detail = error.detail ?? {};
  const expected = flagStateOf(detail.expected) ?? (plan && plannedOn(plan));
  const present = flagStateOf(detail.present);
  const { data: diff } = DiffLine.array().safeParse(detail.diff);
  return (
    <div className={styles.moved} role="alert">
      <p>
        <StateDot tone="bad" word="Refused:" showWord /> {error.message} Nothing was changed.
      </p>
      <div className={styles.planColumns}>
        {expected && present ? (
          <State
            title={plan === null ? 'As it was left' : 'Planned on'}
            state={expected}
            other={present}
          />
        ) : null}
        {present ? <State title="Found now" state={present} other={expected} /> : null}
      </div>
      {present && diff && diff.length > 0 ? (
        <section>
          <h3 className={styles.lead}>What was changed</h3>
          <Diff lines={diff} />
        </section>
      ) : null}
      <Button variant="default" onClick={props.replan}>
        Compute a new plan
      </Button>
    </div>
  );
}

/** Of the first flag, where the core does not say itself which one moved. */
function plannedOn({ changes }: Plan): FlagState | null {
  for (const change of changes) if (change.kind === 'flag') return change.before;
  return null;
}

function State(props: { title: string; state: FlagState; other: FlagState | null }) {
  const other = new Set(props.other ? stateLines(props.other) : []);
  return (
    <section>
      <h3 className={styles.lead}>{props.title}</h3>
      <pre className={styles.diff}>
        {stateLines(props.state).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two strategies may have the same line
          <div key={index} data-sign={props.other && !other.has(line) ? '!' : ' '}>
            {plainString(line)}
          </div>
        ))}
      </pre>
    </section>
  );
}
