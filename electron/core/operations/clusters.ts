/** Similar failures of a window: phrases that failing conversations say and healthy ones do not, with who says them. */
import {
  increaseSince,
  joinPhrases,
  type Phrase,
  type Told,
  tellingPhrases,
} from '#core/analysis/phrases.ts';
import type { Groups, PhraseCount, Shares } from '#core/cache/queries/clusters.ts';
import { Breather } from '#core/sources/breather.ts';
import type { ConversationCluster } from '#shared/contract/conversations.ts';
import type { ParsedInput } from '#shared/contract/index.ts';
import type { TraitShare } from '#shared/model/conversation.ts';
import type { ConversationFilter } from '#shared/model/conversation-filter.ts';
import type { Engine } from './engine.ts';

/** Conversations of each kind whose words are compared. */
const SAMPLE = 400;
/** Conversations that the reader is asked for at once: some milliseconds of its time. */
const AT_ONCE = 20;
const COLUMNS = 24;

type Asked = ParsedInput<'conversations.clusters'>;

export interface Clusters {
  clusters: ConversationCluster[];
  failing: number;
  healthy: number;
  compared: { failing: number; healthy: number };
}

export async function findClusters(
  { cache }: Pick<Engine, 'cache'>,
  asked: Asked,
  signal: AbortSignal,
): Promise<Clusters> {
  const { environment, service, from, to, limit } = asked;
  const filter: ConversationFilter = {
    environment,
    from,
    to,
    ...(service === undefined ? {} : { services: [service] }),
  };
  const groups = await cache.read('conversationGroups', { filter, most: SAMPLE });
  const breather = new Breather();
  const textsOf = async (keys: readonly number[]) => {
    const told: Told[] = [];
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      signal.throwIfAborted();
      told.push(...(await cache.read('conversationTexts', { keys: keys.slice(at, at + AT_ONCE) })));
    }
    return told;
  };
  const failing = await textsOf(groups.failing.keys);
  const healthy = await textsOf(groups.healthy.keys);
  const work = tellingPhrases(failing, healthy);
  let step = work.next();
  while (!step.done) {
    await breather.rest();
    signal.throwIfAborted();
    step = work.next();
  }
  const clusters: ConversationCluster[] = [];
  for (const { phrase, also } of joinPhrases(step.value, limit)) {
    const text = `"${phrase.text}"`;
    const count = await cache.read('phraseCount', { text, filter });
    if (!count || count.failing === 0) continue;
    clusters.push(
      clusterOf(
        phrase,
        also,
        count,
        groups,
        { from, to },
        { text, filter: { ...filter, failing: true } },
      ),
    );
  }
  return {
    clusters,
    failing: groups.failing.total,
    healthy: groups.healthy.total,
    compared: { failing: failing.length, healthy: healthy.length },
  };
}

function clusterOf(
  phrase: Phrase,
  also: string[],
  count: PhraseCount,
  groups: Pick<Groups, 'traits' | 'hours'>,
  { from, to }: { from: number; to: number },
  search: ConversationCluster['search'],
): ConversationCluster {
  const { times } = count;
  return {
    phrase: phrase.text,
    also,
    conversations: count.failing,
    conversationsIs: count.failingIs,
    healthy: count.healthy,
    since: increaseSince(times, from, to),
    firstAt: times[0] ?? from,
    lastAt: times.at(-1) ?? to,
    versions: shares(count.traits.versions, groups.traits.versions),
    channels: shares(count.traits.channels, groups.traits.channels),
    languages: shares(count.traits.languages, groups.traits.languages),
    hours: hours(times, groups.hours),
    times: columns(times, from, to),
    search,
  };
}

/** `all`: of the conversations of the window, failing or not. */
function shares(own: readonly Shares[], all: readonly Shares[]): TraitShare[] {
  return own.map(({ value, conversations }) => ({
    value,
    conversations,
    all: all.find((one) => one.value === value)?.conversations ?? conversations,
  }));
}

const HOUR_MS = 3_600_000;

function hours(times: readonly number[], all: readonly number[]): ConversationCluster['hours'] {
  const counts = all.map((one) => ({ conversations: 0, all: one }));
  for (const at of times) {
    const hour = counts[Math.floor(at / HOUR_MS) % counts.length];
    if (hour) hour.conversations++;
  }
  return counts;
}

const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440].map((minutes) => minutes * 60_000);

/** Counts in even stretches of time, at most 24 of them where a day is wide enough. */
function columns(times: readonly number[], from: number, to: number): ConversationCluster['times'] {
  const width =
    WIDTHS.find((one) => (to - from) / one <= COLUMNS) ?? Math.ceil((to - from) / COLUMNS);
  const first = Math.floor(from / width) * width;
  const counts: { from: number; conversations: number }[] = [];
  for (let at = first; at < to; at += width) counts.push({ from: at, conversations: 0 });
  for (const at of times) {
    const column = counts[Math.floor((at - first) / width)];
    if (column) column.conversations++;
  }
  return counts;
}
