import { Menu } from '@mantine/core';
import { goWith } from '../client/go.ts';
import { useAct } from '../client/query.ts';
import { useEnvironment, useSession } from '../client/session.ts';
import { formatCountdown } from '../ui/format.ts';
import { IconCheck, IconChevronDown, IconLock, IconLockOpen } from '../ui/icons.ts';
import { useNow } from '../ui/now.ts';
import styles from './EnvironmentSelect.module.css';

/** Which environment the window looks at, whether it may be changed now, and for how much longer. */
export function EnvironmentSelect() {
  const session = useSession();
  const environment = useEnvironment();
  const unlock = useAct('session.unlock');
  const now = useNow();
  if (!session || !environment) return <span className={styles.none} />;

  const left = environment.unlockedUntil === null ? 0 : environment.unlockedUntil - now;
  const lock = !environment.protected ? 'open' : left > 0 ? 'unlocked' : 'locked';
  const mayAct = session.role !== 'viewer';
  return (
    <Menu position="bottom-start" width={270} shadow="md">
      <Menu.Target>
        <button type="button" className={styles.chip} data-lock={lock}>
          {lock === 'locked' ? <IconLock size={14} aria-hidden="true" /> : null}
          {lock === 'unlocked' ? <IconLockOpen size={14} aria-hidden="true" /> : null}
          <strong>{environment.name}</strong>
          <span>
            {lock === 'open' ? '' : lock}
            {lock === 'unlocked' ? ` ${formatCountdown(left)}` : ''}
          </span>
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Environment</Menu.Label>
        {session.environments.map((one) => (
          <Menu.Item
            key={one.name}
            leftSection={
              one.name === environment.name ? (
                <IconCheck size={14} aria-label="shown now" />
              ) : (
                <span className={styles.space} />
              )
            }
            onClick={() => goWith({ environment: one.name })}
          >
            {one.name}
            {one.protected ? <span className={styles.aside}> · protected</span> : null}
          </Menu.Item>
        ))}
        {environment.protected ? (
          <>
            <Menu.Divider />
            {lock === 'locked' ? (
              <Menu.Item
                leftSection={<IconLockOpen size={14} aria-hidden="true" />}
                disabled={!mayAct}
                onClick={() => unlock.mutate({ environment: environment.name })}
              >
                {mayAct ? `Unlock ${environment.name} for a while` : 'A viewer may not unlock'}
              </Menu.Item>
            ) : (
              <Menu.Item
                leftSection={<IconLock size={14} aria-hidden="true" />}
                onClick={() => unlock.mutate({ environment: environment.name, locked: true })}
              >
                Lock {environment.name} now
              </Menu.Item>
            )}
            <p className={styles.note}>
              Locked means read-only. Confirming an action unlocks too, so there is no need to do it
              first.
            </p>
          </>
        ) : null}
        {unlock.error ? <p className={styles.note}>{unlock.error.message}</p> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
