import { Button, Checkbox, Popover } from '@mantine/core';
import { IconChevronDown } from '../../ui/icons.ts';
import styles from './Filters.module.css';

/** One property to filter by: none chosen = all. */
export function FilterMenu<T extends string>(props: {
  label: string;
  options: readonly T[];
  chosen: readonly T[];
  word?: (option: T) => string;
  onChange: (chosen: T[]) => void;
}) {
  const { chosen, label, options } = props;
  const word = props.word ?? ((option: T) => option);
  const all = [...new Set([...options, ...chosen])];
  const first = chosen[0];
  const text =
    first === undefined
      ? label
      : `${label}: ${word(first)}${chosen.length > 1 ? ` +${chosen.length - 1}` : ''}`;
  return (
    <Popover position="bottom-start" transitionProps={{ duration: 0 }} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          data-active={chosen.length > 0 || undefined}
          className={styles.menu}
          rightSection={<IconChevronDown size={13} />}
        >
          {text}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.drop}>
        <fieldset className={styles.options}>
          <legend className="nd-unseen">{label}</legend>
          {all.map((option) => (
            <Checkbox
              key={option}
              size="xs"
              label={word(option)}
              checked={chosen.includes(option)}
              onChange={() =>
                props.onChange(
                  chosen.includes(option)
                    ? chosen.filter((one) => one !== option)
                    : [...chosen, option],
                )
              }
            />
          ))}
          {all.length === 0 ? <p className={styles.none}>None seen yet</p> : null}
        </fieldset>
        {chosen.length > 0 ? (
          <Button variant="subtle" size="compact-xs" onClick={() => props.onChange([])}>
            All of them
          </Button>
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
