import type { ConfigProblem } from '#shared/model/session.ts';
import { Panel } from '../ui/Panel.tsx';
import { Screen } from '../ui/Screen.tsx';
import { StateDot } from '../ui/state.tsx';
import { CopyId, Mono } from '../ui/text.tsx';
import styles from './ConfigProblems.module.css';

/** The configuration cannot be used: which line, which key, and what would be right. */
export function ConfigProblems(props: { problems: readonly ConfigProblem[]; path: string | null }) {
  const { problems, path } = props;
  return (
    <Screen title="Configuration">
      <Panel
        tone="bad"
        title={
          <>
            <StateDot tone="bad" word="Error:" /> The configuration cannot be used:{' '}
            {problems.length === 1 ? 'one problem' : `${problems.length} problems`}
          </>
        }
        className={styles.panel}
      >
        {path === null ? null : (
          <p className={styles.path}>
            in <CopyId id={path} label="path" />
          </p>
        )}
        <ol className={styles.list}>
          {problems.map((problem) => (
            <li key={`${problem.line} ${problem.column} ${problem.key} ${problem.message}`}>
              <span className={styles.line}>
                {problem.line === null
                  ? 'file'
                  : `line ${problem.line}${problem.column === null ? '' : `:${problem.column}`}`}
              </span>
              <div>
                {problem.key ? (
                  <p>
                    <Mono>{problem.key}</Mono>
                  </p>
                ) : null}
                <p>{problem.message}</p>
                {problem.hint ? <p className={styles.hint}>{problem.hint}</p> : null}
              </div>
            </li>
          ))}
        </ol>
        <p className={styles.next}>
          Correct the file and start the console again. Nothing was lost: the cache and the journal
          are untouched, and no source is asked until the configuration can be used.
        </p>
      </Panel>
    </Screen>
  );
}
