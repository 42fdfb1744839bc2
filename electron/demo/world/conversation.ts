/** A whole conversation without anybody waiting: for the past, and to learn what the metrics of the past look like. */
import { randomStream } from './random.ts';
import { type Intent, planTurn, type TurnPlan } from './turn.ts';
import {
  type Ending,
  ending,
  firstIntent,
  type Reaction,
  react,
  say,
  thinkMs,
  type User,
} from './user.ts';

export interface PlayedTurn {
  /** Milliseconds after the conversation began. */
  offsetMs: number;
  durationMs: number;
  intent: Intent;
  message: string;
  version: string;
  plan: TurnPlan;
  feedback: Reaction['feedback'];
}

export interface PlayedConversation {
  user: User;
  turns: PlayedTurn[];
  ending: Ending;
}

/** `versionAt` tells which version answers a turn that begins `offsetMs` into the conversation. */
export function playConversation(
  seed: string,
  user: User,
  versionAt: (offsetMs: number) => string,
): PlayedConversation {
  const turns: PlayedTurn[] = [];
  let offsetMs = 0;
  let intent: Intent | null = firstIntent(user);
  let seen = null;
  while (intent !== null) {
    const message = say(user, intent);
    const version = versionAt(offsetMs);
    const plan = planTurn({
      bot: user.bot,
      version,
      multilingual: false,
      language: user.language,
      topic: user.topic,
      intent,
      wish: user.wish,
      index: turns.length,
      slots: user.slots,
      random: turnRandom(seed, user.conversationId, turns.length),
    });
    const durationMs = plan.steps.reduce((sum, step) => sum + step.ms, 0) + 4;
    seen = { ...plan, fallback: false };
    const { feedback, next } = react(user, seen);
    turns.push({ offsetMs, durationMs, intent, message, version, plan, feedback });
    offsetMs += durationMs + thinkMs(user.random);
    intent = next;
  }
  if (!seen) throw new Error('A conversation has at least one turn.');
  return { user, turns, ending: ending(user, seen) };
}

/** The choices a bot makes in one turn depend on the conversation and the turn alone, whoever asks and whenever. */
export function turnRandom(seed: string, conversationId: string, index: number) {
  return randomStream(seed, 'turn', conversationId, index);
}
