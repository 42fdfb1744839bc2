/** Every part of a filter as a chip: what it says, and the question without it. Pure. */
import type { Failure } from '#shared/model/conversation.ts';
import { FAILURE_WORD, FEEDBACK_WORD } from '#shared/util/failure-words.ts';
import type { Asked } from './filter-url.ts';

/** Short, as it stands in a column. */
export const FAILURE_SHORT: Record<Failure, string> = {
  ...FAILURE_WORD,
  handoff: 'handoff',
  guardrail: 'guardrail',
  language_switched: 'language',
};

export interface Chip {
  /** Unique among the chips of one question. */
  id: string;
  /** What is filtered by; '' where the value says it. */
  kind: string;
  value: string;
  without: Asked;
}

type ListKey = 'services' | 'versions' | 'channels' | 'languages' | 'tools' | 'failedTools';

/** In the order of the menus. Words, range and order are no chips: they have their own places. */
export function chipsOf(asked: Asked): Chip[] {
  const chips: Chip[] = [];
  const add = (kind: string, value: string, without: Partial<Asked>) => {
    chips.push({ id: `${kind} ${value}`, kind, value, without: { ...asked, ...without } });
  };
  if (asked.failing) add('', 'failing only', { failing: false });
  const list = <K extends ListKey>(key: K, kind: string) => {
    for (const value of asked[key]) {
      add(kind, value, { [key]: asked[key].filter((one) => one !== value) });
    }
  };
  for (const value of asked.failures) {
    const failures = asked.failures.filter((one) => one !== value);
    add('failure', FAILURE_SHORT[value], { failures });
  }
  list('services', 'service');
  list('versions', 'version');
  list('channels', 'channel');
  list('languages', 'language');
  for (const value of asked.feedback) {
    const feedback = asked.feedback.filter((one) => one !== value);
    add('feedback', FEEDBACK_WORD[value], { feedback });
  }
  list('tools', 'called');
  list('failedTools', 'failed tool');
  for (const value of asked.flags) {
    add('flag', `${value.flag} = ${value.variant}`, {
      flags: asked.flags.filter((one) => one !== value),
    });
  }
  const seconds = stretch(asked.minSeconds, asked.maxSeconds, (value) => `${value} s`);
  if (seconds) add('slowest turn', seconds, { minSeconds: null, maxSeconds: null });
  const dollars = stretch(asked.minUsd, asked.maxUsd, (value) => `$${value}`);
  if (dollars) add('cost', dollars, { minUsd: null, maxUsd: null });
  if (asked.pinned) add('', 'pinned only', { pinned: false });
  if (asked.imported) add('', 'imported only', { imported: false });
  return chips;
}

function stretch(
  least: number | null,
  most: number | null,
  word: (value: number) => string,
): string | null {
  if (least !== null && most !== null) return `${word(least)} to ${word(most)}`;
  if (least !== null) return `at least ${word(least)}`;
  return most === null ? null : `at most ${word(most)}`;
}

/** True when anything but words, range and order narrows the list. */
export const isFiltered = (asked: Asked): boolean => chipsOf(asked).length > 0;
