import type { Migration } from './migration.ts';

/**
 * A turn's id is its conversation's key × 2^20 + its number of arrival in it. So the turns of a
 * conversation lie side by side without an index, and a full-text hit names its conversation without
 * a look at the turns. The id of a span's turn works the same way.
 *
 * `facts` is the turn without its messages (JSON, defaults left out): the summary of a conversation is
 * derived again from these alone. `text` is what full-text search sees; it is kept because external-content
 * FTS5 must be told the old text when a turn changes. There is no prefix index: it costs more than half
 * of the ingest rate, and whole words are what people paste from a ticket; \`word*\` still works.
 *
 * `failures` and `feedback` are bit sets (see queries/conversation-row.ts), so that filters need no JSON.
 */
export const conversations: Migration = {
  number: 2,
  name: 'conversations',
  sql: `
CREATE TABLE conversations (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  service TEXT NOT NULL,
  environment TEXT NOT NULL,
  version TEXT NOT NULL,
  language TEXT,
  started_at REAL NOT NULL,
  ended_at REAL NOT NULL,
  slowest_ms REAL NOT NULL,
  cost_usd REAL NOT NULL,
  failures INTEGER NOT NULL,
  feedback INTEGER NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  summary TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX conversations_by_id ON conversations (id, service, environment);
CREATE INDEX conversations_by_time ON conversations (environment, ended_at);
CREATE INDEX conversations_by_age ON conversations (ended_at) WHERE pinned = 0;
CREATE INDEX conversations_by_slowness ON conversations (environment, slowest_ms);
CREATE INDEX conversations_by_cost ON conversations (environment, cost_usd);
CREATE INDEX conversations_by_version ON conversations (environment, service, version);
CREATE INDEX conversations_failing ON conversations (environment, service, ended_at, version) WHERE failures <> 0;
CREATE INDEX conversations_pinned ON conversations (environment, ended_at) WHERE pinned = 1;

CREATE TABLE combinations (
  id INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  environment TEXT NOT NULL,
  version TEXT NOT NULL,
  prompt TEXT,
  index_version TEXT,
  live TEXT NOT NULL,
  UNIQUE (service, environment, live)
) STRICT;

CREATE TABLE turns (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  combination INTEGER NOT NULL,
  started_at REAL NOT NULL,
  facts TEXT NOT NULL,
  messages TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX turns_by_trace ON turns (trace_id);
CREATE INDEX turns_by_combination ON turns (combination, started_at);

CREATE VIRTUAL TABLE turns_fts USING fts5 (
  text, content = 'turns', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2', columnsize = 0
);

CREATE TABLE spans (
  key INTEGER PRIMARY KEY,
  turn INTEGER NOT NULL,
  span_id TEXT NOT NULL,
  started_at REAL NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX spans_by_turn ON spans (turn, span_id);
`,
};
