/** What a conversation ran on, beside what runs now. Pure. */
import type { LiveCombination } from '#shared/model/conversation.ts';

export interface LiveItem {
  /** `version`, `model`, `prompt`, `index`, or the name of a flag. */
  what: string;
  value: string;
  flag: boolean;
}

/** Everything that is known of a combination, in the order in which it is told. */
export function liveItems(live: LiveCombination): LiveItem[] {
  const part = (what: string, value: string | null): LiveItem[] =>
    value ? [{ what, value, flag: false }] : [];
  return [
    ...part('version', live.version),
    ...part('model', live.model),
    ...part('prompt', live.prompt),
    ...part('index', live.index),
    ...Object.entries(live.flags)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([what, value]) => ({ what, value, flag: true })),
  ];
}

/** What is otherwise now: changed, or gone (value '–'). What is only now known counts as changed too. */
export function liveDifferences(then: LiveCombination, now: LiveCombination): LiveItem[] {
  const before = new Map(liveItems(then).map((item) => [item.what, item.value]));
  const after = liveItems(now);
  const changed = after.filter((item) => before.get(item.what) !== item.value);
  const gone = liveItems(then).filter(
    (item) => item.flag && !after.some((one) => one.what === item.what),
  );
  return [...changed, ...gone.map((item) => ({ ...item, value: '–' }))];
}
