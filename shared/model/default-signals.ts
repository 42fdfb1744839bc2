/**
 * The signals every watched service has without any configuration: data, in the order the console
 * shows them. Bands are those of the first-week watch; a service may set its own.
 */
import type { Band, Selection, SignalDefinition, Where } from './signal.ts';

const LATENCY = 'gen_ai_server_request_duration_seconds';
const FIRST_TOKEN = 'gen_ai_server_time_to_first_token_seconds';
const TOKENS = 'gen_ai_client_token_usage';
const REQUESTS: Selection = { metric: 'ai_requests_total' };
const CONVERSATIONS: Selection = { metric: 'ai_conversations_total' };

const TREND: Band = { kind: 'trend' };
const SLOWER: Band = { kind: 'baseline', within: 0.1, side: 'above' };

const quantile = (metric: string, q: number) => ({ kind: 'quantile', metric, q }) as const;

/** `of` per request that was answered. */
const perRequest = (metric: string, where?: Where) =>
  ({
    kind: 'ratio',
    of: where === undefined ? { metric } : { metric, where },
    to: REQUESTS,
  }) as const;

const outcomeShare = (outcome: string) =>
  ({
    kind: 'ratio',
    of: { metric: CONVERSATIONS.metric, where: { outcome } },
    to: CONVERSATIONS,
  }) as const;

export const DEFAULT_SIGNALS: SignalDefinition[] = [
  {
    id: 'cost_per_day',
    title: 'Cost per day',
    short: 'cost/day',
    unit: 'usd_per_day',
    expression: { kind: 'rate', metric: 'ai_cost_usd_total', per: 'day' },
    band: { kind: 'forecast', within: 0.2 },
    watch: true,
    ofModel: true,
    description: 'What a day costs at the present rate, against the forecast.',
  },
  {
    id: 'latency_p50',
    title: 'Latency p50',
    short: 'p50',
    unit: 's',
    expression: quantile(LATENCY, 0.5),
    band: SLOWER,
    watch: true,
    description: 'Half of all turns are answered within this time.',
  },
  {
    id: 'latency_p95',
    title: 'Latency p95',
    short: 'p95',
    unit: 's',
    expression: quantile(LATENCY, 0.95),
    band: SLOWER,
    watch: true,
    description: '95 % of all turns are answered within this time.',
  },
  {
    id: 'latency_p99',
    title: 'Latency p99',
    short: 'p99',
    unit: 's',
    expression: quantile(LATENCY, 0.99),
    band: SLOWER,
    watch: false,
    description: '99 % of all turns are answered within this time.',
  },
  {
    id: 'eval_score',
    title: 'Evaluation score',
    short: 'eval',
    unit: 'score',
    expression: { kind: 'gauge', metric: 'ai_eval_score', aggregate: 'avg' },
    band: { kind: 'baseline', within: 0.05, side: 'below' },
    watch: true,
    ofModel: true,
    description: 'Score (0–1) of sampled production conversations, against the cold evaluation.',
  },
  {
    id: 'error_rate',
    title: 'Error rate',
    short: 'errors',
    unit: 'ratio',
    expression: perRequest('ai_request_errors_total'),
    band: { kind: 'below', limit: 0.01, watch: 0.005 },
    watch: true,
    description: 'Requests that users saw fail: schema failures, time-outs, 5xx.',
  },
  {
    id: 'negative_feedback_rate',
    title: 'Thumbs-down and regenerate',
    short: 'thumbs-down',
    unit: 'ratio',
    expression: perRequest('ai_feedback_total', { kind: { matches: 'thumbs_down|regenerate' } }),
    band: { kind: 'below', limit: 0.1, watch: 0.075 },
    watch: true,
    description: 'Thumbs-down and regenerate clicks per request.',
  },
  {
    id: 'unsure_rate',
    title: 'Unsure answers',
    short: 'unsure',
    unit: 'ratio',
    expression: perRequest('ai_unsure_total'),
    band: TREND,
    watch: true,
    description: 'Answers such as "I’m not sure", or of low confidence.',
  },
  {
    id: 'support_tickets',
    title: 'Support tickets',
    short: 'tickets/h',
    unit: 'per_hour',
    expression: { kind: 'rate', metric: 'ai_support_tickets_total', per: 'hour' },
    band: TREND,
    watch: true,
    description: 'Tickets that mention the feature. The trend counts, not the level.',
  },
  {
    id: 'prompt_injections',
    title: 'Prompt injections',
    short: 'injection/h',
    unit: 'per_hour',
    expression: { kind: 'rate', metric: 'ai_prompt_injections_total', per: 'hour' },
    band: TREND,
    watch: true,
    description: 'Attempts at prompt injection and abuse. The shape counts, not just the count.',
  },
  {
    id: 'traffic_share',
    title: 'Traffic share',
    short: 'traffic',
    unit: 'ratio',
    expression: { kind: 'share', metric: REQUESTS.metric },
    band: TREND,
    watch: false,
    description: 'Share of the requests that a version answers, beside what the rollout intends.',
  },
  {
    id: 'request_rate',
    title: 'Request rate',
    short: 'req/s',
    unit: 'per_second',
    expression: { kind: 'rate', metric: REQUESTS.metric, per: 'second' },
    band: TREND,
    watch: false,
    description: 'Requests per second, against the same hour last week.',
  },
  {
    id: 'ttft_p95',
    title: 'Time to first token p95',
    short: 'ttft p95',
    unit: 's',
    expression: quantile(FIRST_TOKEN, 0.95),
    band: SLOWER,
    watch: false,
    ofModel: true,
    description: '95 % of all answers begin within this time.',
  },
  {
    id: 'input_tokens',
    title: 'Input tokens per request',
    short: 'tokens in',
    unit: 'tokens',
    expression: perRequest(`${TOKENS}_sum`, { gen_ai_token_type: 'input' }),
    band: { kind: 'baseline', within: 0.2, side: 'both' },
    watch: false,
    ofModel: true,
    description: 'Tokens sent to the model per request.',
  },
  {
    id: 'output_tokens',
    title: 'Output tokens per request',
    short: 'tokens out',
    unit: 'tokens',
    expression: perRequest(`${TOKENS}_sum`, { gen_ai_token_type: 'output' }),
    band: { kind: 'baseline', within: 0.2, side: 'both' },
    watch: false,
    ofModel: true,
    description: 'Tokens the model answers per request.',
  },
  {
    id: 'fallback_rate',
    title: 'Fallback rate',
    short: 'fallback',
    unit: 'ratio',
    expression: perRequest('ai_fallbacks_total'),
    band: { kind: 'below', limit: 0.02, watch: 0.01 },
    watch: false,
    description: 'Requests answered without the model because its circuit breaker was open.',
  },
  {
    id: 'handoff_rate',
    title: 'Handoff rate',
    short: 'handoff',
    unit: 'ratio',
    expression: outcomeShare('handoff'),
    band: TREND,
    watch: false,
    description: 'Conversations that the bot passed to a person.',
  },
  {
    id: 'resolution_rate',
    title: 'Resolution rate',
    short: 'resolved',
    unit: 'ratio',
    expression: outcomeShare('resolved'),
    band: TREND,
    watch: false,
    description: 'Conversations that the bot really solved.',
  },
  {
    id: 'csat',
    title: 'Customer satisfaction',
    short: 'CSAT',
    unit: 'rating',
    expression: {
      kind: 'ratio',
      of: { metric: 'ai_csat_score_sum' },
      to: { metric: 'ai_csat_score_count' },
    },
    band: TREND,
    watch: false,
    description: 'Mean rating that users gave, 1–5.',
  },
  {
    id: 'ungrounded_rate',
    title: 'Ungrounded answers',
    short: 'ungrounded',
    unit: 'ratio',
    expression: perRequest('ai_ungrounded_total'),
    band: TREND,
    watch: false,
    ofModel: true,
    description: 'Answers that the retrieved documents do not support.',
  },
  {
    id: 'guardrail_blocks',
    title: 'Guardrail blocks',
    short: 'blocks/h',
    unit: 'per_hour',
    expression: { kind: 'rate', metric: 'ai_guardrail_blocks_total', per: 'hour' },
    band: TREND,
    watch: false,
    description: 'Inputs and answers that a guardrail stopped.',
  },
  {
    id: 'input_drift',
    title: 'Input drift',
    short: 'drift',
    unit: 'psi',
    expression: { kind: 'gauge', metric: 'ai_input_drift_psi', aggregate: 'max' },
    band: { kind: 'below', limit: 0.25, watch: 0.1 },
    watch: false,
    ofModel: true,
    description: 'Population stability index of the input against a reference window.',
  },
  {
    id: 'quota_left',
    title: 'Provider quota left',
    short: 'quota',
    unit: 'ratio',
    expression: { kind: 'gauge', metric: 'ai_provider_quota_left_ratio', aggregate: 'min' },
    band: { kind: 'above', limit: 0.2, watch: 0.3 },
    watch: false,
    description: 'Share of the quota at the model provider that is left.',
  },
];

/** The default signals with the configured ones merged in: the same id replaces in place, a new one follows. */
export function mergeSignals(
  defaults: readonly SignalDefinition[],
  configured: readonly SignalDefinition[],
): SignalDefinition[] {
  const byId = new Map(defaults.map((signal) => [signal.id, signal]));
  for (const signal of configured) byId.set(signal.id, signal);
  return [...byId.values()];
}
