/** A cluster of similar failures in words. Pure. */

import type { ConversationCluster } from '#shared/contract/conversations.ts';
import type { TraitShare } from '#shared/model/conversation.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { formatClock, formatCount, formatPercent } from './format.ts';

/** A version, channel or language is worth a word when so much of a cluster has it. */
const MOSTLY = 0.5;

export interface ClusterWords {
  /** "37 conversations" */
  count: string;
  /** "since 02:10", or "all the time, since 01:00 at least" */
  when: string;
  /** "34 of them on v42 (17 % of all conversations)", one for each trait that stands out. */
  traits: string[];
}

/** `all`: conversations of the same window, failing or not. */
export function clusterWords(cluster: ConversationCluster, all: number, now: number): ClusterWords {
  const { conversations, conversationsIs, since, firstAt } = cluster;
  const number = `${conversationsIs === 'atLeast' ? 'at least ' : ''}${formatCount(conversations)}`;
  const told: (Standing | null)[] = [
    standsOut('on', cluster.versions, conversations, all),
    standsOut('in', cluster.languages, conversations, all),
    standsOut('by', cluster.channels, conversations, all),
    busyHours(cluster),
  ];
  const traits = told
    .filter((one) => one !== null)
    .map(({ words, base }, at) => `${words} (${base}${at === 0 ? ' of all conversations' : ''})`);
  return {
    count: `${number} conversation${conversations === 1 ? '' : 's'}`,
    when:
      since === null
        ? `at an even rate, first at ${formatClock(firstAt, { now })}`
        : `since ${formatClock(since, { now })}`,
    traits,
  };
}

interface Standing {
  words: string;
  /** Share of all conversations for which the same holds. */
  base: string;
}

function standsOut(
  how: string,
  shares: readonly TraitShare[],
  conversations: number,
  all: number,
): Standing | null {
  const [most] = shares;
  if (!most || conversations === 0 || all === 0) return null;
  const own = most.conversations / conversations;
  const base = most.all / all;
  if (own < MOSTLY || own <= base) return null;
  return {
    words: `${ofThem(most.conversations, conversations)} ${how} ${plainString(most.value)}`,
    base: formatPercent(base),
  };
}

function ofThem(some: number, all: number): string {
  return some === all ? 'all of them' : `${formatCount(some)} of them`;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** In a shorter window, since when it happens says as much. */
const DAYS_TO_TELL = 2;
/** A longer stretch is no hour of the day. */
const MOST_HOURS = 8;
/** So many times as often as conversations in general. */
const MORE_OFTEN = 1.5;

/** The hours of the day in which most of a cluster lies, where it is not simply when people write; local time. */
function busyHours({ hours, times }: ConversationCluster): Standing | null {
  const [first] = times;
  const last = times.at(-1);
  if (!first || !last || last.from - first.from < (DAYS_TO_TELL - 0.5) * HOURS * HOUR_MS)
    return null;
  const own = hours.reduce((sum, one) => sum + one.conversations, 0);
  const all = hours.reduce((sum, one) => sum + one.all, 0);
  if (own === 0 || all === 0) return null;
  for (let length = 1; length <= MOST_HOURS; length++) {
    let best = { from: 0, conversations: 0, all: 0 };
    for (let from = 0; from < HOURS; from++) {
      const stretch = Array.from({ length }, (_, at) => hours[(from + at) % HOURS]);
      const sum = (key: 'conversations' | 'all') =>
        stretch.reduce((total, one) => total + (one?.[key] ?? 0), 0);
      const here = { from, conversations: sum('conversations'), all: sum('all') };
      if (here.conversations > best.conversations) best = here;
    }
    const share = best.conversations / own;
    if (share < MOSTLY) continue;
    const base = best.all / all;
    if (share < MORE_OFTEN * base) return null;
    const clock = (hour: number) =>
      formatClock(last.from - (last.from % (HOURS * HOUR_MS)) + hour * HOUR_MS);
    return {
      words: `${ofThem(best.conversations, own)} between ${clock(best.from)} and ${clock(best.from + length)}`,
      base: formatPercent(base),
    };
  }
  return null;
}
