/**
 * The schema of journal.db. It cannot be rebuilt from the sources, so it is its own file with
 * `synchronous = FULL`: what `append` answered is on the disk. A released migration is never edited;
 * a new one is added at the end.
 */
/** From so many migrations on the head of the chain also stands outside the database. */
export const ANCHORED_SINCE = 2;

export const journalMigrations: readonly { name: string; sql: string }[] = [
  {
    name: '0001-journal',
    sql: `
      CREATE TABLE entries (
        seq INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT,
        environment TEXT NOT NULL,
        summary TEXT NOT NULL,
        data TEXT NOT NULL, -- canonical JSON, exactly as it was hashed
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE INDEX entries_by_action ON entries (action, seq) WHERE action IS NOT NULL;

      -- The chain proves tampering; these keep a mistake of our own from looking like it.
      CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;
      CREATE TRIGGER entries_remain BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END;

      -- Where each action stands, for reading; the entries are the record.
      CREATE TABLE actions (
        id TEXT PRIMARY KEY,
        started_at REAL NOT NULL,
        environment TEXT NOT NULL,
        open INTEGER NOT NULL,
        json TEXT NOT NULL
      ) STRICT;
      CREATE INDEX actions_by_time ON actions (started_at);
      CREATE INDEX actions_open ON actions (started_at) WHERE open = 1;
    `,
  },
  {
    // Since this one the head of the chain also stands in a file of its own (anchor.ts).
    name: '0002-findings',
    sql: `
      CREATE INDEX entries_of_findings ON entries (seq) WHERE kind IN ('tampering', 'tampering_seen');
    `,
  },
  {
    // Not part of the chain. Here, because people made them: no source could bring them back.
    name: '0003-saved-searches',
    sql: `
      CREATE TABLE saved_searches (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE, -- the name without its case
        saved_by TEXT NOT NULL,
        saved_at REAL NOT NULL,
        query TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: '0004-configuration',
    sql: `
      CREATE INDEX entries_of_configuration ON entries (seq) WHERE kind = 'configuration';
    `,
  },
];
