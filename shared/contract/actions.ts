import { z } from 'zod';
import { Action, ActionRequest, Approval, Drilled, Plan } from '../model/action.ts';
import { mutation, query } from './operation.ts';

/** What a person says with a confirmation. */
const words = {
  /** Why, in the person's words; may be empty unless the plan needs it. */
  reason: z.string().max(1000).default(''),
  /** Why an admin goes over what blocks the plan. */
  override: z.string().max(1000).optional(),
  /** The word that the plan asks to be typed. */
  typed: z.string().max(200).optional(),
};

export const actionsContract = {
  'actions.plan': query(
    z.strictObject({
      request: ActionRequest,
      /** Reads the world again, also where a plan was computed ahead. */
      fresh: z.boolean().optional(),
    }),
    z.object({ plan: Plan }),
    'responder',
  ),
  /** A plan as it stands: who agreed to it meanwhile. */
  'actions.planned': query(
    z.strictObject({ plan: z.string() }),
    z.object({ plan: Plan }),
    'responder',
  ),
  /**
   * Has a second person sign in to agree to this very plan. `address` is to be opened in a browser; null when the host
   * has opened it. What comes of it is told by `actions.planned`.
   */
  'actions.approve': mutation(
    z.strictObject({ plan: z.string() }),
    z.object({ address: z.string().nullable() }),
    'responder',
  ),
  'actions.execute': mutation(
    z.strictObject({
      plan: z.string(),
      ...words,
      /** Confirms and, where the plan says that it `unlocks`, unlocks the environment: one gesture. */
      confirm: z.literal(true),
    }),
    z.object({ action: Action }),
    'responder',
  ),
  'actions.read': query(z.strictObject({ id: z.string() }), z.object({ action: Action })),
  /**
   * Plans and executes the undo of an action in one call; refused as `locked` where the environment is. A drill that
   * runs is ended by it, locked or not: what it did is taken back now, and the answer is the drill.
   */
  'actions.undo': mutation(
    z.strictObject({ id: z.string(), ...words }),
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
  /** What is known before an incident: what may be drilled and is due, and where an approval stands in the way. */
  'actions.readiness': query(
    z.strictObject({ environment: z.string() }),
    z.object({
      /** Of every environment: a path is drilled where it is safe, for where it counts. */
      drills: z.array(Drilled),
      approvals: z.array(Approval),
    }),
  ),
};
