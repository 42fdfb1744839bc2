/** What conversations of an environment can be filtered by. */
import type { ReadDb } from '#core/cache/db.ts';
import { type FacetKind, flagOfValue } from './facets.ts';
import { having } from './filter-sets.ts';
import { type Block, KeySet } from './key-set.ts';

/** Values of one kind. */
const MOST = 200;

export interface FacetCounts {
  services: Count[];
  versions: Count[];
  channels: Count[];
  languages: Count[];
  tools: Count[];
  failedTools: Count[];
  flags: { flag: string; variant: string; conversations: number }[];
}

interface Count {
  value: string;
  conversations: number;
}

export function listFacets(db: ReadDb, args: { environment: string }): FacetCounts {
  const here = having(db, 'environment', [args.environment]);
  const counts = (kind: FacetKind): Count[] => {
    const facets = db.all<{ id: number; value: string }>(
      'SELECT id, value FROM facets WHERE kind = ?',
      kind,
    );
    return facets
      .map(({ id, value }) => {
        const bits = db.all<Block>('SELECT block, bits FROM facet_bits WHERE facet = ?', id);
        return { value, conversations: KeySet.union(bits).and(here).count };
      })
      .filter(({ value, conversations }) => value !== '' && conversations > 0)
      .sort((a, b) => b.conversations - a.conversations || a.value.localeCompare(b.value))
      .slice(0, MOST);
  };
  return {
    services: counts('service'),
    versions: counts('version'),
    channels: counts('channel'),
    languages: counts('language'),
    tools: counts('tool'),
    failedTools: counts('tool_failed'),
    flags: counts('flag').map(({ value, conversations }) => ({
      ...flagOfValue(value),
      conversations,
    })),
  };
}
