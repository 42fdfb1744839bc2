/** Failures and feedback as people say them, on screen and in what is shared. Pure. */
import type { Failure, Feedback } from '#shared/model/conversation.ts';

export const FAILURE_WORD: Record<Failure, string> = {
  error: 'error',
  unsure: 'unsure',
  thumbs_down: 'thumbs-down',
  handoff: 'handed off',
  slow: 'slow',
  guardrail: 'blocked by a guardrail',
  language_switched: 'language switched',
};

export const FEEDBACK_WORD: Record<Feedback, string> = {
  thumbs_up: 'thumbs-up',
  thumbs_down: 'thumbs-down',
  regenerate: 'asked again',
  ticket: 'opened a ticket',
};
