import type { Actions } from '#core/actions/engine.ts';
import type { Handlers } from './handlers.ts';

export function actionHandlers(deps: {
  actions: Actions;
}): Pick<
  Handlers,
  'actions.plan' | 'actions.execute' | 'actions.read' | 'actions.undo' | 'actions.list'
> {
  const { actions } = deps;
  return {
    'actions.plan': async ({ request }, { signal }) => ({
      plan: await actions.plan(request, signal),
    }),
    // Not tied to the caller's signal: a window that closes must not stop what was confirmed.
    'actions.execute': async ({ plan, reason }, { caller }) => ({
      action: await actions.execute(plan, caller.actor, reason),
    }),
    'actions.undo': async ({ id, reason }, { caller, signal }) => ({
      action: await actions.undo(id, caller.actor, reason, signal),
    }),
    'actions.read': async ({ id }) => ({ action: await actions.read(id) }),
    'actions.list': async (args) => ({ actions: await actions.list(args) }),
  };
}
