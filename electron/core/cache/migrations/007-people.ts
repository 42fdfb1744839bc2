import type { Migration } from './migration.ts';

/**
 * `people` of a conversation: what its tools told of the people in it, as keyed hashes of words (JSON: hash → kind), so
 * that they are masked in later turns too. Never the words.
 *
 * `masked_by` has one row: the settings (as a digest) that everything stored was masked by, but for conversations with keys up to
 * `older`. An older version of the console masked nothing: its conversations are masked again, in pieces, while the
 * console runs; so is everything when the settings change. `rewrite`: unused space of the file may hold what it held, so
 * the file is written anew once all is masked.
 */
export const people: Migration = {
  number: 7,
  name: 'people',
  sql: `
ALTER TABLE conversations ADD COLUMN people TEXT NOT NULL DEFAULT '{}';
CREATE TABLE masked_by (one INTEGER PRIMARY KEY CHECK (one = 1), settings TEXT NOT NULL, older INTEGER NOT NULL, rewrite INTEGER NOT NULL) STRICT;
INSERT INTO masked_by SELECT 1, '', coalesce(max(key), 0), count(*) > 0 FROM conversations;
`,
};
