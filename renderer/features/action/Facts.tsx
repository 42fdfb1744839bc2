import type { Blocker, Plan } from '#shared/model/action.ts';
import type { Remark } from '#shared/model/basics.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { formatClock, formatValue, Go, StateDot, type Tone } from '../../ui/index.ts';
import styles from './action.module.css';
import { affectedSentence, drilledSentence, targetSentence } from './words.ts';

/** Who is affected, how the target does, on what recovery is judged, and how it is undone. */
export function Facts(props: { plan: Plan }) {
  const { plan } = props;
  const drilled = drilledSentence(plan.drilled, plan.createdAt);
  const affects = plan.changes.some((change) => change.kind === 'flag');
  // Where nothing is to be mended, there is nothing to say of recovery.
  const mends = plan.mends ?? plan.outOfBand.length > 0;
  return (
    <div className={styles.facts}>
      {affects ? <p>{plainString(affectedSentence(plan))}</p> : null}
      {plan.targetHealth ? (
        <p>{plainString(targetSentence(plan.targetHealth, plan.createdAt))}</p>
      ) : null}
      {mends ? <OutOfBand cells={plan.outOfBand} /> : null}
      {drilled ? (
        <p data-tone={plan.drilled?.overdue || plan.drilled?.failed ? 'watch' : undefined}>
          {drilled}
        </p>
      ) : null}
      {plan.approvals.map((approval) => (
        <p key={approval.source} data-tone={approval.needed ? 'bad' : undefined}>
          <span className={styles.lead}>Approval:</span> {plainString(approval.how)}
        </p>
      ))}
      {plan.silences.length > 0 ? (
        <p>
          <span className={styles.lead}>Silenced now:</span>{' '}
          {plan.silences
            .slice(0, 3)
            .map(
              (one) =>
                `until ${formatClock(one.endsAt)} by ${plainString(`${one.by} (${one.comment})`)}`,
            )
            .join('; ')}
        </p>
      ) : null}
      <p>
        <span className={styles.lead}>Undo:</span> {plainString(plan.undo)}
      </p>
    </div>
  );
}

function OutOfBand(props: { cells: Plan['outOfBand'] }) {
  const { data } = useOperation('signals.list', {});
  if (props.cells.length === 0)
    return <p>Nothing is out of band now: there is nothing to recover from.</p>;
  return (
    <p>
      <span className={styles.lead}>Recovery is judged on</span>{' '}
      {props.cells[0]?.version === '' ? 'the whole service: ' : ''}
      {props.cells
        .slice(0, 6)
        .map((cell) => {
          const signal = data?.signals.find((one) => one.id === cell.signal);
          const of = cell.version === '' ? '' : ` of ${plainString(cell.version)}`;
          const name = `${signal?.short ?? cell.signal}${of}`;
          return signal ? `${name} ${formatValue(cell.value, signal.unit)}` : name;
        })
        .join(', ')}
      {props.cells.length > 6 ? ` and ${props.cells.length - 6} more` : ''}.
    </p>
  );
}

export function Remarks(props: {
  remarks: readonly (Remark & Pick<Blocker, 'action'>)[];
  tone: Tone;
  word: string;
}) {
  if (props.remarks.length === 0) return null;
  return (
    <ul className={styles.remarks} data-tone={props.tone}>
      {props.remarks.map((remark) => (
        <li key={remark.code + remark.message}>
          <StateDot tone={props.tone} word={props.word} showWord /> {plainString(remark.message)}
          {remark.action === undefined ? null : (
            <>
              {' '}
              <Go
                to={placeOf('action', remark.action)}
                onClick={() => useWindow.getState().closePlan()}
              >
                Open {remark.action}
              </Go>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
