import { fillFacets } from '#core/cache/queries/fill-facets.ts';
import type { Migration } from './migration.ts';

/**
 * What conversations are filtered by, as sets of bits (see queries/facets.ts and queries/key-set.ts): a filter that lets few
 * through costs what one that lets many through does, and every part of it counts the same. Rows of (facet,
 * conversation) lost: to join two common facets takes a look at every conversation of the smaller one. So did one
 * wide index over everything: SQLite walks some five million narrow rows a second, which is too slow by half.
 *
 * `facets` of a conversation: the ids of all it has, as JSON. It is filled for what an older version stored.
 */
export const facets: Migration = {
  number: 6,
  name: 'facets',
  sql: `
CREATE TABLE facets (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (kind, value)
) STRICT;

CREATE TABLE facet_bits (
  facet INTEGER NOT NULL,
  block INTEGER NOT NULL,
  bits BLOB NOT NULL,
  PRIMARY KEY (facet, block)
) STRICT, WITHOUT ROWID;

ALTER TABLE conversations ADD COLUMN facets TEXT NOT NULL DEFAULT '[]';

-- What these were for, facets do.
DROP INDEX conversations_by_time;
DROP INDEX conversations_pinned;
`,
  fill: fillFacets,
};
