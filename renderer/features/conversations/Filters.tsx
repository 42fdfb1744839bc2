import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Output } from '#shared/contract/index.ts';
import type { FlagVariant } from '#shared/model/conversation-filter.ts';
import { FEEDBACK_WORD } from '#shared/util/failure-words.ts';
import type { Range } from '../../client/index.ts';
import { Chips } from './Chips.tsx';
import { FAILURE_SHORT } from './chips.ts';
import { FilterMenu, type Option, Options } from './FilterMenu.tsx';
import styles from './Filters.module.css';
import { type Asked, FAILURES, FEEDBACKS } from './filter-url.ts';
import { Menu } from './Menu.tsx';
import { MoreFilters } from './MoreFilters.tsx';
import { SearchBox } from './SearchBox.tsx';
import { TimeMenu } from './TimeMenu.tsx';

export type Known = Output<'conversations.facets'>;

export function Filters(props: {
  asked: Asked;
  known: Known | undefined;
  environment: string;
  range: Range;
  onChange: (asked: Asked) => void;
  /** Enter in the box: straight to the conversation where the text names one. */
  onEnter: (text: string) => void;
  /** At the end of the bar. */
  children?: ReactNode;
}) {
  const { asked, known, onChange } = props;
  const change = (part: Partial<Asked>) => onChange({ ...asked, ...part });
  return (
    <search className={styles.filters}>
      <div className={styles.bar}>
        <SearchBox
          text={asked.text}
          onChange={(text) => change({ text })}
          onEnter={props.onEnter}
        />
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
          options={FAILURES.map((value) => ({ value, word: FAILURE_SHORT[value] }))}
          chosen={asked.failures}
          onChange={(failures) => change({ failures })}
        />
        <FilterMenu
          label="Service"
          options={known?.services ?? []}
          chosen={asked.services}
          onChange={(services) => change({ services })}
        />
        <FilterMenu
          label="Version"
          options={known?.versions ?? []}
          chosen={asked.versions}
          onChange={(versions) => change({ versions })}
        />
        {known !== undefined && known.channels.length + asked.channels.length > 0 ? (
          <FilterMenu
            label="Channel"
            options={known.channels}
            chosen={asked.channels}
            onChange={(channels) => change({ channels })}
          />
        ) : null}
        <FilterMenu
          label="Language"
          options={known?.languages ?? []}
          chosen={asked.languages}
          onChange={(languages) => change({ languages })}
        />
        <FilterMenu
          label="Feedback"
          options={FEEDBACKS.map((value) => ({ value, word: FEEDBACK_WORD[value] }))}
          chosen={asked.feedback}
          onChange={(feedback) => change({ feedback })}
        />
        <Menu label="Tool" chosen={asked.tools.length + asked.failedTools.length}>
          <Options
            legend="Called"
            showLegend
            options={known?.tools ?? []}
            chosen={asked.tools}
            onChange={(tools) => change({ tools })}
          />
          <Options
            legend="Failed"
            showLegend
            options={known?.failedTools ?? []}
            chosen={asked.failedTools}
            onChange={(failedTools) => change({ failedTools })}
          />
        </Menu>
        <FlagMenu
          known={known?.flags ?? []}
          chosen={asked.flags}
          onChange={(flags) => change({ flags })}
        />
        <TimeMenu environment={props.environment} range={props.range} />
        <MoreFilters asked={asked} change={change} />
        {props.children}
      </div>
      <Chips asked={asked} onChange={onChange} />
    </search>
  );
}

/** A variant as a turn evaluated it: told by its flag and itself. */
function FlagMenu(props: {
  known: Known['flags'];
  chosen: readonly FlagVariant[];
  onChange: (chosen: FlagVariant[]) => void;
}) {
  const name = ({ flag, variant }: FlagVariant) => JSON.stringify([flag, variant]);
  const word = ({ flag, variant }: FlagVariant) => `${flag} = ${variant}`;
  const known = new Set(props.known.map(name));
  const others = props.chosen.filter((one) => !known.has(name(one)));
  const all = new Map([...props.known, ...others].map((one) => [name(one), one]));
  const options: Option<string>[] = [...all].map(([value, one]) => ({
    value,
    word: word(one),
    ...('conversations' in one && typeof one.conversations === 'number'
      ? { conversations: one.conversations }
      : {}),
  }));
  return (
    <FilterMenu
      label="Flag"
      options={options}
      chosen={props.chosen.map(name)}
      onChange={(names) =>
        props.onChange(
          names.flatMap((value) => {
            const one = all.get(value);
            return one ? [{ flag: one.flag, variant: one.variant }] : [];
          }),
        )
      }
    />
  );
}
