/** What a conversation adds to a bot's counters and histograms: the same rules for the live bot and for its history. */
import type { BotProfile } from '../world/bots.ts';
import type { PlayedConversation } from '../world/conversation.ts';
import type { Ending } from '../world/user.ts';
import { addTo, COLUMNS, columnAt, observeInto } from './layout.ts';

/** Events that something is counted for. */
export interface Meter {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  observe(family: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

export interface TurnFigures {
  durationMs: number;
  ttftMs: number | null;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  unsure: boolean;
  ungrounded: boolean;
  handoff: boolean;
  blocked: boolean;
  injection: boolean;
  error: 'timeout' | 'schema' | null;
  fallback: boolean;
}

export function meterTurn(meter: Meter, turn: TurnFigures): void {
  meter.count('ai_requests_total');
  meter.observe('gen_ai_server_request_duration_seconds', turn.durationMs / 1000);
  if (turn.fallback) meter.count('ai_fallbacks_total');
  if (turn.ttftMs !== null) {
    meter.observe('gen_ai_server_time_to_first_token_seconds', turn.ttftMs / 1000);
    meter.observe('gen_ai_client_token_usage', turn.inputTokens, { gen_ai_token_type: 'input' });
    meter.observe('gen_ai_client_token_usage', turn.outputTokens, { gen_ai_token_type: 'output' });
    meter.count('ai_cost_usd_total', {}, turn.costUsd);
  }
  if (turn.error !== null) meter.count('ai_request_errors_total', { reason: turn.error });
  if (turn.unsure) meter.count('ai_unsure_total');
  if (turn.ungrounded) meter.count('ai_ungrounded_total');
  if (turn.handoff) meter.count('ai_handoffs_total');
  if (turn.blocked) meter.count('ai_guardrail_blocks_total');
  if (turn.injection) meter.count('ai_prompt_injections_total');
}

export function meterFeedback(meter: Meter, kind: string): void {
  if (kind === 'ticket') meter.count('ai_support_tickets_total');
  else meter.count('ai_feedback_total', { kind });
}

export function meterEnding(meter: Meter, ending: Ending): void {
  meter.count('ai_conversations_total', { outcome: ending.outcome });
  if (ending.csat !== null) {
    meter.count('ai_csat_score_sum', {}, ending.csat);
    meter.count('ai_csat_score_count');
  }
}

/** Rows of what one conversation adds, one per version that answered in it. */
export function figuresOf(played: PlayedConversation): Map<string, Float64Array> {
  const rows = new Map<string, Float64Array>();
  const meterFor = (version: string): Meter => {
    const row = rows.get(version) ?? new Float64Array(COLUMNS.length);
    rows.set(version, row);
    return {
      count: (name, labels = {}, by = 1) => addTo(row, columnAt(name, labels), by),
      observe: (family, value, labels = {}) => observeInto(row, family, value, labels),
    };
  };
  for (const turn of played.turns) {
    const meter = meterFor(turn.version);
    const chat = turn.plan.steps.find((step) => step.kind === 'chat');
    meterTurn(meter, {
      ...turn.plan,
      durationMs: turn.durationMs,
      ttftMs: chat?.ttftMs ?? null,
      inputTokens: chat?.inputTokens ?? 0,
      outputTokens: chat?.outputTokens ?? 0,
      costUsd: chat?.costUsd ?? 0,
      injection: turn.plan.blocked,
      fallback: false,
    });
    for (const kind of turn.feedback) meterFeedback(meter, kind);
  }
  const last = played.turns.at(-1);
  if (last) {
    const meter = meterFor(last.version);
    meterEnding(meter, played.ending);
    if (played.ending.ticket) meterFeedback(meter, 'ticket');
  }
  return rows;
}

/** Gauges that no conversation moves; `score` is the mean of sampled answers. */
export function gauges(
  bot: BotProfile,
  version: string,
  noise: number,
): { drift: number; quota: number } {
  return {
    drift: (version === 'v42' ? 0.075 : 0.045) + noise * 0.02,
    quota: bot.id === 'docs-search' ? 0.71 : 0.58 + noise * 0.01,
  };
}
