/** The series that a bot exposes for each model version: the one list that live metrics and history are made from. */
export interface Family {
  /** As OpenMetrics names it: counters without `_total`. */
  name: string;
  type: 'counter' | 'histogram' | 'gauge' | 'summary';
  help: string;
  /** Upper bounds without +Inf. */
  buckets?: readonly number[];
  /** Label sets beside service, environment and version; one empty set where there are none. */
  sets: readonly Readonly<Record<string, string>>[];
}

const PLAIN = [{}] as const;
const counter = (name: string, help: string, sets: Family['sets'] = PLAIN): Family => ({
  name,
  type: 'counter',
  help,
  sets,
});

export const FAMILIES: readonly Family[] = [
  {
    name: 'gen_ai_server_request_duration_seconds',
    type: 'histogram',
    help: 'Seconds from the message to the whole answer.',
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15],
    sets: PLAIN,
  },
  {
    name: 'gen_ai_server_time_to_first_token_seconds',
    type: 'histogram',
    help: 'Seconds from the model call to its first token.',
    buckets: [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 4],
    sets: PLAIN,
  },
  {
    name: 'gen_ai_client_token_usage',
    type: 'histogram',
    help: 'Tokens per model call.',
    buckets: [64, 256, 1024, 4096, 16384],
    sets: [{ gen_ai_token_type: 'input' }, { gen_ai_token_type: 'output' }],
  },
  counter('ai_requests', 'Messages answered.'),
  counter('ai_request_errors', 'Messages that failed for the user.', [
    { reason: 'timeout' },
    { reason: 'schema' },
  ]),
  counter('ai_feedback', 'Buttons pressed under an answer.', [
    { kind: 'thumbs_up' },
    { kind: 'thumbs_down' },
    { kind: 'regenerate' },
  ]),
  counter('ai_unsure', 'Answers of low confidence.'),
  counter('ai_ungrounded', 'Answers that the documents do not support.'),
  counter('ai_handoffs', 'Conversations passed to a person.'),
  counter('ai_conversations', 'Conversations that ended.', [
    { outcome: 'resolved' },
    { outcome: 'handoff' },
    { outcome: 'abandoned' },
  ]),
  counter('ai_fallbacks', 'Messages answered without a model.'),
  counter('ai_guardrail_blocks', 'Messages that a guardrail stopped.'),
  counter('ai_prompt_injections', 'Attempts to inject a prompt.'),
  counter('ai_support_tickets', 'Tickets written about a conversation.'),
  counter('ai_cost_usd', 'US dollars for model calls.'),
  {
    name: 'ai_csat_score',
    type: 'summary',
    help: 'Ratings of 1 to 5 that users gave.',
    sets: PLAIN,
  },
  {
    name: 'ai_eval_score',
    type: 'gauge',
    help: 'Score of sampled production answers, 0 to 1.',
    sets: PLAIN,
  },
  {
    name: 'ai_input_drift_psi',
    type: 'gauge',
    help: 'Population stability index of the input.',
    sets: PLAIN,
  },
  {
    name: 'ai_provider_quota_left_ratio',
    type: 'gauge',
    help: 'Quota left at the model provider.',
    sets: PLAIN,
  },
];

/** One sample line: its full name, its labels, and where its value lies in a row of values. */
export interface Column {
  name: string;
  labels: Readonly<Record<string, string>>;
  at: number;
}

/** A metric is one label set of a family; its columns stay together in an exposition. */
export interface Metric {
  family: Family;
  labels: Readonly<Record<string, string>>;
  columns: Column[];
}

export const METRICS: readonly Metric[] = lay();
export const COLUMNS: readonly Column[] = METRICS.flatMap((metric) => metric.columns);

function lay(): Metric[] {
  let at = 0;
  return FAMILIES.flatMap((family) =>
    family.sets.map((labels) => ({
      family,
      labels,
      columns: sampleNames(family).map(({ name, le }) => ({
        name,
        labels: le === undefined ? labels : { ...labels, le },
        at: at++,
      })),
    })),
  );
}

function sampleNames(family: Family): { name: string; le?: string }[] {
  const { name, type, buckets = [] } = family;
  if (type === 'counter') return [{ name: `${name}_total` }];
  if (type === 'gauge') return [{ name }];
  const ends = [{ name: `${name}_sum` }, { name: `${name}_count` }];
  if (type === 'summary') return ends;
  return [
    ...[...buckets.map(String), '+Inf'].map((le) => ({ name: `${name}_bucket`, le })),
    ...ends,
  ];
}

const INDEX = new Map(COLUMNS.map((column) => [key(column.name, column.labels), column.at]));

/** Where a sample lies in a row of values. Throws for one that is not in the layout. */
export function columnAt(name: string, labels: Readonly<Record<string, string>> = {}): number {
  const at = INDEX.get(key(name, labels));
  if (at === undefined) throw new Error(`No column ${name} ${JSON.stringify(labels)}.`);
  return at;
}

/** Label sets of one family have the same names in the same order, so that their values tell them apart. */
function key(name: string, labels: Readonly<Record<string, string>>): string {
  let text = name;
  for (const label in labels) text += `;${labels[label]}`;
  return text;
}

/** Adds one observation to a histogram in a row. */
export function observeInto(
  row: Float64Array,
  family: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): void {
  const metric = HISTOGRAMS.get(key(family, labels));
  if (!metric) throw new Error(`No histogram ${family} ${JSON.stringify(labels)}.`);
  const buckets = metric.family.buckets ?? [];
  // Buckets, +Inf, sum, count: in the order they were laid in.
  metric.columns.forEach(({ at }, i) => {
    if (i < buckets.length) addTo(row, at, value <= (buckets[i] ?? 0) ? 1 : 0);
    else addTo(row, at, i === buckets.length + 1 ? value : 1);
  });
}

const HISTOGRAMS = new Map(
  METRICS.filter((metric) => metric.family.type === 'histogram').map((metric) => [
    key(metric.family.name, metric.labels),
    metric,
  ]),
);

export function addTo(row: Float64Array, at: number, by: number): void {
  row[at] = (row[at] ?? 0) + by;
}
