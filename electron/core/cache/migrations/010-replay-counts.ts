import { recountReplays } from '#core/cache/queries/recount-replays.ts';
import type { Migration } from './migration.ts';

/** An endpoint that could not be asked counted as one that answers wrongly. */
export const replayCounts: Migration = {
  number: 10,
  name: 'replay-counts',
  sql: '',
  fill: recountReplays,
};
