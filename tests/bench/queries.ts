/**
 * Find, search and signals on the large cache, through `createCore`: what a host's call costs before the wire.
 * Runs in a process of its own on a cache that was built before.
 */
import { createCore } from '#core/core.ts';
import type { Input, OperationName, Output } from '#shared/contract/index.ts';
import { Config } from '#shared/model/config.ts';
import { QUIET } from './config.ts';
import { clockAt, log, noSecrets, WORKER } from './kit.ts';
import { DAYS, END, SERIES, TURNS } from './large-cache.ts';
import { note, quantile, report, seeded, sized } from './report.ts';
import { conversationId, TURNS_PER_CONVERSATION } from './transcripts.ts';

const HOUR = 3_600_000;
const dir = process.argv[2] ?? '';

const core = await createCore({
  dataDir: dir,
  loaded: { config: Config.parse(QUIET), problems: [], path: null, text: null, baseDir: dir },
  secrets: noSecrets,
  clock: clockAt(Date.now),
  random: Math.random,
  log,
  cacheWorker: WORKER,
  shareViewer: new URL('../../electron/viewer/viewer.ts', import.meta.url),
  host: 'browser',
  appVersion: '0.0.0',
  openExternal: null,
  demo: false,
});

const caller = { name: 'bench', role: 'admin' } as const;

/** The core checks what comes in and answers what the contract says; here it is only timed. */
async function call<K extends OperationName>(name: K, input: Input<K>): Promise<Output<K>> {
  const output = await core.call(name, input, caller);
  return output as Output<K>;
}

async function times<K extends OperationName>(name: K, inputs: Input<K>[]) {
  const took: number[] = [];
  for (const input of inputs) {
    const start = performance.now();
    await call(name, input);
    took.push(performance.now() - start);
  }
  return { p50: quantile(took, 0.5), p95: quantile(took, 0.95) };
}

const million = `${TURNS.toLocaleString('en')} turns`;

async function finding(): Promise<void> {
  const random = seeded(9);
  const conversations = TURNS / TURNS_PER_CONVERSATION;
  const ids = Array.from({ length: 1000 }, () =>
    conversationId(Math.floor(random() * conversations)),
  );
  const [known = ''] = ids;
  const { matches } = await call('conversations.find', { text: known });
  if (matches[0]?.id !== known) throw new Error(`${known} was not found`);
  await times(
    'conversations.find',
    ids.slice(0, 100).map((text) => ({ text })),
  );
  const { p50, p95 } = await times(
    'conversations.find',
    ids.map((text) => ({ text })),
  );
  const of = `by ID, ${million}`;
  report({
    name: 'conversations.find p50',
    value: p50,
    unit: 'ms',
    goal: '<= 1',
    met: p50 <= 1,
    of,
  });
  report({ name: 'conversations.find p95', value: p95, unit: 'ms', of });
}

async function searching(): Promise<void> {
  const rare = Array.from({ length: 100 }, (_, i) => `rare${i * 7000 + 7}`);
  const kinds = [
    { kind: 'common word', texts: ['the', 'order', 'refund', 'payment'], goal: 20 },
    { kind: 'two common words', texts: ['order refund', 'late payment'], goal: null },
    { kind: 'rare word', texts: rare, goal: null },
    { kind: 'no words', texts: [''], goal: null },
  ];
  for (const { kind, texts, goal } of kinds) {
    const inputs = Array.from({ length: 100 }, (_, i) => ({
      text: texts[i % texts.length] ?? '',
      filter: { environment: 'production' },
      limit: 50,
    }));
    await times('conversations.search', inputs.slice(0, 10));
    const { p50, p95 } = await times('conversations.search', inputs);
    const of = `${kind}, first 50 of ${million}`;
    const judged = goal === null ? {} : { goal: `<= ${goal}`, met: p50 <= goal };
    report({ name: `conversations.search p50, ${kind}`, value: p50, unit: 'ms', of, ...judged });
    report({ name: `conversations.search p95, ${kind}`, value: p95, unit: 'ms', of });
  }
}

/** Filters as engineers combine them; each has two, beside the environment that every screen sets. */
const FILTERS: Input<'conversations.search'>['filter'][] = [
  { services: ['support-bot'], versions: ['v42'] },
  { versions: ['v40'], failing: true },
  { languages: ['es'], failures: ['unsure'] },
  { tools: ['lookup_order'], languages: ['pt'] },
  { failedTools: ['cancel_order'], versions: ['v42'] },
  { tools: ['escalate'], feedback: ['thumbs_down'] },
  { flags: [{ flag: 'support-bot-model', variant: 'v42' }], languages: ['es'] },
  { flags: [{ flag: 'multilingual', variant: 'on' }], failing: true },
  { minDurationMs: 20_000, services: ['docs-bot'] },
  { minDurationMs: 4000, maxDurationMs: 4200, minCostUsd: 0.02 },
  { minCostUsd: 0.05, tools: ['refund_status'] },
  { from: END - 24 * HOUR, languages: ['de'] },
  { from: END - 20 * 24 * HOUR, to: END - 19 * 24 * HOUR, failing: true },
  { versions: ['v40'], flags: [{ flag: 'support-bot-model', variant: 'v42' }] },
];

async function searchingWithFilters(): Promise<void> {
  const kinds = [
    { kind: 'two filters', texts: [''] },
    { kind: 'common word and two filters', texts: ['the', 'order', 'refund', 'payment'] },
    { kind: 'phrase and two filters', texts: ['"order the"', '"the refund"'] },
  ];
  for (const { kind, texts } of kinds) {
    const inputs = Array.from({ length: sized(280, FILTERS.length) }, (_, i) => ({
      text: texts[Math.floor(i / FILTERS.length) % texts.length] ?? '',
      filter: { environment: 'production', ...FILTERS[i % FILTERS.length] },
      sort: (['newest', 'oldest', 'slowest', 'costliest'] as const)[i % 9] ?? 'newest',
      limit: 50,
    }));
    for (const [index, filter] of FILTERS.entries()) {
      const own = inputs.filter((_, i) => i % FILTERS.length === index);
      const { p50, p95 } = await times('conversations.search', own);
      note(
        `${kind}, ${JSON.stringify(filter)}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
      );
    }
    const { p50, p95 } = await times('conversations.search', inputs);
    const of = `${kind}, first 50 of ${million}`;
    report({ name: `conversations.search p50, ${kind}`, value: p50, unit: 'ms', of });
    report({
      name: `conversations.search p95, ${kind}`,
      value: p95,
      unit: 'ms',
      goal: '<= 30',
      met: p95 <= 30,
      of,
    });
  }
}

async function querying(): Promise<void> {
  const input = (length: number) => ({
    signals: Array.from({ length: SERIES / 10 }, (_, i) => `signal_${i}`),
    environment: 'production',
    from: END - length,
    to: END + 1,
  });
  const run = async (length: number) => {
    const { frame } = await call('signals.query', input(length));
    if (frame.series.length !== SERIES) throw new Error(`${frame.series.length} series`);
    const points = frame.series.reduce((sum, one) => sum + one.ts.length, 0);
    note(`signals.query of ${length / HOUR} h: ${frame.resolution}, ${points} points`);
    await times('signals.query', Array(5).fill(input(length)));
    return times('signals.query', Array(40).fill(input(length)));
  };
  const hour = await run(HOUR);
  const month = await run(DAYS * 24 * HOUR);
  const ratio = month.p50 / hour.p50;
  const of = `${SERIES} series at 15 s`;
  report({ name: 'signals.query 1 h p50', value: hour.p50, unit: 'ms', of });
  report({
    name: 'signals.query 30 d p50',
    value: month.p50,
    unit: 'ms',
    limit: hour.p50,
    ratio,
    goal: 'at most 3 x the 1 h query',
    met: ratio <= 3,
    of,
  });
}

await finding();
await searching();
await searchingWithFilters();
await querying();
await core.close();
