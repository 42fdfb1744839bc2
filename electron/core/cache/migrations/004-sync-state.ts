import type { Migration } from './migration.ts';

/** The cursor is committed in the transaction of the batch that it follows. Times in milliseconds. */
export const syncState: Migration = {
  number: 4,
  name: 'sync state',
  sql: `
CREATE TABLE sync_state (
  source TEXT NOT NULL PRIMARY KEY,
  cursor TEXT,
  last_success_at REAL,
  last_attempt_at REAL,
  failures INTEGER NOT NULL DEFAULT 0,
  error TEXT
) STRICT, WITHOUT ROWID;
`,
};
