/** Conversations of another console, stored beside the own ones and apart from them. */
import type { WriteDb } from '#core/cache/db.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { ImportedConversation } from '#shared/model/bundle.ts';
import type { Change } from '#shared/model/change.ts';
import type { Imported } from '#shared/model/conversation.ts';
import { IS_IMPORTED, importedEnvironment } from '#shared/util/imported.ts';
import { putChange } from './commit.ts';
import { storeSpans } from './commit-turns.ts';
import { type ConversationRow, SUMMARY_COLUMNS, toSummary } from './conversation-row.ts';
import { FacetWriter } from './facet-writer.ts';
import { storable } from './json.ts';

export interface ImportArgs {
  conversations: {
    id: string;
    service: string;
    /** Where it came from. */
    from: string;
    turns: number;
    /** Its records as JSON, in the environment of imported ones. */
    spans: string[];
  }[];
  changes: Change[];
  imported: Imported;
}

const FIND = `SELECT ${SUMMARY_COLUMNS} FROM conversations WHERE id = ? AND service = ? AND environment = ?`;

/**
 * Stores all of it, in the one transaction of a write, pinned: no source would bring it again. What was imported before is
 * merged, span by span; what this console has from a source, with as many turns, is left alone.
 */
export function importConversations(db: WriteDb, args: ImportArgs): ImportedConversation[] {
  const told = JSON.stringify(args.imported);
  const done = args.conversations.map(({ id, service, from, turns, spans }) => {
    const find = (environment: string) => {
      const row = db.get<ConversationRow>(
        FIND,
        storable(id),
        storable(service),
        storable(environment),
      );
      return row && toSummary(row);
    };
    const one = { id, service, from };
    if ((find(from)?.turns ?? -1) >= turns) return { ...one, was: 'live' as const };
    const before = find(importedEnvironment(from));
    const { changed } = storeSpans(db, '', spans, 'imported');
    if (before) return { ...one, was: changed ? ('merged' as const) : ('already' as const) };
    if (!find(importedEnvironment(from))) {
      throw new NightdeskError(
        'bad_input',
        `The spans of ${id} make no conversation of that name.`,
      );
    }
    return { ...one, was: 'added' as const };
  });
  for (const change of args.changes) putChange(db, change);
  const keys = db.column<number>(
    `SELECT key FROM conversations
     WHERE id IN (SELECT value FROM json_each(?)) AND imported IS NULL AND ${IS_IMPORTED}`,
    JSON.stringify(args.conversations.map(({ id }) => storable(id))),
  );
  const facets = new FacetWriter(db);
  for (const key of keys) {
    db.run('UPDATE conversations SET imported = ?, pinned = 1 WHERE key = ?', told, key);
    facets.pin(key, true);
  }
  facets.flush();
  return done;
}
