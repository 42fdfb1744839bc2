/** Facets of the conversations that a version without them stored. */
import type Database from 'better-sqlite3';
import { NO_TOOLS, type ToolUse, toolUse } from '#core/analysis/tool-use.ts';
import { WriteDb } from '#core/cache/db.ts';
import type { LiveCombination, Message } from '#shared/model/conversation.ts';
import { turnRange } from './conversation-row.ts';
import { FacetWriter } from './facet-writer.ts';
import { type Filterable, facetsOf } from './facets.ts';
import { decode } from './json.ts';

/** Conversations between two writings of the bits: those of a few blocks. */
const AT_ONCE = 8192;

/**
 * Runs inside the transaction of its migration, some ten thousand conversations a second. Tools are told by the
 * messages alone: which spans failed would take as long again, and a week later these conversations are gone.
 */
export function fillFacets(raw: Database.Database): void {
  const db = new WriteDb(raw, { slowTurnMs: {}, flagServices: {}, masking: null });
  const lives = new Map<number, Record<string, string>>();
  for (const { id, live } of db.all<{ id: number; live: string }>(
    'SELECT id, live FROM combinations',
  )) {
    lives.set(id, decode<LiveCombination>(live).flags);
  }
  let facets = new FacetWriter(db);
  let last = -1;
  let done = 0;
  for (;;) {
    const rows = db.all<{ key: number; pinned: number; summary: string }>(
      'SELECT key, pinned, summary FROM conversations WHERE key > ? ORDER BY key LIMIT 500',
      last,
    );
    for (const { key, pinned, summary } of rows) {
      const ids = facets.change(
        key,
        null,
        facetsOf(decode<Filterable>(summary), turnsOf(db, key, lives)),
      );
      db.run('UPDATE conversations SET facets = ? WHERE key = ?', ids, key);
      if (pinned === 1) facets.pin(key, true);
      last = key;
      done++;
    }
    if (done >= AT_ONCE || rows.length === 0) {
      facets.flush();
      facets = new FacetWriter(db);
      done = 0;
    }
    if (rows.length === 0) return;
  }
}

function turnsOf(db: WriteDb, key: number, lives: ReadonlyMap<number, Record<string, string>>) {
  const { from, to } = turnRange(key);
  return db
    .all<{ combination: number; messages: string | null }>(
      `SELECT combination, CASE WHEN instr(messages, '"tool_call') > 0 THEN messages END AS messages
       FROM turns WHERE id >= ? AND id < ?`,
      from,
      to,
    )
    .map(({ combination, messages }) => ({
      flags: lives.get(combination) ?? {},
      tools: messages === null ? NO_TOOLS : toolsOf(messages),
    }));
}

function toolsOf(messages: string): ToolUse {
  return toolUse(decode<Message[]>(messages), []);
}
