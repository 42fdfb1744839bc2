import { Checkbox } from '@mantine/core';
import { NumberField } from '../../ui/NumberField.tsx';
import styles from './Filters.module.css';
import type { Asked } from './filter-url.ts';
import { Menu } from './Menu.tsx';

/** Numbers between bounds, what is pinned, and what came from other consoles. */
export function MoreFilters(props: { asked: Asked; change: (part: Partial<Asked>) => void }) {
  const { asked, change } = props;
  const bounds = [asked.minSeconds, asked.maxSeconds, asked.minUsd, asked.maxUsd];
  const chosen =
    bounds.filter((one) => one !== null).length + Number(asked.pinned) + Number(asked.imported);
  return (
    <Menu label="More" chosen={chosen}>
      <fieldset className={styles.options}>
        <legend className={styles.legend}>Slowest turn, seconds</legend>
        <span className={styles.bounds}>
          <Bound
            label="Slowest turn at least, seconds"
            placeholder="from"
            value={asked.minSeconds}
            onChange={(minSeconds) => change({ minSeconds })}
          />
          <Bound
            label="Slowest turn at most, seconds"
            placeholder="to"
            value={asked.maxSeconds}
            onChange={(maxSeconds) => change({ maxSeconds })}
          />
        </span>
      </fieldset>
      <fieldset className={styles.options}>
        <legend className={styles.legend}>Cost of the conversation, US dollars</legend>
        <span className={styles.bounds}>
          <Bound
            label="Cost at least, US dollars"
            placeholder="from"
            value={asked.minUsd}
            onChange={(minUsd) => change({ minUsd })}
          />
          <Bound
            label="Cost at most, US dollars"
            placeholder="to"
            value={asked.maxUsd}
            onChange={(maxUsd) => change({ maxUsd })}
          />
        </span>
      </fieldset>
      <Checkbox
        size="xs"
        label="Pinned only"
        checked={asked.pinned}
        onChange={() => change({ pinned: !asked.pinned })}
      />
      <Checkbox
        size="xs"
        label="Imported only, of any environment"
        checked={asked.imported}
        onChange={() => change({ imported: !asked.imported })}
      />
    </Menu>
  );
}

function Bound(props: {
  label: string;
  placeholder: string;
  value: number | null;
  onChange: (value: number | null) => void;
}) {
  const { label, ...rest } = props;
  return (
    <NumberField
      {...rest}
      aria-label={label}
      min={Number.MIN_VALUE}
      max={Number.MAX_VALUE}
      wrong="a number above 0"
    />
  );
}
