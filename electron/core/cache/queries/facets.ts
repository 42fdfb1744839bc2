/**
 * What a conversation can be filtered by, as facets: a kind and a value. A conversation has each of its facets or
 * has not; numbers and moments fall into buckets. The bits of every facet lie in `facet_bits`.
 */
import type { TurnFacts } from '#core/analysis/conversation.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';

/** They are stored: a kind is never given another meaning. */
export const FACET_KINDS = [
  'environment',
  'service',
  'version',
  'channel',
  'language',
  'failing',
  'failure',
  'feedback',
  'pinned',
  'tool',
  'tool_failed',
  'flag',
  'hour',
  'slowest',
  'cost',
] as const;
export type FacetKind = (typeof FACET_KINDS)[number];

export interface Facet {
  kind: FacetKind;
  value: string;
}

/** Names come from outside: so much of one counts. */
const LONGEST = 200;
/** Different values of one kind that one conversation counts for. */
const MOST = 64;

export function facetValue(text: string): string {
  return text.slice(0, LONGEST).toWellFormed();
}

/** A flag with the variant it was evaluated to. */
export function flagValue(flag: string, variant: string): string {
  return JSON.stringify([facetValue(flag), facetValue(variant)]);
}

export function flagOfValue(value: string): { flag: string; variant: string } {
  const [flag = '', variant = '']: string[] = JSON.parse(value);
  return { flag, variant };
}

const HOUR_MS = 3_600_000;

/** Buckets of a kind: which one a value falls into, and the half-open stretch of values that one holds. */
export interface Buckets {
  of: (value: number) => number;
  from: (bucket: number) => number;
}

/** Four to the octave, from `unit` on; what is smaller falls into the first. */
function octaves(unit: number): Buckets {
  const from = (bucket: number) =>
    bucket <= 0 ? Number.NEGATIVE_INFINITY : unit * 2 ** (bucket / 4);
  return {
    from,
    of(value) {
      const near = Math.max(0, Math.floor(4 * Math.log2(Math.max(value, unit) / unit)));
      // The logarithm may err by its last digit, which would put a value into its neighbour's bucket.
      if (value >= from(near + 1)) return near + 1;
      return near > 0 && value < from(near) ? near - 1 : near;
    },
  };
}

export const BUCKETS: Readonly<Record<'hour' | 'slowest' | 'cost', Buckets>> = {
  hour: { of: (at) => Math.floor(at / HOUR_MS), from: (hour) => hour * HOUR_MS },
  /** Milliseconds. */
  slowest: octaves(1),
  /** US dollars. */
  cost: octaves(1e-6),
};

export type Filterable = Omit<ConversationSummary, 'key' | 'pinned'>;

/** All facets of a conversation but `pinned`, which is not told by its turns. */
export function facetsOf(
  summary: Filterable,
  turns: readonly Pick<TurnFacts, 'tools' | 'flags'>[],
): Facet[] {
  const tools = new Set<string>();
  const failed = new Set<string>();
  const flags = new Set<string>();
  for (const turn of turns) {
    for (const name of turn.tools.called) tools.add(facetValue(name));
    for (const name of turn.tools.failed) failed.add(facetValue(name));
    for (const [flag, variant] of Object.entries(turn.flags)) flags.add(flagValue(flag, variant));
  }
  const lists: Partial<Record<FacetKind, readonly string[]>> = {
    environment: [summary.environment],
    service: [summary.service],
    version: summary.versions,
    channel: summary.channel === undefined ? [] : [summary.channel],
    language: summary.language === null ? [] : [summary.language],
    failing: summary.failures.length > 0 ? [''] : [],
    failure: summary.failures,
    feedback: summary.feedback,
    tool: [...tools],
    tool_failed: [...failed],
    flag: [...flags],
    hour: [String(BUCKETS.hour.of(summary.endedAt))],
    slowest: [String(BUCKETS.slowest.of(summary.slowestTurnMs))],
    cost: summary.costUsd === null ? [] : [String(BUCKETS.cost.of(summary.costUsd))],
  };
  return FACET_KINDS.flatMap((kind) =>
    [...new Set(kind === 'flag' ? lists[kind] : lists[kind]?.map(facetValue))]
      .slice(0, MOST)
      .map((value) => ({ kind, value })),
  );
}
