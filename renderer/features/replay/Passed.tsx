import { RECORDED, type Replay } from '#shared/model/replay.ts';
import { wasAsked } from '#shared/util/replay-counts.ts';
import { StateDot } from '../../ui/index.ts';
import styles from './replay.module.css';
import { endpointName, passedOf, toneOfTotals } from './words.ts';

/** Of each endpoint that was asked, how many answers are correct. */
export function Passed({ replay }: { replay: Pick<Replay, 'endpoints' | 'totals'> }) {
  return replay.totals
    .filter((totals) => totals.endpoint !== RECORDED && wasAsked(totals))
    .map((totals) => (
      <span key={totals.endpoint} className={styles.passed}>
        {endpointName(replay.endpoints, totals.endpoint)}{' '}
        <StateDot tone={toneOfTotals(totals)} word={passedOf(totals)} showWord />
      </span>
    ));
}
