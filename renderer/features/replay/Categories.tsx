import { RECORDED, type Replay, type ReplayCase } from '#shared/model/replay.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { formatCount, Panel, StateDot } from '../../ui/index.ts';
import { categoriesOf } from './by-category.ts';
import styles from './replay.module.css';
import { endpointName, passedOf, toneOfTotals } from './words.ts';

/** A sample by what it was stratified by, production beside what was answered again; nothing where that is one row or none. */
export function Categories(props: { replay: Replay; cases: readonly ReplayCase[] }) {
  const { endpoints, judge } = props.replay;
  const categories = categoriesOf(props.cases);
  if (categories.length < 2) return null;
  const columns = [RECORDED, ...endpoints.map(({ id }) => id)];
  return (
    <Panel
      title="By category"
      aside={judge === null ? 'correct answers' : 'correct answers, and the judge’s mean score'}
      flush
      className={styles.numbersPanel}
    >
      <table className={styles.numbers} aria-label="By category">
        <thead>
          <tr>
            <th scope="col">version · language</th>
            <th scope="col">conversations</th>
            {columns.map((id) => (
              <th key={id} scope="col">
                {id === RECORDED ? 'production' : endpointName(endpoints, id)}
                <small>{id === RECORDED ? ' as recorded' : ' asked again'}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {categories.map(({ conversations, name, totalsOf }) => (
            <tr key={name}>
              <th scope="row">{plainString(name)}</th>
              <td>{formatCount(conversations)}</td>
              {columns.map((id) => {
                const totals = totalsOf(id);
                return (
                  <td key={id}>
                    <StateDot tone={toneOfTotals(totals)} word={passedOf(totals)} showWord />
                    {totals.score === null ? null : ` · ${totals.score.toFixed(2)}`}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
