import { RECORDED, type Replay } from '#shared/model/replay.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { Panel, StateDot } from '../../ui/index.ts';
import styles from './replay.module.css';
import {
  endpointName,
  FIGURES,
  failedWords,
  passedOf,
  RULE_WORD,
  RULES,
  SCORE,
  toneOfTotals,
} from './words.ts';

/** The endpoints side by side, the recorded answer beside them. */
export function Numbers(props: { replay: Pick<Replay, 'endpoints' | 'totals' | 'judge'> }) {
  const { endpoints, judge, totals } = props.replay;
  const all = judge === null ? FIGURES : [...FIGURES, SCORE];
  const figures = all.filter(({ dull }) => !dull || !totals.every(dull));
  const rules = RULES.map((rule) => `${RULE_WORD[rule].name}: ${RULE_WORD[rule].means}`).join('; ');
  return (
    <Panel title="Side by side" flush className={styles.numbersPanel}>
      <table className={styles.numbers} aria-label="Numbers side by side">
        <thead>
          <tr>
            <th scope="col">
              <span className="nd-unseen">what</span>
            </th>
            {totals.map(({ endpoint }) => (
              <th key={endpoint} scope="col">
                {endpointName(endpoints, endpoint)}
                {endpoint === endpoints[0]?.id ? <small> baseline</small> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" title={rules}>
              correct
            </th>
            {totals.map((one) => (
              <td key={one.endpoint}>
                <StateDot tone={toneOfTotals(one)} word={passedOf(one)} showWord />
                {failedWords(one) ? <small> {failedWords(one)}</small> : null}
              </td>
            ))}
          </tr>
          {figures.map((figure) => (
            <tr key={figure.id}>
              <th scope="row" title={figure.hint}>
                {figure.label}
              </th>
              {totals.map((one) => (
                <td key={one.endpoint}>
                  {one.endpoint === RECORDED && figure.id === 'wander'
                    ? ''
                    : plainString(figure.text(one))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
