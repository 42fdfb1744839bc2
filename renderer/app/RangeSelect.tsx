import { Menu } from '@mantine/core';
import { goWith } from '../client/go.ts';
import { LAST } from '../client/range.ts';
import { useWindow } from '../client/window.ts';
import { formatClock } from '../ui/format.ts';
import { IconCheck, IconChevronDown } from '../ui/icons.ts';
import { useNow } from '../ui/now.ts';
import styles from './RangeSelect.module.css';

/** The time range of everything that is drawn over time. */
export function RangeSelect() {
  const range = useWindow((state) => state.range);
  const now = useNow(60);
  const title =
    range.kind === 'last'
      ? (LAST.find((one) => one.ms === range.ms)?.title ?? 'Last 1 h')
      : `${formatClock(range.from, { now })} → ${formatClock(range.to, { now })}`;
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <button type="button" className={styles.button} aria-label={`Time range: ${title}`}>
          {title}
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {LAST.map((one) => (
          <Menu.Item
            key={one.id}
            onClick={() => goWith({ range: { kind: 'last', ms: one.ms } })}
            rightSection={
              range.kind === 'last' && range.ms === one.ms ? (
                <IconCheck size={14} aria-label="shown now" />
              ) : null
            }
          >
            {one.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
