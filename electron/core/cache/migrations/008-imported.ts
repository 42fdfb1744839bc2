import type { Migration } from './migration.ts';

/** `imported`: how a conversation came in a bundle (see model/conversation.ts), as JSON; null = from a source. */
export const imported: Migration = {
  number: 8,
  name: 'imported',
  sql: 'ALTER TABLE conversations ADD COLUMN imported TEXT;',
};
