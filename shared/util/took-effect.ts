import type { Action } from '#shared/model/action.ts';

/** Whether the change at a place is to be undone, whole or in part: unless it is known that it was not sent, had no effect, or was taken back. */
export function tookEffect({ steps }: Pick<Action, 'steps'>, place: number): boolean {
  const state = (name: string) =>
    steps.find((step) => step.name === name && step.change === place)?.state;
  if (state('restored') === 'done') return false;
  if (state('restored') === 'failed') return true;
  return state('sent') === 'done' || (state('stored') === 'done' && state('sent') !== 'skipped');
}
