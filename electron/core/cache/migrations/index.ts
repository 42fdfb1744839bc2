import { journalMigrations as journalSteps } from '../journal/schema.ts';
import { samples } from './001-samples.ts';
import { conversations } from './002-conversations.ts';
import { flagsAndChanges } from './003-flags-and-changes.ts';
import { syncState } from './004-sync-state.ts';
import { replays } from './005-replays.ts';
import { facets } from './006-facets.ts';
import { people } from './007-people.ts';
import { imported } from './008-imported.ts';
import { unspaced } from './009-unspaced.ts';
import { replayCounts } from './010-replay-counts.ts';
import { untoldFigures } from './011-untold-figures.ts';
import { unanswered } from './012-unanswered.ts';
import type { Migration } from './migration.ts';

export const cacheMigrations: readonly Migration[] = [
  samples,
  conversations,
  flagsAndChanges,
  syncState,
  replays,
  facets,
  people,
  imported,
  unspaced,
  replayCounts,
  untoldFigures,
  unanswered,
];

/** The journal's schema lies with the rest of the journal. */
export const journalMigrations: readonly Migration[] = journalSteps.map((step, index) => ({
  number: index + 1,
  name: step.name,
  sql: step.sql,
}));
