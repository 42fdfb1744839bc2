import { z } from 'zod';
import { Action, ActionRequest, JournalEntry, Plan } from '../model/action.ts';
import { Timestamp } from '../model/basics.ts';
import { mutation, query } from './operation.ts';

export const actionsContract = {
  'actions.plan': query(
    z.strictObject({ request: ActionRequest }),
    z.object({ plan: Plan }),
    'responder',
  ),
  'actions.execute': mutation(
    z.strictObject({
      plan: z.string(),
      /** Why, in the person's words; may be empty. */
      reason: z.string().max(1000).default(''),
      /** Confirms and, where the environment is locked, unlocks it: one gesture. */
      confirm: z.literal(true),
    }),
    z.object({ action: Action }),
    'responder',
  ),
  'actions.read': query(z.strictObject({ id: z.string() }), z.object({ action: Action })),
  /** Plans and executes the undo of an action in one call. */
  'actions.undo': mutation(
    z.strictObject({ id: z.string(), reason: z.string().max(1000).default('') }),
    z.object({ action: Action }),
    'responder',
  ),
  'actions.list': query(
    z.strictObject({
      environment: z.string().optional(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    z.object({ actions: z.array(Action) }),
  ),
  'journal.list': query(
    z.strictObject({
      before: z.number().int().optional(),
      action: z.string().optional(),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    z.object({ entries: z.array(JournalEntry), total: z.number().int() }),
  ),
  'journal.verify': query(
    z.strictObject({}),
    z.object({
      ok: z.boolean(),
      entries: z.number().int(),
      /** The first entry that does not fit its chain. */
      firstBad: z.number().int().nullable(),
      why: z.string(),
      head: z.string(),
      verifiedAt: Timestamp,
    }),
  ),
  'journal.export': query(z.strictObject({}), z.object({ fileName: z.string(), text: z.string() })),
};
