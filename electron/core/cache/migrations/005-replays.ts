import type { Migration } from './migration.ts';

/**
 * `body` is the domain object as JSON. Cases and samples hang on their conversation (its key) and go with it; the run
 * itself, with its totals, stays as long as the coarsest buckets: it is what a nightly score is compared with.
 */
export const replays: Migration = {
  number: 5,
  name: 'replays',
  sql: `
CREATE TABLE replays (
  id TEXT NOT NULL PRIMARY KEY,
  environment TEXT NOT NULL,
  started_at REAL NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replays_by_time ON replays (environment, started_at);
CREATE INDEX replays_by_age ON replays (started_at);
CREATE INDEX replays_running ON replays (id) WHERE state = 'running';

CREATE TABLE replay_cases (
  replay TEXT NOT NULL,
  number INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (replay, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX replay_cases_by_conversation ON replay_cases (conversation);

CREATE TABLE replay_samples (
  replay TEXT NOT NULL,
  number INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  endpoint TEXT NOT NULL,
  sample INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (replay, number, turn, endpoint, sample)
) STRICT, WITHOUT ROWID;
`,
};
