import type { Output } from '#shared/contract/index.ts';
import { plainString } from '#shared/util/visible-text.ts';
import type { useOperation } from '../../client/query.ts';
import {
  CopyId,
  ErrorState,
  formatCount,
  formatDuration,
  Moment,
  Mono,
  Notice,
  Panel,
  Skeleton,
  StateDot,
} from '../../ui/index.ts';
import { Finding } from './Finding.tsx';
import styles from './journal.module.css';

type Verified = Output<'journal.verify'>;

/** Whether the record is whole, since when that is known, and how to check it without the console. */
export function Verification(props: { asked: ReturnType<typeof useOperation<'journal.state'>> }) {
  const { asked } = props;
  if (!asked.data) {
    return asked.error ? (
      <ErrorState
        small
        error={asked.error}
        what="Whether the journal is whole could not be asked"
        retry={() => void asked.refetch()}
      />
    ) : (
      <Skeleton lines={1} label="Reading what is known of the journal" />
    );
  }
  const { verified, entries, unseen } = asked.data;
  return (
    <div className={styles.verification}>
      {verified === null ? (
        <Notice tone="unknown" word="Verifying">
          The chain is walked once at each start.
        </Notice>
      ) : verified.ok ? (
        <Notice tone="ok" word="Whole">
          {verified.why} <Heads verified={verified} />
          {entries > verified.entries ? ` · ${formatCount(entries - verified.entries)} since` : ''}
        </Notice>
      ) : (
        <Broken verified={verified} />
      )}
      {unseen.map((finding) => (
        <Finding key={finding.seq} finding={finding} />
      ))}
      <p className={styles.check}>
        Check an export without the console:{' '}
        <Mono>node resources/verify-journal.mjs FILE{verified ? ' HEAD' : ''}</Mono>
        {verified ? ', with a head that you noted earlier: it must still be in it.' : ''}
      </p>
    </div>
  );
}

function Broken(props: { verified: Verified }) {
  const { verified } = props;
  return (
    <Panel
      tone="bad"
      title={<StateDot tone="bad" word="The journal is not as it was written" showWord />}
      aside={<Heads verified={verified} />}
    >
      <dl className={styles.facts}>
        <dt>First bad entry</dt>
        <dd>
          {verified.firstBad === null ? '' : `${formatCount(verified.firstBad)}. `}
          {plainString(placesOf(verified))}
        </dd>
        <dt>Still true</dt>
        <dd>{verified.holds}</dd>
        <dt>What to do</dt>
        <dd>{verified.next}</dd>
      </dl>
    </Panel>
  );
}

const PLACES_SHOWN = 5;

/** Each place that does not fit, while they are few; what was found earlier has no place in the files now. */
function placesOf({ problems, why }: Verified): string {
  const few = problems.length > 0 && problems.length <= PLACES_SHOWN;
  return few ? problems.map((one) => one.why).join(' ') : why;
}

function Heads(props: { verified: Verified }) {
  const { verified } = props;
  const { anchor, head } = verified;
  return (
    <span>
      Head {formatCount(head.seq)} <CopyId id={head.hash} chars={12} label="head" /> ·{' '}
      {anchor === null ? (
        'not anchored'
      ) : (
        <>
          anchored {anchor.seq === head.seq ? '' : `at ${formatCount(anchor.seq)} `}
          <Moment at={anchor.at} seconds />
        </>
      )}{' '}
      · verified <Moment at={verified.verifiedAt} seconds /> in {formatDuration(verified.took)}
    </span>
  );
}
