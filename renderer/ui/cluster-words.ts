/** A cluster of similar failures in words. Pure. */
import type { ConversationCluster } from '#shared/contract/conversations.ts';
import type { TraitShare } from '#shared/model/conversation.ts';
import { formatClock, formatCount, formatPercent } from './format.ts';

/** A version or language is worth a word when so much of a cluster has it. */
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
  const traits: string[] = [];
  const version = standsOut(cluster.versions, conversations, all);
  if (version) {
    traits.push(`${version.words} on ${version.value} (${version.base} of all conversations)`);
  }
  const language = standsOut(cluster.languages, conversations, all);
  if (language) {
    const of = version ? '' : ' of all conversations';
    traits.push(`${language.words} in ${language.value} (${language.base}${of})`);
  }
  return {
    count: `${number} conversation${conversations === 1 ? '' : 's'}`,
    when:
      since === null
        ? `at an even rate, first at ${formatClock(firstAt, { now })}`
        : `since ${formatClock(since, { now })}`,
    traits,
  };
}

function standsOut(shares: readonly TraitShare[], conversations: number, all: number) {
  const [most] = shares;
  if (!most || conversations === 0 || all === 0) return null;
  const own = most.conversations / conversations;
  const base = most.all / all;
  if (own < MOSTLY || own <= base) return null;
  return {
    value: most.value,
    words:
      most.conversations === conversations
        ? 'all of them'
        : `${formatCount(most.conversations)} of them`,
    base: formatPercent(base),
  };
}
