import type { LiveCombination } from '#shared/model/conversation.ts';
import { Moment } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import styles from './Header.module.css';
import { type LiveItem, liveDifferences, liveItems } from './live-diff.ts';

/** What answered then, beside what answers most users now; only differences are repeated. */
export function LiveStrip(props: {
  at: number;
  then: LiveCombination;
  now: LiveCombination | null;
}) {
  const differences = props.now ? liveDifferences(props.then, props.now) : [];
  const changed = new Set(differences.map((item) => item.what));
  const then = liveItems(props.then);
  return (
    <div className={styles.live}>
      <p>
        <span className={styles.faint}>
          live then, <Moment at={props.at} seconds />
        </span>{' '}
        {then.length === 0 ? 'not told by this turn' : null}
        {then.map((item) => (
          <Item key={item.what} item={item} marked={changed.has(item.what)} />
        ))}
      </p>
      <p>
        <span className={styles.faint}>live now</span>{' '}
        {props.now === null ? 'unknown: no turn has come in the last minutes' : null}
        {props.now !== null && differences.length === 0 ? 'the same' : null}
        {differences.length > 0 && differences.length < then.length ? (
          <span className={styles.dim}>for most users the same, but </span>
        ) : null}
        {differences.map((item) => (
          <Item key={item.what} item={item} marked />
        ))}
      </p>
    </div>
  );
}

function Item({ item, marked }: { item: LiveItem; marked: boolean }) {
  return (
    <span className={styles.item}>
      {item.flag ? (
        <>
          <PlainText text={item.what} />=
          <b data-marked={marked || undefined}>
            <PlainText text={item.value} />
          </b>
        </>
      ) : (
        <>
          {item.what}{' '}
          <span className={styles.tag} data-marked={marked || undefined}>
            <PlainText text={item.value} />
          </span>
        </>
      )}
    </span>
  );
}
