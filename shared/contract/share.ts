/** Conversations leave the console masked, and those of another console come in. Files cross in pieces, below the limit of a call. */
import { z } from 'zod';
import { Timestamp } from '../model/basics.ts';
import { BundleManifest, ImportedConversation, Shared } from '../model/bundle.ts';
import { PIECE_CHARS } from '../util/share-limits.ts';
import { mutation, query } from './operation.ts';

const Piece = z.object({
  text: z.string(),
  /** The number of the next one; null: this was the last. */
  next: z.number().int().nullable(),
});

/** Of an evaluation set: a file name without its ending. */
export const EvaluationSetName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'small letters, figures, - and _, at most 64');

export const shareContract = {
  /** Makes a file of what is to be shared and holds it for some minutes; `share.piece` reads it. */
  'share.prepare': query(
    z.strictObject({ what: Shared, format: z.enum(['bundle', 'html', 'markdown']) }),
    z.object({
      file: z.string(),
      fileName: z.string(),
      chars: z.number().int(),
      conversations: z.number().int(),
      /** Why not all of it is in it, in words; null = all is. */
      cut: z.string().nullable(),
    }),
  ),
  'share.piece': query(
    z.strictObject({ file: z.string(), piece: z.number().int().min(0).default(0) }),
    Piece,
  ),
  /** One piece of a bundle from elsewhere; the first has no `upload` yet. Nothing is stored before `share.import`. */
  'share.upload': mutation(
    z.strictObject({ upload: z.string().nullable(), text: z.string().max(PIECE_CHARS) }),
    z.object({ upload: z.string() }),
    'responder',
  ),
  /**
   * Checks the uploaded bundle and stores all of it or nothing. `bad_input` names the first line that is not as it must be, in
   * its words and as `line` of its detail.
   */
  'share.import': mutation(
    z.strictObject({ upload: z.string(), fileName: z.string().max(200) }),
    z.object({ manifest: BundleManifest, conversations: z.array(ImportedConversation) }),
    'responder',
  ),
  'share.evaluationSets': query(
    z.strictObject({}),
    z.object({
      sets: z.array(
        z.object({
          name: EvaluationSetName,
          conversations: z.number().int(),
          bytes: z.number().int(),
          changedAt: Timestamp,
        }),
      ),
    }),
  ),
  /** Appends conversations that the set does not have yet, or not all of, in the form of OpenAI's chat messages. */
  'share.evaluate': mutation(
    z.strictObject({ name: EvaluationSetName, what: Shared }),
    z.object({
      added: z.number().int(),
      /** Were in it with fewer messages, and have a newer line now. */
      grown: z.number().int(),
      /** Were in it before as they are. */
      already: z.number().int(),
      /** Have no messages to ask again. */
      silent: z.number().int(),
      total: z.number().int(),
      cut: z.string().nullable(),
    }),
    'responder',
  ),
  'share.evaluationSet': query(
    z.strictObject({ name: EvaluationSetName }),
    z.object({ file: z.string(), fileName: z.string() }),
  ),
};
