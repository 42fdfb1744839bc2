import { plainString } from '#shared/util/visible-text.ts';
import { useConnection } from '../client/connection.ts';
import { useOperation } from '../client/query.ts';
import { useSession } from '../client/session.ts';
import { formatAge } from '../ui/format.ts';
import { Go } from '../ui/Go.tsx';
import { useNow } from '../ui/now.ts';
import { StateDot } from '../ui/state.tsx';
import styles from './Banner.module.css';

const DAY = 24 * 3_600_000;

/**
 * What must be known on every screen: that this is a demo, that nobody is signed in, that the engine cannot be heard,
 * that the journal is not as it was written, that the cache was begun anew.
 */
export function Banner() {
  const session = useSession();
  const { state, lostAt } = useConnection();
  const now = useNow();
  const lost = state === 'lost';
  const signIn = session?.signIn;
  const out = signIn && signIn.state !== 'signed_in';
  const [finding] = useOperation('journal.state', {}).data?.unseen ?? [];
  const [newest] = useOperation('sources.list', {}).data?.setAside ?? [];
  const lately = newest && now - newest.at < DAY ? newest : null;
  if (finding && !lost && !out) {
    return (
      <div className={styles.banner} data-bad role="status">
        {session?.demo ? <strong>Demo fleet. </strong> : null}
        <StateDot tone="bad" word="The journal was tampered with, or damaged." showWord />{' '}
        {plainString(finding.problems[0]?.why ?? '')} Everything still works and is recorded.{' '}
        <Go to="/journal">See the journal</Go>
      </div>
    );
  }
  if (lately && !lost && !out) {
    return (
      <div className={styles.banner} data-out role="status">
        <StateDot tone="watch" word="The cache was begun anew" showWord />{' '}
        {formatAge(now - lately.at)} ago, because the old one could not be used. Conversations,
        re-runs and imports from before are not in it. <Go to="/sources">See Sources</Go>
      </div>
    );
  }
  if (!lost && !session?.demo && !out) return null;
  return (
    <div
      className={styles.banner}
      data-bad={lost || undefined}
      data-out={out || undefined}
      role="status"
    >
      {lost ? (
        <>
          {session?.demo ? (
            <>
              <strong>Demo fleet.</strong>{' '}
            </>
          ) : null}
          <StateDot tone="bad" word="Connection lost" showWord />{' '}
          {lostAt === null || now - lostAt < 1000 ? '' : `${formatAge(now - lostAt)} ago. `}
          The console’s engine does not answer; it is tried again by itself. What is on screen is
          from before. If it stays so, start the console again.
        </>
      ) : out ? (
        <>
          <strong>Signed out.</strong> This window can look, but not act.{' '}
          {signIn.state === 'waiting'
            ? 'Finish the sign-in in the browser.'
            : plainString(signIn.note)}
        </>
      ) : (
        <>
          <strong>Demo fleet:</strong> simulated services on this machine. Nothing here touches a
          real system.
        </>
      )}
    </div>
  );
}
