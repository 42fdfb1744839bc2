import { Button, Popover } from '@mantine/core';
import type { ReactNode } from 'react';
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
  const controlled =
    props.opened === undefined ? {} : { opened: props.opened, onChange: props.onOpen ?? noop };
  return (
    <Popover
      position="bottom-start"
      transitionProps={{ duration: 0 }}
      trapFocus
      returnFocus
      {...controlled}
    >
      <Popover.Target>
        <Button
          variant="default"
          data-active={props.chosen > 0 || undefined}
          className={styles.menu}
          rightSection={<IconChevronDown size={12} />}
          {...(props.opened === undefined ? {} : { onClick: () => props.onOpen?.(!props.opened) })}
        >
          {props.label}
          {props.chosen > 0 ? <span className="nd-unseen">, {props.chosen} chosen</span> : null}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.drop}>{props.children}</Popover.Dropdown>
    </Popover>
  );
}

const noop = () => undefined;
