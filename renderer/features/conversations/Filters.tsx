import { Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Feedback } from '#shared/model/conversation.ts';
import { IconChevronDown, IconSearch } from '../../ui/icons.ts';
import { FAILURE_WORD } from './columns.tsx';
import { FilterMenu } from './FilterMenu.tsx';
import styles from './Filters.module.css';
import { type Asked, FAILURES, FEEDBACKS, isFiltered, NOTHING_ASKED } from './filter-url.ts';

const FEEDBACK_WORD: Record<Feedback, string> = {
  thumbs_up: 'thumbs-up',
  thumbs_down: 'thumbs-down',
  regenerate: 'asked again',
  ticket: 'opened a ticket',
};
/** Time to finish a word before it is looked for. */
const TYPING_MS = 250;

export function Filters(props: {
  asked: Asked;
  known: { services: string[]; versions: string[]; languages: string[] };
  onChange: (asked: Asked) => void;
  /** Enter in the box: straight to the conversation where the text names one. */
  onEnter: (text: string) => void;
}) {
  const { asked, known, onChange } = props;
  const change = (part: Partial<Asked>) => onChange({ ...asked, ...part });
  return (
    <search className={styles.bar}>
      <SearchBox text={asked.text} onChange={(text) => change({ text })} onEnter={props.onEnter} />
      <Button
        variant="default"
        aria-pressed={asked.failing}
        data-active={asked.failing || undefined}
        className={styles.menu}
        onClick={() => change({ failing: !asked.failing })}
      >
        Failing only
      </Button>
      <FilterMenu
        label="Failure"
        options={FAILURES}
        chosen={asked.failures}
        word={(one) => FAILURE_WORD[one]}
        onChange={(failures) => change({ failures })}
      />
      <FilterMenu
        label="Service"
        options={known.services}
        chosen={asked.services}
        onChange={(services) => change({ services })}
      />
      <FilterMenu
        label="Version"
        options={known.versions}
        chosen={asked.versions}
        onChange={(versions) => change({ versions })}
      />
      <FilterMenu
        label="Language"
        options={known.languages}
        chosen={asked.languages}
        onChange={(languages) => change({ languages })}
      />
      <FilterMenu
        label="Feedback"
        options={FEEDBACKS}
        chosen={asked.feedback}
        word={(one) => FEEDBACK_WORD[one]}
        onChange={(feedback) => change({ feedback })}
      />
      <More asked={asked} change={change} />
      {isFiltered(asked) ? (
        <Button
          variant="subtle"
          onClick={() => onChange({ ...NOTHING_ASKED, text: asked.text, sort: asked.sort })}
        >
          Clear
        </Button>
      ) : null}
    </search>
  );
}

function SearchBox(props: {
  text: string;
  onChange: (text: string) => void;
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
      placeholder="Words, or anything with a correlation ID in it"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value.slice(0, 10_000))}
      onKeyDown={(event) => {
        if (event.key === 'Enter') props.onEnter(typed);
      }}
    />
  );
}

function More(props: { asked: Asked; change: (part: Partial<Asked>) => void }) {
  const { asked, change } = props;
  const active = asked.minSeconds !== null || asked.minUsd !== null || asked.pinned;
  const number = (text: string) => {
    const value = Number.parseFloat(text.replace(',', '.'));
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  return (
    <Popover position="bottom-end" transitionProps={{ duration: 0 }} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          data-active={active || undefined}
          className={styles.menu}
          rightSection={<IconChevronDown size={13} />}
        >
          More
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.drop}>
        <div className={styles.options}>
          <TextInput
            size="xs"
            inputMode="decimal"
            label="Slowest turn at least, seconds"
            defaultValue={asked.minSeconds ?? ''}
            onChange={(event) => change({ minSeconds: number(event.currentTarget.value) })}
          />
          <TextInput
            size="xs"
            inputMode="decimal"
            label="Cost at least, US dollars"
            defaultValue={asked.minUsd ?? ''}
            onChange={(event) => change({ minUsd: number(event.currentTarget.value) })}
          />
          <Checkbox
            size="xs"
            label="Pinned only"
            checked={asked.pinned}
            onChange={() => change({ pinned: !asked.pinned })}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
