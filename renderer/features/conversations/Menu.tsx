import { Button, Popover } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { IconChevronDown } from '../../ui/icons.ts';
import styles from './Filters.module.css';

/** A button of the filter bar that opens a box below it; Escape closes it and gives the focus back. */
export function Menu(props: {
  label: string;
  /** How much is chosen in it; 0 = nothing. */
  chosen: number;
  opened?: boolean;
  onOpen?: (opened: boolean) => void;
  children: ReactNode;
}) {
  const [own, setOwn] = useState(false);
  const { opened = own, onOpen = setOwn } = props;
  return (
    <Popover
      position="bottom-start"
      transitionProps={{ duration: 0 }}
      trapFocus
      returnFocus
      opened={opened}
      onChange={onOpen}
    >
      <Popover.Target>
        <Button
          variant="default"
          data-active={props.chosen > 0 || undefined}
          className={styles.menu}
          rightSection={<IconChevronDown size={12} />}
          onClick={() => onOpen(!opened)}
          // The box takes the focus a moment after it is there, and never while there is nothing in it to choose.
          onKeyDown={(event) => {
            if (event.key === 'Escape') onOpen(false);
          }}
        >
          {props.label}
          {props.chosen > 0 ? <span className="nd-unseen">, {props.chosen} chosen</span> : null}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.drop}>{props.children}</Popover.Dropdown>
    </Popover>
  );
}
