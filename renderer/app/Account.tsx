import { Button, Menu, Tooltip } from '@mantine/core';
import type { Session } from '#shared/model/session.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useAct } from '../client/query.ts';
import { useSession } from '../client/session.ts';
import { IconChevronDown } from '../ui/icons.ts';
import { Age } from '../ui/text.tsx';
import styles from './Account.module.css';

const MAY = {
  viewer: 'look, not act',
  responder: 'look and act',
  admin: 'look, act and configure',
} as const;

/** Who is at work here, what they may do, and the way in and out where a provider is configured. */
export function Account() {
  const session = useSession();
  if (!session) return null;
  if (!session.signIn) return <Local name={session.identity.name} role={session.role} />;
  return session.signIn.state === 'signed_in' ? (
    <SignedIn session={session} signIn={session.signIn} />
  ) : (
    <SignedOut signIn={session.signIn} />
  );
}

function Local(props: { name: string; role: Session['role'] }) {
  return (
    <Tooltip
      label={plainString(`${props.name}, the person at this machine: may ${MAY[props.role]}`)}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the tooltip must be reachable by keyboard */}
      <span className={styles.role} tabIndex={0}>
        {props.role}
      </span>
    </Tooltip>
  );
}

type SignIn = NonNullable<Session['signIn']>;

function SignedIn(props: { session: Session; signIn: SignIn }) {
  const { session, signIn } = props;
  const signOut = useAct('session.signOut');
  return (
    <Menu position="bottom-end" width={300} shadow="md">
      <Menu.Target>
        <button type="button" className={styles.person} data-note={signIn.note !== '' || undefined}>
          <span className={styles.name}>{plainString(session.identity.name)}</span> · {session.role}
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <p className={styles.note}>
          May {MAY[session.role]}. {signIn.issuer} vouched for this{' '}
          <Age at={signIn.confirmedAt} suffix=" ago" />.
        </p>
        {signIn.note === '' ? null : <p className={styles.warning}>{plainString(signIn.note)}</p>}
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.mutate({})}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function SignedOut({ signIn }: { signIn: SignIn }) {
  const begin = useAct('session.signIn', {
    onSuccess: ({ address }) => {
      if (address !== null) window.open(address, '_blank', 'noopener,noreferrer');
    },
  });
  const waiting = signIn.state === 'waiting';
  const address = begin.data?.address;
  return (
    <span className={styles.out}>
      {begin.error ? (
        <span className={styles.warning} role="status">
          {begin.error.message}
        </span>
      ) : null}
      {waiting && address ? (
        <a className={styles.role} href={address} target="_blank" rel="noopener noreferrer">
          Open the page
        </a>
      ) : null}
      <Tooltip label="Until then this window can look, but not act">
        <Button size="compact-xs" loading={begin.isPending} onClick={() => begin.mutate({})}>
          {waiting ? 'Begin again' : 'Sign in'}
        </Button>
      </Tooltip>
    </span>
  );
}
