import type { Freshness } from '#shared/model/basics.ts';
import styles from './FreshnessLine.module.css';
import { Notice } from './StatePanel.tsx';
import { StateDot, toneOfFreshness } from './state.tsx';
import { Age } from './text.tsx';

const WORD: Record<Freshness['state'], string> = {
  ok: 'fresh',
  syncing: 'syncing',
  stale: 'stale',
  error: 'failing',
  never: 'never answered',
};

/** One source after the other with its age: "● unleash 3 s". */
export function FreshnessLine(props: { freshness: readonly Freshness[] }) {
  return (
    <ul className={styles.line} aria-label="Freshness of the sources">
      {props.freshness.map((one) => (
        <li key={one.source}>
          <StateDot tone={toneOfFreshness(one.state)} word={WORD[one.state]} /> {one.source}{' '}
          <Age at={one.lastSuccessAt} never="never" />
        </li>
      ))}
    </ul>
  );
}

/**
 * Says so when what a view shows is old or in parts; nothing when all its sources are fresh.
 * Put it above every view that comes from sources.
 */
export function StaleNotice(props: { freshness: readonly Freshness[] | undefined }) {
  const off = props.freshness?.filter((one) => one.state !== 'ok' && one.state !== 'syncing') ?? [];
  if (off.length === 0) return null;
  const all = off.length === props.freshness?.length;
  return (
    <Notice tone="watch" word={all ? 'Stale' : 'Partly stale'}>
      {off.map((one, index) => (
        <span key={one.source}>
          {index > 0 ? ', ' : ''}
          {one.source}{' '}
          {one.lastSuccessAt === null ? (
            'has never answered'
          ) : (
            <>
              last answered <Age at={one.lastSuccessAt} suffix=" ago" />
            </>
          )}
        </span>
      ))}
      . Shown is what was fetched until then.
    </Notice>
  );
}
