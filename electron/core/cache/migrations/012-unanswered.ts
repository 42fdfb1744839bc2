import { noteUnanswered } from '#core/cache/queries/note-unanswered.ts';
import type { Migration } from './migration.ts';

/** Turns whose answer was not recorded say so among their facts. */
export const unanswered: Migration = {
  number: 12,
  name: 'unanswered',
  sql: '',
  fill: noteUnanswered,
};
