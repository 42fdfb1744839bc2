/**
 * Between Electron's main process and a window. The preload puts a `Bridge` on the window and nothing
 * else; what travels under it are these four channels.
 */
import type { CoreEvent } from './index.ts';

export const IPC = {
  /** Window → main, answered: (id, operation, input) → Answer. */
  call: 'nightdesk:call',
  /** Window → main: (id) of a call that nobody waits for any more. */
  cancel: 'nightdesk:cancel',
  /** Window → main: send me events from now on. */
  subscribe: 'nightdesk:subscribe',
  /** Main → window: one CoreEvent. */
  event: 'nightdesk:event',
} as const;

/** What a host answers to a call. Errors travel as data: Electron would reduce a thrown one to its text. */
export type Answer = { ok: true; output: unknown } | { ok: false; error: unknown };

export interface Bridge {
  /** `whenCancelled` is handed the function that cancels the call; an AbortSignal cannot cross. */
  call(
    operation: string,
    input: unknown,
    whenCancelled: (cancel: () => void) => void,
  ): Promise<Answer>;
  subscribe(fn: (event: CoreEvent) => void): () => void;
}
