import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useOperation } from '../client/query.ts';
import { useWindow } from '../client/window.ts';
import { plural } from '../ui/format.ts';
import { Go } from '../ui/Go.tsx';
import { IconKeyboard, IconMoon, IconSun } from '../ui/icons.ts';
import { StateDot, toneOfFreshness } from '../ui/state.tsx';
import { Age } from '../ui/text.tsx';
import { Account } from './Account.tsx';
import { EnvironmentSelect } from './EnvironmentSelect.tsx';
import { FindBox } from './FindBox.tsx';
import { RangeSelect } from './RangeSelect.tsx';
import styles from './TopBar.module.css';
import { worstOf } from './worst-source.ts';

export function TopBar() {
  return (
    <header className={styles.top}>
      <Go to="/now" className={styles.brand}>
        Nightdesk
      </Go>
      <EnvironmentSelect />
      <FindBox />
      <div className={styles.right}>
        <RangeSelect />
        <Sources />
        <Account />
        <Scheme />
        <Tooltip label="Keys (?)">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label="Show the keys"
            onClick={() => useWindow.getState().setHelp(true)}
          >
            <IconKeyboard size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

/** How many sources, and the age of the oldest answer among those that are well; or what is not well. */
function Sources() {
  const environment = useWindow((state) => state.environment);
  const overview = useOperation('overview.read', { environment }, { enabled: environment !== '' });
  const freshness = overview.data?.freshness;
  if (!freshness || freshness.length === 0) return null;
  const { worst, off, oldestAt } = worstOf(freshness);
  return (
    <Go to="/sources" className={styles.sources}>
      <StateDot
        tone={toneOfFreshness(worst)}
        word={worst === 'ok' ? 'sources fresh:' : 'sources:'}
      />{' '}
      {off > 0
        ? `${off} of ${plural(freshness.length, 'source')} behind`
        : plural(freshness.length, 'source')}
      {off > 0 || oldestAt === null ? null : (
        <>
          {' · '}
          <Age at={oldestAt} suffix=" ago" />
        </>
      )}
    </Go>
  );
}

function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = colorScheme === 'light' ? 'dark' : 'light';
  return (
    <Tooltip label={`Switch to ${next}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Switch to ${next}`}
        onClick={() => setColorScheme(next)}
      >
        {next === 'light' ? (
          <IconSun size={16} stroke={1.6} />
        ) : (
          <IconMoon size={16} stroke={1.6} />
        )}
      </ActionIcon>
    </Tooltip>
  );
}
