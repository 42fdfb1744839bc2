import type { Change, Suspect } from '#shared/model/change.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { Age, Empty, formatPercent, Go, Moment, Panel } from '../../ui/index.ts';
import styles from './now.module.css';

/** Changes, ranked by how well each explains the break, with the reasons. */
export function WhatChanged(props: { suspects: readonly Suspect[]; changes: readonly Change[] }) {
  const { suspects } = props;
  if (suspects.length === 0) return <RecentChanges changes={props.changes} />;
  return (
    <Panel title="What changed" aside="ranked by how well it explains the break" flush fill>
      <ul className={styles.list}>
        {suspects.map(({ change, score, reasons }, index) => (
          <li
            key={change.id}
            className={styles.change}
            data-top={(index === 0 && score >= 0.5) || undefined}
          >
            <div className={styles.changeWords}>
              <ChangeTitle change={change} />
              <p className={styles.changeWhy}>
                <Moment at={change.at} />
                {change.by ? `, by ${plainString(change.by)}` : ''}
                {reasons.length > 0 ? ` · ${plainString(reasons.join(', '))}` : ''}
              </p>
            </div>
            <span className={styles.score} title="How well it explains the break">
              {formatPercent(score)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function RecentChanges(props: { changes: readonly Change[] }) {
  return (
    <Panel title="What changed lately" aside="newest first" flush fill>
      {props.changes.length === 0 ? (
        <Empty small title="Nothing changed in the last day">
          Flag flips, new model versions, deploys and silences would stand here.
        </Empty>
      ) : (
        <ul className={styles.list}>
          {props.changes.slice(0, 12).map((change) => (
            <li key={change.id} className={styles.change}>
              <div className={styles.changeWords}>
                <ChangeTitle change={change} />
                <p className={styles.changeWhy}>
                  <Moment at={change.at} />
                  {change.by ? `, by ${plainString(change.by)}` : ''}
                  {change.detail ? ` · ${unbroken(plainString(change.detail))}` : ''}
                </p>
              </div>
              <span className={styles.age}>
                <Age at={change.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ChangeTitle(props: { change: Change }) {
  const { change } = props;
  if (change.flag === null) {
    return <span className={styles.changeTitle}>{plainString(change.title)}</span>;
  }
  return (
    <Go className={styles.changeTitle} to={placeOf('flags', change.source, change.flag)}>
      {change.title}
    </Go>
  );
}

/** A figure stays on one line with its unit. */
function unbroken(text: string): string {
  return text.replaceAll(' %', '\u00a0%');
}
