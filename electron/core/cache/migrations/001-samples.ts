import type { Migration } from './migration.ts';

/**
 * `ts` is in milliseconds; the rollups' `ts` is the start of the bucket. `samples` is clustered on
 * (series, ts), so that a range of one series is one walk. `raw_from` and `five_from` say from when on the
 * raw points and the 5-minute buckets of a series are complete: a bucket whose parts were pruned must not
 * be computed again from what is left of them. The three-hour buckets are there for the month: read from
 * hours it would cost six times what an hour of raw points costs, from these it costs twice.
 */
export const samples: Migration = {
  number: 1,
  name: 'samples',
  sql: `
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  signal TEXT NOT NULL,
  service TEXT NOT NULL,
  version TEXT NOT NULL,
  source TEXT NOT NULL,
  raw_from INTEGER NOT NULL DEFAULT 0,
  five_from INTEGER NOT NULL DEFAULT 0,
  UNIQUE (environment, signal, service, version)
) STRICT;

CREATE TABLE samples (
  series INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (series, ts)
) WITHOUT ROWID;

CREATE TABLE samples_5m (
  series INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  sum REAL NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (series, ts)
) WITHOUT ROWID;

CREATE TABLE samples_1h (
  series INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  sum REAL NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (series, ts)
) WITHOUT ROWID;

CREATE TABLE samples_3h (
  series INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  sum REAL NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (series, ts)
) WITHOUT ROWID;
`,
};
