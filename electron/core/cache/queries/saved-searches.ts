/** Saved searches, in journal.db: what cannot be read any more stays as it is, and is told as such. */
import type { JournalFile } from '#core/cache/journal/file.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import { SavedQuery, type SavedSearch } from '#shared/model/saved-search.ts';

/** A list that nobody reads to its end helps nobody. */
const MOST = 200;

interface Row {
  id: string;
  name: string;
  saved_by: string;
  saved_at: number;
  query: string;
}

const COLUMNS = 'id, name, saved_by, saved_at, query';
const fold = (name: string) => name.normalize('NFC').toLowerCase();

/** Parsed, because the file may be older or newer than the program. */
function toSavedSearch(row: Row): SavedSearch {
  return {
    id: row.id,
    name: row.name,
    savedBy: row.saved_by,
    savedAt: row.saved_at,
    ...readQuery(row.query),
  };
}

function readQuery(text: string): Pick<SavedSearch, 'query' | 'problem'> {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return { query: null, problem: 'What is stored is damaged.' };
  }
  const parsed = SavedQuery.safeParse(stored);
  if (parsed.success) return { query: parsed.data, problem: null };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the search';
  const why = `${place}: ${issue?.message ?? 'does not fit'}`.slice(0, 200);
  return { query: null, problem: `This version of Nightdesk does not understand it (${why}).` };
}

function find({ db }: JournalFile, id: string): Row {
  const row = db
    .prepare<[string], Row>(`SELECT ${COLUMNS} FROM saved_searches WHERE id = ?`)
    .get(id);
  if (!row) throw new NightdeskError('not_found', 'This saved search has been removed.');
  return row;
}

/** Throws `conflict` when another search has the name. */
function refuseTaken({ db }: JournalFile, name: string, id: string): void {
  const taken = db
    .prepare<[string, string], string>(
      'SELECT name FROM saved_searches WHERE folded = ? AND id <> ?',
    )
    .pluck()
    .get(fold(name), id);
  if (taken === undefined) return;
  throw new NightdeskError(
    'conflict',
    `There is a saved search “${taken}” already. Choose another name.`,
  );
}

export const savedSearchCalls = {
  listSearches({ db }: JournalFile, _args: Record<string, never>): SavedSearch[] {
    return db
      .prepare<[], Row>(`SELECT ${COLUMNS} FROM saved_searches ORDER BY folded`)
      .all()
      .map(toSavedSearch);
  },

  saveSearch(
    journal: JournalFile,
    args: { id: string; name: string; by: string; at: number; query: SavedQuery },
  ): SavedSearch {
    const { id, name, by, at, query } = args;
    refuseTaken(journal, name, id);
    const count = journal.db
      .prepare<[], number>('SELECT count(*) FROM saved_searches')
      .pluck()
      .get();
    if ((count ?? 0) >= MOST) {
      throw new NightdeskError('bad_input', `There are ${MOST} saved searches. Remove one first.`);
    }
    journal.db
      .prepare(
        `INSERT INTO saved_searches (id, name, folded, saved_by, saved_at, query)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(id, name, fold(name), by, at, JSON.stringify(query));
    return toSavedSearch(find(journal, id));
  },

  renameSearch(journal: JournalFile, { id, name }: { id: string; name: string }): SavedSearch {
    find(journal, id);
    refuseTaken(journal, name, id);
    journal.db
      .prepare('UPDATE saved_searches SET name = ?, folded = ? WHERE id = ?')
      .run(name, fold(name), id);
    return toSavedSearch(find(journal, id));
  },

  /** False when it was gone already. */
  removeSearch({ db }: JournalFile, { id }: { id: string }): boolean {
    return db.prepare('DELETE FROM saved_searches WHERE id = ?').run(id).changes > 0;
  },
};
