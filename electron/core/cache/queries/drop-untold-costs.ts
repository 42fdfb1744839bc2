import type Database from 'better-sqlite3';
import { WriteDb } from '#core/cache/db.ts';
import { FacetWriter } from './facet-writer.ts';
import type { Facet } from './facets.ts';
import { decode } from './json.ts';

/** Conversations whose cost nobody told lay in the bucket of what costs nothing. Runs inside the transaction of its migration. */
export function dropUntoldCosts(raw: Database.Database): void {
  const db = new WriteDb(raw, { slowTurnMs: {}, flagServices: {}, masking: null });
  const facets = new FacetWriter(db);
  const untold = db.all<{ key: number; facets: string }>(
    'SELECT key, facets FROM conversations WHERE cost_usd IS NULL',
  );
  for (const row of untold) {
    const others = db.all<Facet>(
      `SELECT kind, value FROM facets
       WHERE id IN (SELECT value FROM json_each(?)) AND kind <> 'cost'`,
      row.facets,
    );
    const ids = facets.change(row.key, decode<number[]>(row.facets), others);
    db.run('UPDATE conversations SET facets = ? WHERE key = ?', ids, row.key);
  }
  facets.flush();
}
