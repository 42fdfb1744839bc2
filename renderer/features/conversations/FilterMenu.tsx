import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { plainString } from '#shared/util/visible-text.ts';
import { formatCount } from '../../ui/index.ts';
import styles from './Filters.module.css';
import { Menu } from './Menu.tsx';

/** More options than this are looked through by typing. */
const MANY = 12;

export interface Option<T extends string> {
  value: T;
  /** What it is called; the value itself where left out. */
  word?: string;
  conversations?: number;
}

/** One property to filter by: none chosen = all. What is chosen stays on the list, known or not. */
export function FilterMenu<T extends string>(props: {
  label: string;
  options: readonly Option<T>[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}) {
  const { label } = props;
  return (
    <Menu label={label} chosen={props.chosen.length}>
      <Options legend={label} {...props} />
    </Menu>
  );
}

/** The options alone, for a menu that has several lists. */
export function Options<T extends string>(props: {
  legend: string;
  options: readonly Option<T>[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
  showLegend?: boolean;
}) {
  const { chosen, options } = props;
  const [typed, setTyped] = useState('');
  const unknown = chosen.filter((value) => !options.some((option) => option.value === value));
  const all: Option<T>[] = [...options, ...unknown.map((value) => ({ value }))];
  const wanted = typed.trim().toLowerCase();
  const shown = all.filter(
    ({ value, word }) =>
      wanted === '' || chosen.includes(value) || (word ?? value).toLowerCase().includes(wanted),
  );
  return (
    <>
      {all.length > MANY ? (
        <TextInput
          size="xs"
          aria-label={`Look through ${props.legend.toLowerCase()}`}
          placeholder="Look through them"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : null}
      <fieldset className={styles.options}>
        <legend className={props.showLegend ? styles.legend : 'nd-unseen'}>{props.legend}</legend>
        {shown.map(({ value, word, conversations }) => (
          <Checkbox
            key={value}
            size="xs"
            classNames={{ labelWrapper: styles.grow }}
            label={
              <span className={styles.option}>
                {plainString(word ?? value)}
                {conversations === undefined ? null : (
                  <span className={styles.dim}>{formatCount(conversations)}</span>
                )}
              </span>
            }
            checked={chosen.includes(value)}
            onChange={() =>
              props.onChange(
                chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
              )
            }
          />
        ))}
        {all.length === 0 ? <p className={styles.none}>None seen yet</p> : null}
        {all.length > 0 && shown.length === 0 ? <p className={styles.none}>None of them</p> : null}
      </fieldset>
      {chosen.length > 0 ? (
        <Button variant="subtle" size="compact-xs" onClick={() => props.onChange([])}>
          All of them
        </Button>
      ) : null}
    </>
  );
}
