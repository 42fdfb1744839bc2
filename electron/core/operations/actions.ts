import type { Actions } from '#core/actions/engine.ts';
import type { Identity } from '#core/identity/identity.ts';
import type { Handlers } from './handlers.ts';

export function actionHandlers(deps: {
  actions: Actions;
  identity: Identity;
}): Pick<
  Handlers,
  | 'actions.plan'
  | 'actions.execute'
  | 'actions.read'
  | 'actions.undo'
  | 'actions.list'
  | 'actions.readiness'
  | 'actions.planned'
  | 'actions.approve'
> {
  const { actions, identity } = deps;
  return {
    'actions.plan': async ({ request, fresh }, { signal }) => ({
      plan: await actions.plan(request, signal, fresh),
    }),
    'actions.planned': async ({ plan }) => ({ plan: actions.planned(plan) }),
    'actions.approve': async ({ plan }, { caller }) => {
      actions.planned(plan);
      const { address, whoever } = await identity.vouch();
      await actions.approve(plan, caller.actor, whoever);
      return { address };
    },
    // Not tied to the caller's signal: a window that closes must not stop what was confirmed.
    'actions.execute': async ({ plan, reason, override, typed }, { caller }) => ({
      action: await actions.execute(plan, {
        by: caller.actor,
        role: caller.role,
        reason,
        override,
        typed,
      }),
    }),
    'actions.undo': async ({ id, reason, override, typed }, { caller, signal }) => ({
      action: await actions.undo(
        id,
        { by: caller.actor, role: caller.role, reason, override, typed },
        signal,
      ),
    }),
    'actions.readiness': ({ environment }, { signal }) => actions.readiness(environment, signal),
    'actions.read': async ({ id }) => ({ action: await actions.read(id) }),
    'actions.list': async (args) => ({ actions: await actions.list(args) }),
  };
}
