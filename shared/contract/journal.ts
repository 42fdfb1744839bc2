import { z } from 'zod';
import { JournalEntry } from '../model/action.ts';
import { Timestamp } from '../model/basics.ts';
import { JournalFinding, JournalVerification } from '../model/journal.ts';
import { mutation, query } from './operation.ts';

const Verified = JournalVerification.extend({
  verifiedAt: Timestamp,
  /** Milliseconds. */
  took: z.number(),
});

export const journalContract = {
  'journal.list': query(
    z.strictObject({
      before: z.number().int().optional(),
      action: z.string().optional(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    z.object({ entries: z.array(JournalEntry), total: z.number().int() }),
  ),
  /** Walks the whole chain. What does not fit, and was not known yet, becomes an entry. */
  'journal.verify': query(z.strictObject({}), Verified),
  /** What the last verification said, without a new one: each start of the console makes one. */
  'journal.state': query(
    z.strictObject({}),
    z.object({
      /** Null while the first one runs. */
      verified: Verified.nullable(),
      /** How many entries there are now: what came since joined the chain as it was written. */
      entries: z.number().int(),
      /** Findings that nobody has seen yet. */
      unseen: z.array(JournalFinding),
    }),
  ),
  /** A person has seen a finding, and says what is known of it. It stays in the journal; the warning ends. */
  'journal.acknowledge': mutation(
    z.strictObject({ finding: z.number().int(), words: z.string().trim().min(3).max(1000) }),
    z.object({ unseen: z.array(JournalFinding) }),
    'admin',
  ),
  /** The journal as JSON Lines, oldest first, piece by piece: about a megabyte each. */
  'journal.export': query(
    z.strictObject({
      /** Start after this entry: `next` of the piece before. */
      after: z.number().int().min(0).default(0),
      /** `upTo` of the first piece, so that what is written meanwhile is left for the next export. */
      upTo: z.number().int().min(0).optional(),
    }),
    z.object({
      fileName: z.string(),
      text: z.string(),
      /** Null: this was the last piece. */
      next: z.number().int().nullable(),
      upTo: z.number().int(),
    }),
  ),
};
