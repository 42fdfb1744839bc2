/** A second person agrees to one plan: asked and answered in the journal, and what came of it in the plan. */
import type { Cache } from '#core/cache/client.ts';
import type { Clock } from '#core/deps.ts';
import { NightdeskError } from '#shared/errors/index.ts';
import type { Plan, SecondPerson } from '#shared/model/action.ts';
import { type Role, roleAllows } from '#shared/model/session.ts';

/** Who signed in to agree to a plan. */
export interface Approver {
  actor: string;
  role: Role;
}

/** A plan that somebody may agree to while it is good. */
export interface Asked {
  plan: Plan;
  /** Keeps what came of it, and tells the views. */
  set(second: SecondPerson): void;
  /** @throws NightdeskError `not_found` when the plan is too old by now. */
  requireGood(): void;
}

/**
 * Resolves when the question is journaled; what `whoever` answers is taken in later.
 * @throws NightdeskError `bad_input` for a plan that needs nobody's consent.
 */
export async function askSecondPerson(
  { cache, clock }: { cache: Pick<Cache, 'journal'>; clock: Clock },
  { plan, set, requireGood }: Asked,
  by: string,
  whoever: Promise<Approver>,
): Promise<void> {
  if (plan.second === null) {
    throw new NightdeskError('bad_input', 'This plan needs nobody else to agree.');
  }
  const journal = (actor: string, what: string) =>
    cache.journal('append', {
      entry: {
        at: clock.now(),
        kind: 'approval',
        actor,
        action: null,
        environment: plan.environment,
        summary: `${plan.title}: ${what}`,
        data: { plan: plan.id, request: plan.request, changes: plan.changes },
      },
    });
  await journal(by, 'a second person is asked to agree');
  set({ approvedBy: null, asked: true, note: '' });
  void whoever
    .then(async (approver) => {
      requireOther(approver, by);
      requireGood();
      await journal(approver.actor, 'agreed to');
      set({ approvedBy: approver.actor, asked: false, note: '' });
    })
    .catch(async (error: unknown) => {
      const note = error instanceof NightdeskError ? error.message : 'It could not be recorded.';
      set({ approvedBy: null, asked: false, note });
      await journal(by, `not agreed to. ${note}`).catch(() => undefined);
    });
}

function requireOther({ actor, role }: Approver, by: string): void {
  if (actor === by) throw new NightdeskError('forbidden', `${actor} is the first person.`);
  if (!roleAllows(role, 'responder')) {
    throw new NightdeskError('forbidden', `${actor} is a ${role} and may not agree to it.`);
  }
}
