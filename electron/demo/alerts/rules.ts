/** What the alert service watches for. */
import { BOTS } from '../world/bots.ts';
import type { Window } from './scrape.ts';

export interface Rule {
  name: string;
  service: string;
  severity: 'critical' | 'warning';
  runbook: string;
  /** Milliseconds that it must hold before it fires. */
  holdMs: number;
  /** Fires above this. */
  limit: number;
  value(window: Window): number | null;
  summary(value: number): string;
}

const LATENCY = 'gen_ai_server_request_duration_seconds';
const NAMES: Readonly<Record<string, string>> = {
  'support-bot': 'SupportBot',
  'sales-assistant': 'SalesAssistant',
  'docs-search': 'DocsSearch',
};
/** Seconds at p95, and US dollars an hour, that each service may reach. */
const LIMITS: Readonly<Record<string, { p95: number; costPerHour: number }>> = {
  'support-bot': { p95: 4, costPerHour: 180 },
  'sales-assistant': { p95: 3, costPerHour: 60 },
  'docs-search': { p95: 2, costPerHour: 20 },
};
/** Fewer requests than this in the window tell nothing. */
const ENOUGH = 25;

export const RULES: readonly Rule[] = BOTS.flatMap(({ id: service }) => {
  const name = NAMES[service] ?? service;
  const { p95, costPerHour } = LIMITS[service] ?? { p95: 4, costPerHour: 100 };
  const perRequest = (window: Window, grown: number) => {
    const requests = window.grew('ai_requests_total');
    return requests < ENOUGH ? null : grown / requests;
  };
  return [
    {
      name: `${name}LatencyHigh`,
      service,
      severity: 'critical',
      runbook:
        service === 'support-bot' ? 'quality-drop-after-version-change.md' : 'latency-high.md',
      holdMs: 3000,
      limit: p95,
      value: (window) =>
        window.grew('ai_requests_total') < ENOUGH ? null : window.quantile(LATENCY, 0.95),
      summary: (value) =>
        `${service} production: p95 latency ${value.toFixed(1)} s, above ${p95} s`,
    },
    {
      name: `${name}CostRunaway`,
      service,
      severity: 'warning',
      runbook: 'cost-runaway.md',
      holdMs: 10_000,
      limit: costPerHour,
      value: (window) => (window.grew('ai_cost_usd_total') * 3_600_000) / window.spanMs,
      summary: (value) =>
        `${service} production: model calls cost $${value.toFixed(0)} an hour, above $${costPerHour}`,
    },
    {
      name: `${name}InjectionWave`,
      service,
      severity: 'warning',
      runbook: 'prompt-injection-wave.md',
      holdMs: 5000,
      limit: 0.08,
      value: (window) => perRequest(window, window.grew('ai_prompt_injections_total')),
      summary: (value) =>
        `${service} production: ${(value * 100).toFixed(0)} % of messages try to inject a prompt`,
    },
    {
      name: `${name}FallbackActive`,
      service,
      severity: 'warning',
      runbook: 'kill-switch.md',
      holdMs: 5000,
      limit: 0.5,
      value: (window) => perRequest(window, window.grew('ai_fallbacks_total')),
      summary: (value) =>
        `${service} production: ${(value * 100).toFixed(0)} % of messages are answered without a model`,
    },
  ] satisfies Rule[];
});
