import type { RunbookCheck } from '#shared/contract/runbooks.ts';
import type { RunbookReference } from '#shared/model/runbook.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { Age, plural, StateBadge, StateDot, type Tone } from '../../ui/index.ts';
import styles from './Runbooks.module.css';

const TONE: Record<RunbookReference['state'], Tone> = {
  ok: 'ok',
  broken: 'bad',
  unchecked: 'unknown',
};
const WORD: Record<RunbookReference['state'], string> = {
  ok: 'there',
  broken: 'broken',
  unchecked: 'not checked',
};

/** Whether what the text relies on exists: one badge. */
export function ReferencesBadge({
  check,
  problem,
}: {
  check: RunbookCheck;
  problem: string | null;
}) {
  if (problem !== null) return <StateBadge tone="bad">cannot be checked</StateBadge>;
  const broken = check.references.filter((one) => one.state === 'broken').length;
  const ok = check.references.filter((one) => one.state === 'ok').length;
  const open = check.references.length - broken - ok;
  if (broken > 0) return <StateBadge tone="bad">{plural(broken, 'broken reference')}</StateBadge>;
  if (check.references.length === 0)
    return <StateBadge tone="unknown">relies on nothing</StateBadge>;
  return (
    <StateBadge tone={ok > 0 ? 'ok' : 'unknown'}>
      {ok > 0 ? `${plural(ok, 'reference')} verified` : ''}
      {open > 0 ? `${ok > 0 ? ', ' : ''}${open} not checked` : ''}
    </StateBadge>
  );
}

/** Each reference, broken ones first, with why. */
export function ReferenceList({ check }: { check: RunbookCheck }) {
  const order: RunbookReference['state'][] = ['broken', 'ok', 'unchecked'];
  const sorted = check.references.toSorted(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
  );
  return (
    <>
      <ul className={styles.references}>
        {sorted.map((one) => (
          <li key={`${one.kind} ${one.name}`}>
            <StateDot tone={TONE[one.state]} word={WORD[one.state]} /> {one.kind}{' '}
            <code>{plainString(one.name)}</code>
            {one.state === 'ok' ? null : <span className={styles.why}>{plainString(one.why)}</span>}
          </li>
        ))}
      </ul>
      <p className={styles.checked}>
        checked <Age at={check.checkedAt} suffix=" ago" />
      </p>
    </>
  );
}
