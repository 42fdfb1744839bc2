import { z } from 'zod';
import { SavedQuery, SavedSearch, SearchName } from '../model/saved-search.ts';
import { mutation, query } from './operation.ts';

/** Searches of conversations that somebody gave a name. Whoever looks may use them; who acts may keep them. */
export const searchesContract = {
  /** By name. Those that cannot be read any more are among them. */
  'searches.list': query(z.strictObject({}), z.object({ searches: z.array(SavedSearch) })),
  /** A name that is taken, whatever its case, is refused with `conflict`. */
  'searches.save': mutation(
    z.strictObject({ name: SearchName, query: SavedQuery }),
    z.object({ search: SavedSearch }),
    'responder',
  ),
  'searches.rename': mutation(
    z.strictObject({ id: z.string(), name: SearchName }),
    z.object({ search: SavedSearch }),
    'responder',
  ),
  'searches.remove': mutation(
    z.strictObject({ id: z.string() }),
    z.object({ removed: z.boolean() }),
    'responder',
  ),
};
