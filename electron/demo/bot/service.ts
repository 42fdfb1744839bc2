/** The bot at work: each message costs real time, is traced, and is counted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpanContext, Tracer } from '@opentelemetry/api';
import { meterEnding, meterFeedback, meterTurn } from '../telemetry/figures.ts';
import type { LiveMetrics } from '../telemetry/live.ts';
import { emitFeedback, emitTurn, type TimedStep } from '../telemetry/spans.ts';
import type { BotProfile } from '../world/bots.ts';
import { turnRandom } from '../world/conversation.ts';
import { indexAt } from '../world/release.ts';
import { PHRASES } from '../world/texts/index.ts';
import { planTurn, type Step, type TurnPlan } from '../world/turn.ts';
import type { Ending } from '../world/user.ts';
import type { Flags } from './flags.ts';
import type { ChatRequest } from './request.ts';

/** The version label of what is answered without a model. */
export const FALLBACK_VERSION = 'fallback';
const FORGET_AFTER = 10 * 60_000;

interface Memory {
  turns: number;
  version: string;
  root: SpanContext | null;
  at: number;
}

export interface BotService {
  isNew(conversationId: string): boolean;
  chat(request: ChatRequest): Promise<{ plan: TurnPlan; fallback: boolean; turn: number }>;
  /** False when the conversation is not known. */
  feedback(conversationId: string, kind: string): boolean;
  close(conversationId: string, ending: Ending): boolean;
}

export function botService(
  bot: BotProfile,
  seed: string,
  flags: Flags,
  tracer: Tracer,
  metrics: LiveMetrics,
): BotService {
  const conversations = new Map<string, Memory>();
  setInterval(() => {
    const before = Date.now() - FORGET_AFTER;
    for (const [id, memory] of conversations) if (memory.at < before) conversations.delete(id);
  }, 30_000).unref();

  return {
    isNew: (id) => !conversations.has(id),
    async chat(request) {
      const from = now();
      const memory = conversations.get(request.conversationId) ?? {
        turns: 0,
        version: bot.stable,
        root: null,
        at: from,
      };
      conversations.set(request.conversationId, memory);
      const index = memory.turns++;
      memory.at = from;
      const live = flags.evaluate(request);
      const fallback = !live.enabled;
      const version = fallback ? FALLBACK_VERSION : live.version;
      const plan = fallback
        ? fallbackPlan(request)
        : planTurn({
            ...request,
            bot,
            version,
            multilingual: live.multilingual,
            index,
            random: turnRandom(seed, request.conversationId, index),
          });
      const steps = await work(plan.steps);
      const to = now();
      memory.version = version;
      memory.root = emitTurn(tracer, {
        ...request,
        bot,
        version,
        index: indexAt(bot, 0),
        flags: live.flags,
        from,
        to,
        steps,
        plan,
        fallback,
      });
      const chat = plan.steps.find((step) => step.kind === 'chat');
      meterTurn(metrics.meter(version), {
        ...plan,
        durationMs: to - from,
        ttftMs: chat?.ttftMs ?? null,
        inputTokens: chat?.inputTokens ?? 0,
        outputTokens: chat?.outputTokens ?? 0,
        costUsd: chat?.costUsd ?? 0,
        injection: plan.blocked,
        fallback,
      });
      if (!fallback) metrics.score(version, plan.score);
      return { plan, fallback, turn: index };
    },
    feedback(id, kind) {
      const memory = conversations.get(id);
      if (!memory?.root) return false;
      memory.at = now();
      meterFeedback(metrics.meter(memory.version), kind);
      emitFeedback(tracer, memory.root, id, kind, now());
      return true;
    },
    close(id, ending) {
      const memory = conversations.get(id);
      if (!memory) return false;
      meterEnding(metrics.meter(memory.version), ending);
      return true;
    },
  };
}

/** Really takes the time of each step. */
async function work(steps: readonly Step[]): Promise<TimedStep[]> {
  const done: TimedStep[] = [];
  for (const step of steps) {
    const from = now();
    await sleep(step.ms);
    done.push({ step, from, to: now() });
  }
  return done;
}

function fallbackPlan(request: ChatRequest): TurnPlan {
  return {
    steps: [],
    answer: PHRASES[request.language].fallback,
    answerLanguage: request.language,
    expects: null,
    unsure: false,
    ungrounded: false,
    handoff: false,
    blocked: false,
    error: null,
    score: 0.5,
  };
}

const now = () => performance.timeOrigin + performance.now();
