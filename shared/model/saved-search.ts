import { z } from 'zod';
import { Timestamp } from './basics.ts';
import { ConversationFilter, ConversationSort } from './conversation-filter.ts';

/** The last so many milliseconds whenever it is looked at, or always the same stretch. */
export const SavedRange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('last'), ms: z.number().positive() }),
  z.strictObject({ kind: z.literal('fixed'), from: Timestamp, to: Timestamp }),
]);
export type SavedRange = z.infer<typeof SavedRange>;

/** What is asked of the list of conversations. Strict: a search whose part is not understood would find something else. */
export const SavedQuery = z.strictObject({
  text: z.string().max(500),
  /** Without `from` and `to`: these are the range. */
  filter: ConversationFilter.omit({ from: true, to: true }),
  sort: ConversationSort,
  range: SavedRange,
});
export type SavedQuery = z.infer<typeof SavedQuery>;

export const SavedSearch = z.object({
  id: z.string(),
  name: z.string(),
  savedBy: z.string(),
  savedAt: Timestamp,
  /** Null when what is stored cannot be read: then `problem` says why. It stays stored as it is. */
  query: SavedQuery.nullable(),
  problem: z.string().nullable(),
});
export type SavedSearch = z.infer<typeof SavedSearch>;

/** A name as a person gives it. */
export const SearchName = z.string().trim().min(1).max(80);
