/** One turn as one trace, with the attributes of OpenTelemetry's GenAI conventions and the bots' own (`ai.*`). */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { BotProfile } from '../world/bots.ts';
import { channelOf } from '../world/channel.ts';
import { systemPrompt } from '../world/prompt.ts';
import type { Slots } from '../world/texts/index.ts';
import type { Language } from '../world/texts/phrasebook.ts';
import { toolDefinitions } from '../world/tools.ts';
import type { Step, TurnPlan } from '../world/turn.ts';

/** A step with when it really began and ended, in milliseconds since the epoch. */
export interface TimedStep {
  step: Step;
  from: number;
  to: number;
}

export interface TurnRecord {
  bot: BotProfile;
  conversationId: string;
  userId: string;
  version: string;
  index: string;
  language: Language;
  message: string;
  /** Flag → variant, or `on` / `off`, as it was evaluated for this turn. */
  flags: Readonly<Record<string, string>>;
  from: number;
  to: number;
  steps: readonly TimedStep[];
  plan: TurnPlan;
  fallback: boolean;
  /** What the page knew: it is in the system prompt. */
  slots: Slots;
}

/** Emits all spans of a turn; returns the root's context, for what belongs to it later. */
export function emitTurn(tracer: Tracer, turn: TurnRecord): SpanContext {
  const { bot, plan } = turn;
  const chats = turn.steps.flatMap(({ step }) => (step.kind === 'chat' ? [step] : []));
  const root = tracer.startSpan(
    `invoke_agent ${bot.id}`,
    {
      kind: SpanKind.SERVER,
      startTime: turn.from,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': bot.id,
        'gen_ai.provider.name': bot.provider,
        'gen_ai.conversation.id': turn.conversationId,
        'user.id': turn.userId,
        'gen_ai.input.messages': messages('user', turn.message),
        'gen_ai.output.messages': messages('assistant', plan.answer, plan.error ? 'error' : 'stop'),
        'ai.model.version': turn.version,
        'ai.prompt.version': bot.models[turn.version]?.prompt,
        'ai.index.version': turn.index,
        'ai.channel': channelOf(bot, turn.conversationId),
        'ai.language': turn.language,
        'ai.answer.language': plan.answerLanguage,
        'ai.unsure': plan.unsure,
        'ai.handoff': plan.handoff,
        'ai.fallback': turn.fallback,
        'ai.cost_usd': round(chats.reduce((sum, chat) => sum + chat.costUsd, 0)),
      },
    },
    ROOT_CONTEXT,
  );
  for (const [flag, variant] of Object.entries(turn.flags)) {
    root.addEvent(
      'feature_flag.evaluation',
      {
        'feature_flag.key': flag,
        'feature_flag.result.variant': variant,
        'feature_flag.provider.name': 'unleash',
      },
      turn.from,
    );
  }
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  for (const timed of turn.steps) emitStep(tracer, turn, timed, inside);
  if (plan.error !== null) root.setStatus({ code: SpanStatusCode.ERROR, message: plan.error });
  root.end(turn.to);
  return root.spanContext();
}

/** What a user pressed, seconds or minutes after the turn. */
export function emitFeedback(
  tracer: Tracer,
  root: SpanContext,
  conversationId: string,
  kind: string,
  at: number,
): void {
  tracer
    .startSpan(
      'user_feedback',
      {
        startTime: at,
        attributes: { 'ai.feedback': kind, 'gen_ai.conversation.id': conversationId },
      },
      trace.setSpanContext(ROOT_CONTEXT, root),
    )
    .end(at + 1);
}

function emitStep(
  tracer: Tracer,
  turn: TurnRecord,
  { step, from, to }: TimedStep,
  parent: Context,
): void {
  const { name, attributes } = describe(step, turn);
  const span = tracer.startSpan(name, { startTime: from, attributes }, parent);
  if (step.kind === 'retrieval') {
    const rerank = tracer.startSpan(
      'rerank',
      {
        startTime: Math.max(from, to - step.rerankMs),
        attributes: {
          'gen_ai.operation.name': 'rerank',
          'ai.rerank.candidates': step.documents.length * 10,
        },
      },
      trace.setSpan(parent, span),
    );
    rerank.end(to);
  }
  if (step.kind === 'chat' && step.finishReason === 'error') {
    span.setStatus({ code: SpanStatusCode.ERROR, message: turn.plan.error ?? 'error' });
  }
  span.end(to);
}

function describe(step: Step, turn: TurnRecord): { name: string; attributes: Attributes } {
  switch (step.kind) {
    case 'guardrail':
      return {
        name: `guardrail.${step.side}`,
        attributes: { 'gen_ai.operation.name': 'guardrail', 'ai.guardrail.blocked': step.blocked },
      };
    case 'tool':
      return {
        name: `execute_tool ${step.name}`,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': step.name,
          'gen_ai.tool.call.id': `call_${turn.conversationId.slice(2)}_${(turn.from % 100_000) | 0}`,
          'gen_ai.tool.call.arguments': JSON.stringify(step.input),
          'gen_ai.tool.call.result': JSON.stringify(step.output),
        },
      };
    case 'retrieval':
      return {
        name: 'retrieval',
        attributes: {
          'gen_ai.operation.name': 'retrieval',
          'ai.retrieval.query': step.query,
          'ai.retrieval.filter': step.filter,
          'ai.retrieval.documents': JSON.stringify(step.documents),
        },
      };
    case 'chat': {
      const model = turn.bot.models[turn.version]?.model ?? 'unknown';
      const tools = toolDefinitions(turn.bot);
      return {
        name: `chat ${model}`,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': turn.bot.provider,
          'gen_ai.request.model': model,
          'gen_ai.response.model': model,
          'gen_ai.system_instructions': JSON.stringify([
            { type: 'text', content: systemPrompt(turn.bot, turn.version, turn) },
          ]),
          ...(tools.length === 0 ? {} : { 'gen_ai.tool.definitions': JSON.stringify(tools) }),
          'gen_ai.response.finish_reasons': [step.finishReason],
          'gen_ai.usage.input_tokens': step.inputTokens,
          'gen_ai.usage.output_tokens': step.outputTokens,
          'gen_ai.server.time_to_first_token': round(step.ttftMs / 1000),
          'ai.cost_usd': round(step.costUsd),
        },
      };
    }
  }
}

function messages(role: 'user' | 'assistant', content: string, finishReason?: string): string {
  const finish = finishReason === undefined ? {} : { finish_reason: finishReason };
  return JSON.stringify([{ role, parts: [{ type: 'text', content }], ...finish }]);
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;
