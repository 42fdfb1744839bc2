/**
 * Builds the large cache that the other benches read: a million turns with full text and one span each, and
 * fifty series of thirty days at 15 s. Rows are made by the cache's own encoders and inserted directly: the receiver
 * and the assembly of spans, which turns.ts measures, are left out.
 */
import { mkdirSync } from 'node:fs';
import { summariseFacts, turnFacts } from '#core/analysis/conversation.ts';
import { NO_TOOLS, type ToolUse } from '#core/analysis/tool-use.ts';
import { WriteDb } from '#core/cache/db.ts';
import { openCacheFile } from '#core/cache/open-file.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import {
  failureBits,
  feedbackBits,
  TURNS_PER_CONVERSATION as IDS,
} from '#core/cache/queries/conversation-row.ts';
import { FacetWriter } from '#core/cache/queries/facet-writer.ts';
import { facetsOf } from '#core/cache/queries/facets.ts';
import { settleMasking } from '#core/cache/queries/masked-by.ts';
import { encodeFacts } from '#core/cache/queries/turn-row.ts';
import { maskingKey } from '#core/masking/key.ts';
import type { Feedback, LiveCombination, Turn } from '#shared/model/conversation.ts';
import { END, POINTS, SERIES, STEP, TURNS } from './large-cache.ts';
import { note, seeded, timed } from './report.ts';
import { conversationId, spanRecords, TURNS_PER_CONVERSATION } from './transcripts.ts';

/** What the conversations differ in, so that filters have something to do: by conversation, in lifelike shares. */
interface Traits {
  service: string;
  live: LiveCombination;
  language: string;
  tools: ToolUse;
  unsure: boolean;
  feedback: Feedback[];
  costUsd: number;
  slowMs: number;
}

function pick<T>(random: () => number, shares: readonly (readonly [T, number])[], rest: T): T {
  let at = random();
  for (const [value, share] of shares) {
    at -= share;
    if (at < 0) return value;
  }
  return rest;
}

/** `age`: 0 for the oldest conversation, 1 for the newest. The versions follow one another, the last beside its predecessor. */
function traitsOf(conversation: number, age: number): Traits {
  const random = seeded(conversation * 7 + 1);
  const language = pick(
    random,
    [
      ['en', 0.6],
      ['es', 0.2],
      ['de', 0.12],
      ['fr', 0.06],
    ],
    'pt',
  );
  const candidate = age > 0.9 && random() < 0.25;
  const version = age < 0.6 ? 'v40' : candidate ? 'v42' : 'v41';
  const multilingual = random() < 0.1 ? 'on' : 'off';
  const tool = pick(
    random,
    [
      ['lookup_order', 0.5],
      ['refund_status', 0.2],
      ['cancel_order', 0.03],
      ['escalate', 0.001],
    ],
    '',
  );
  const called = tool === '' ? [] : [tool];
  const failed = random() < 0.02 ? called : [];
  return {
    service: random() < 0.8 ? 'support-bot' : 'docs-bot',
    live: {
      version,
      model: 'model-1',
      prompt: null,
      index: null,
      flags: { 'support-bot-model': version, multilingual },
    },
    language,
    tools: { called, failed },
    unsure: random() < (candidate && language === 'es' ? 0.6 : 0.03),
    feedback: random() < 0.06 ? ['thumbs_down'] : [],
    costUsd: 0.001 * Math.exp(3 * random() ** 3),
    slowMs: random() < 0.01 ? 9000 + random() * 30_000 : 0,
  };
}

function turnOf(number: number, traits: Traits) {
  const [record] = spanRecords(number, 1);
  if (!record) throw new Error('a turn without a span');
  const { span } = record;
  const parts = (name: string) => JSON.parse(String(span.attributes[name]));
  const messages: Turn['messages'] = [
    ...parts('gen_ai.input.messages'),
    ...parts('gen_ai.output.messages'),
  ];
  const text = messages
    .flatMap((message) => message.parts.map((part) => (part.type === 'text' ? part.content : '')))
    .join('\n');
  const first = number % TURNS_PER_CONVERSATION === 0;
  const turn: Turn = {
    traceId: span.traceId,
    startedAt: span.startedAt,
    durationMs: span.durationMs + (first ? traits.slowMs : 0),
    messages,
    live: traits.live,
    language: traits.language,
    answerLanguage: null,
    unsure: first && traits.unsure,
    handoff: false,
    error: null,
    guardrailBlocked: false,
    feedback: first ? traits.feedback : [],
    finishReason: null,
    inputTokens: 800,
    outputTokens: 90,
    costUsd: traits.costUsd,
    timeToFirstTokenMs: null,
    spanCount: 1,
  };
  return {
    turn,
    text,
    span: JSON.stringify({ ...record, service: traits.service }),
    spanId: span.spanId,
  };
}

function addConversations(db: WriteDb): void {
  const combinations = new Map<string, number>();
  const combinationOf = ({ service, live }: Traits): number => {
    const name = JSON.stringify([service, live]);
    const known = combinations.get(name);
    if (known !== undefined) return known;
    const { lastInsertRowid } = db.run(
      'INSERT INTO combinations (service, environment, version, live) VALUES (?, ?, ?, ?)',
      service,
      'production',
      live.version,
      JSON.stringify(live),
    );
    combinations.set(name, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  };
  const conversation = db.statement(
    `INSERT INTO conversations (key, id, service, environment, version, language, started_at, ended_at,
       slowest_ms, cost_usd, failures, feedback, facets, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const row = db.statement(
    `INSERT INTO turns (id, trace_id, combination, started_at, facts, messages, text)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const words = db.statement('INSERT INTO turns_fts (rowid, text) VALUES (?, ?)');
  const spans = db.statement(
    'INSERT INTO spans (turn, span_id, started_at, record) VALUES (?, ?, ?, ?)',
  );
  const total = TURNS / TURNS_PER_CONVERSATION;
  const add = (index: number, facets: FacetWriter) => {
    const key = index + 1;
    const traits = traitsOf(index, index / total);
    const combination = combinationOf(traits);
    const facts = [];
    for (let i = 0; i < TURNS_PER_CONVERSATION; i++) {
      const id = key * IDS + i;
      const { turn, text, span, spanId } = turnOf(index * TURNS_PER_CONVERSATION + i, traits);
      const known = { ...turnFacts(turn), tools: i === 0 ? traits.tools : NO_TOOLS };
      row.run(
        id,
        turn.traceId,
        combination,
        turn.startedAt,
        encodeFacts(turn, known),
        JSON.stringify(turn.messages),
        text,
      );
      words.run(id, text);
      spans.run(id, spanId, turn.startedAt, span);
      facts.push(known);
    }
    const place = { service: traits.service, environment: 'production' };
    const summary = { id: conversationId(index), ...place, ...summariseFacts(facts, 5000) };
    conversation.run(
      key,
      summary.id,
      place.service,
      place.environment,
      summary.version,
      summary.language,
      summary.startedAt,
      summary.endedAt,
      summary.slowestTurnMs,
      summary.costUsd,
      failureBits(summary.failures),
      feedbackBits(summary.feedback),
      facets.change(key, null, facetsOf(summary, facts)),
      JSON.stringify(summary),
    );
  };
  for (let from = 0; from < total; from += 5000) {
    db.transaction(() => {
      const facets = new FacetWriter(db);
      for (let index = from; index < Math.min(total, from + 5000); index++) add(index, facets);
      facets.flush();
    });
  }
}

function addSamples(db: WriteDb): void {
  const random = seeded(3);
  for (let number = 0; number < SERIES; number++) {
    const ts = Float64Array.from({ length: POINTS }, (_, i) => END - (POINTS - 1 - i) * STEP);
    const value = ts.map(() => 1.5 + random());
    const service = number < 10 ? 'support-bot' : `service-${number % 10}`;
    const key = {
      signal: `signal_${Math.floor(number / 10)}`,
      service,
      environment: 'production',
      version: `v${number}`,
    };
    db.transaction(() =>
      commitBatch(db, { source: 'metrics', batch: { points: [{ key, ts, value }] } }),
    );
  }
}

async function buildCache(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const { db: raw } = openCacheFile(`${dir}/cache.db`, 0, null);
  // As a worker gets them from the core: otherwise the console would mask a million turns anew while it is measured.
  const masking = { key: new Uint8Array(maskingKey(dir)), patterns: {}, fields: {} };
  const db = new WriteDb(raw, { slowTurnMs: {}, flagServices: {}, masking });
  db.transaction(() => settleMasking(db));
  const samples = await timed(() => addSamples(db));
  note(`${SERIES * POINTS} samples in ${Math.round(samples / 1000)} s`);
  const turns = await timed(() => addConversations(db));
  note(`${TURNS} turns in ${Math.round(turns / 1000)} s`);
  raw.close();
}

await buildCache(process.argv[2] ?? '');
