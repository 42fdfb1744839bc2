import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { IconSearch } from '../../ui/icons.ts';
import styles from './Filters.module.css';

/** Time to finish a word before it is looked for. */
const TYPING_MS = 250;

export function SearchBox(props: {
  text: string;
  onChange: (text: string) => void;
  /** Straight to the conversation where the text names one. */
  onEnter: (text: string) => void;
}) {
  const { onChange } = props;
  const [typed, setTyped] = useState(props.text);
  const [sent, setSent] = useState(props.text);
  // The address changed under the box: back, forward, a link.
  if (props.text !== sent) {
    setSent(props.text);
    setTyped(props.text);
  }
  useEffect(() => {
    if (typed === sent) return;
    const timer = setTimeout(() => {
      setSent(typed);
      onChange(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, sent, onChange]);
  return (
    <TextInput
      className={styles.box}
      size="xs"
      type="search"
      leftSection={<IconSearch size={14} />}
      aria-label="Words, or anything with a correlation ID in it"
      placeholder="Words, or a correlation ID"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value.slice(0, 10_000))}
      onKeyDown={(event) => {
        if (event.key === 'Enter') props.onEnter(typed);
      }}
    />
  );
}
