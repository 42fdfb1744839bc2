import type { Migration } from './migration.ts';

/** `body` is the domain object as JSON; the other columns are what it is found by. */
export const flagsAndChanges: Migration = {
  number: 3,
  name: 'flags and changes',
  sql: `
CREATE TABLE flags (
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  environment TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (environment, key, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE flag_events (
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  key TEXT NOT NULL,
  environment TEXT NOT NULL,
  at REAL NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX flag_events_by_id ON flag_events (id, source);
CREATE INDEX flag_events_by_time ON flag_events (environment, at);
CREATE INDEX flag_events_by_flag ON flag_events (environment, key, at);

CREATE TABLE changes (
  id TEXT NOT NULL PRIMARY KEY,
  environment TEXT NOT NULL,
  service TEXT NOT NULL,
  at REAL NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX changes_by_time ON changes (environment, at);

CREATE TABLE alerts (
  source TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  started_at REAL NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL,
  ended_at REAL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX alerts_by_episode ON alerts (source, fingerprint, started_at);
CREATE INDEX alerts_by_state ON alerts (state, environment, started_at);

CREATE TABLE silences (
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE runbooks (
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (id, source)
) STRICT, WITHOUT ROWID;
`,
};
