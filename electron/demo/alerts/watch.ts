/** Holds the rules against the bots every second. */
import { createHash } from 'node:crypto';
import { RULES, type Rule } from './rules.ts';
import { parseExposition, type Sample, windowBetween } from './scrape.ts';

export interface Firing {
  fingerprint: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: number;
  updatedAt: number;
}

export interface RuleState {
  rule: Rule;
  value: number | null;
  /** When it began to hold, before it fires. */
  since: number | null;
  firing: Firing | null;
  /** When it stopped holding; it resolves after a while below. */
  below: number | null;
}

const EVERY = 1000;
const WINDOW = 15_000;
const RESOLVE_AFTER = 4000;
/** Windows shorter than this come from the first seconds and tell too little. */
const SHORTEST = 6000;

/** Watches until the process ends. `targets`: service → the address of its metrics. */
export function watchRules(targets: Readonly<Record<string, string>>): RuleState[] {
  const states = RULES.map(
    (rule): RuleState => ({ rule, value: null, since: null, firing: null, below: null }),
  );
  for (const [service, url] of Object.entries(targets)) {
    const own = states.filter(({ rule }) => rule.service === service);
    let scrapes: { at: number; samples: Sample[] }[] = [];
    const look = async () => {
      const samples = await scrape(url);
      const at = Date.now();
      // A service that does not answer has no news: what fires goes on firing.
      if (samples) {
        scrapes = [...scrapes.filter((one) => at - one.at <= WINDOW), { at, samples }];
        const [oldest] = scrapes;
        const latest = scrapes.at(-1);
        if (oldest && latest && latest.at - oldest.at >= SHORTEST) {
          const window = windowBetween(oldest, latest);
          for (const state of own) judge(state, state.rule.value(window), at);
        }
      }
      setTimeout(look, EVERY);
    };
    look();
  }
  return states;
}

function judge(state: RuleState, value: number | null, at: number): void {
  const { rule } = state;
  state.value = value;
  if (value !== null && value > rule.limit) {
    state.since ??= at;
    state.below = null;
    if (state.firing) {
      state.firing.updatedAt = at;
      state.firing.annotations = annotations(rule, value);
    } else if (at - state.since >= rule.holdMs) {
      state.firing = fire(rule, value, at);
    }
    return;
  }
  state.since = null;
  state.below ??= at;
  if (at - state.below >= RESOLVE_AFTER) state.firing = null;
}

function fire(rule: Rule, value: number, at: number): Firing {
  const labels = {
    alertname: rule.name,
    service: rule.service,
    environment: 'production',
    severity: rule.severity,
  };
  return {
    fingerprint: createHash('sha1').update(JSON.stringify(labels)).digest('hex').slice(0, 16),
    labels,
    annotations: annotations(rule, value),
    startsAt: at,
    updatedAt: at,
  };
}

function annotations(rule: Rule, value: number): Record<string, string> {
  return { summary: rule.summary(value), runbook: rule.runbook };
}

async function scrape(url: string): Promise<Sample[] | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? parseExposition(await answer.text()) : null;
  } catch {
    return null;
  }
}
