/** What must be so before anything of a confirmed plan is journaled or sent. */
import { NightdeskError } from '#shared/errors/index.ts';
import type { Plan } from '#shared/model/action.ts';
import { type Role, roleAllows } from '#shared/model/session.ts';

/** What a person gives with the one press that sends it. */
export interface Confirmation {
  by: string;
  role: Role;
  /** Why; may be empty unless the plan asks for it. */
  reason: string;
  /** Why an admin goes over what blocks the plan. */
  override?: string | undefined;
  /** The word that the plan asks to be typed. */
  typed?: string | undefined;
}

/**
 * Blockers, the reason, the typed word and the second person, as the plan asks for them.
 * @throws NightdeskError `bad_input` for what is missing or blocks; `forbidden` for what this person may not do.
 */
export function requirePermission(plan: Plan, confirmation: Confirmation): void {
  requireUnblocked(plan, confirmation);
  const { by, reason, typed } = confirmation;
  if (plan.needsReason && reason.trim() === '') {
    throw new NightdeskError('bad_input', 'This needs a reason: it is shown to whoever looks.');
  }
  if (plan.typed !== null && typed?.trim() !== plan.typed) {
    throw new NightdeskError('bad_input', `This affects everyone: type ${plan.typed} to confirm.`);
  }
  const { second } = plan;
  if (second !== null && (second.approvedBy === null || second.approvedBy === by)) {
    throw new NightdeskError('forbidden', 'A second person must agree to this first.');
  }
}

function requireUnblocked(plan: Plan, { role, override }: Confirmation): void {
  // Whether another action is in the way is asked anew when this one begins.
  const blockers = plan.blockers.filter(({ code }) => code !== 'busy');
  const hard = blockers.find(({ overridable }) => !overridable);
  if (hard !== undefined) throw new NightdeskError('bad_input', hard.message);
  const [soft] = blockers;
  if (soft === undefined) return;
  if (!override?.trim()) throw new NightdeskError('bad_input', soft.message);
  if (!roleAllows(role, 'admin')) {
    throw new NightdeskError(
      'forbidden',
      `Only an admin may go over this: ${soft.message} Your role is "${role}".`,
    );
  }
}
