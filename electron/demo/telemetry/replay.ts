import type { Tracer } from '@opentelemetry/api';
import type { PastConversation } from '../world/past.ts';
import { indexAt } from '../world/release.ts';
import type { Step } from '../world/turn.ts';
import { emitFeedback, emitTurn, type TimedStep } from './spans.ts';

/** Emits the spans of a conversation of the past. */
export function emitPast(tracer: Tracer, startedAt: number, past: PastConversation): void {
  const { user } = past;
  const begin = startedAt - past.ago;
  for (const turn of past.turns) {
    const from = begin + turn.offsetMs;
    const to = from + turn.durationMs;
    const root = emitTurn(tracer, {
      bot: user.bot,
      conversationId: user.conversationId,
      userId: user.userId,
      version: turn.version,
      index: indexAt(user.bot, past.ago - turn.offsetMs),
      language: user.language,
      message: turn.message,
      flags: {
        [user.bot.killSwitch]: 'on',
        [user.bot.modelFlag]: turn.version,
        ...(user.bot.id === 'support-bot' ? { 'multilingual-retrieval': 'off' } : {}),
      },
      from,
      to,
      steps: inSequence(turn.plan.steps, from + 2),
      plan: turn.plan,
      fallback: false,
      slots: user.slots,
    });
    const last = turn === past.turns.at(-1);
    const pressed = last && past.ending.ticket ? [...turn.feedback, 'ticket'] : turn.feedback;
    for (const kind of pressed) emitFeedback(tracer, root, user.conversationId, kind, to + 1500);
  }
}

function inSequence(steps: readonly Step[], begin: number): TimedStep[] {
  let at = begin;
  return steps.map((step) => {
    const from = at;
    at += step.ms;
    return { step, from, to: at };
  });
}
