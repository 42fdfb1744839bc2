/**
 * Builds the large cache that the other benches read: a million turns with full text and one span each, and
 * fifty series of thirty days at 15 s. Rows are made by the cache's own encoders and inserted directly: the receiver
 * and the assembly of spans, which turns.ts measures, are left out.
 */
import { mkdirSync } from 'node:fs';
import { summariseFacts, turnFacts } from '#core/analysis/conversation.ts';
import { WriteDb } from '#core/cache/db.ts';
import { openCacheFile } from '#core/cache/open-file.ts';
import { commitBatch } from '#core/cache/queries/commit.ts';
import {
  failureBits,
  feedbackBits,
  TURNS_PER_CONVERSATION as IDS,
} from '#core/cache/queries/conversation-row.ts';
import { encodeFacts } from '#core/cache/queries/turn-row.ts';
import type { LiveCombination, Turn } from '#shared/model/conversation.ts';
import { END, POINTS, SERIES, STEP, TURNS } from './large-cache.ts';
import { note, seeded, timed } from './report.ts';
import { conversationId, spanRecords, TURNS_PER_CONVERSATION } from './transcripts.ts';

const LIVE: LiveCombination = {
  version: 'v41',
  model: 'model-1',
  prompt: null,
  index: null,
  flags: {},
};

function turnOf(number: number): { turn: Turn; text: string; span: string; spanId: string } {
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
  const turn: Turn = {
    traceId: span.traceId,
    startedAt: span.startedAt,
    durationMs: span.durationMs,
    messages,
    live: LIVE,
    language: number % 5 === 0 ? 'es' : 'en',
    answerLanguage: null,
    unsure: number % 50 === 0,
    handoff: false,
    error: null,
    guardrailBlocked: false,
    feedback: [],
    finishReason: null,
    inputTokens: 800,
    outputTokens: 90,
    costUsd: 0.003,
    timeToFirstTokenMs: null,
    spanCount: 1,
  };
  return { turn, text, span: JSON.stringify(record), spanId: span.spanId };
}

function addConversations(db: WriteDb): void {
  const combination = Number(
    db.run(
      'INSERT INTO combinations (service, environment, version, live) VALUES (?, ?, ?, ?)',
      'support-bot',
      'production',
      LIVE.version,
      JSON.stringify(LIVE),
    ).lastInsertRowid,
  );
  const conversation = db.statement(
    `INSERT INTO conversations (key, id, service, environment, version, language, started_at, ended_at,
       slowest_ms, cost_usd, failures, feedback, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const row = db.statement(
    `INSERT INTO turns (id, trace_id, combination, started_at, facts, messages, text)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const words = db.statement('INSERT INTO turns_fts (rowid, text) VALUES (?, ?)');
  const spans = db.statement(
    'INSERT INTO spans (turn, span_id, started_at, record) VALUES (?, ?, ?, ?)',
  );
  const place = { service: 'support-bot', environment: 'production' };
  const add = (index: number) => {
    const key = index + 1;
    const facts = [];
    for (let i = 0; i < TURNS_PER_CONVERSATION; i++) {
      const id = key * IDS + i;
      const { turn, text, span, spanId } = turnOf(index * TURNS_PER_CONVERSATION + i);
      const known = turnFacts(turn);
      row.run(
        id,
        turn.traceId,
        combination,
        turn.startedAt,
        encodeFacts(turn, known.said),
        JSON.stringify(turn.messages),
        text,
      );
      words.run(id, text);
      spans.run(id, spanId, turn.startedAt, span);
      facts.push(known);
    }
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
      JSON.stringify(summary),
    );
  };
  const total = TURNS / TURNS_PER_CONVERSATION;
  for (let from = 0; from < total; from += 5000) {
    db.transaction(() => {
      for (let index = from; index < Math.min(total, from + 5000); index++) add(index);
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
  const db = new WriteDb(raw, { slowTurnMs: {}, flagServices: {} });
  const samples = await timed(() => addSamples(db));
  note(`${SERIES * POINTS} samples in ${Math.round(samples / 1000)} s`);
  const turns = await timed(() => addConversations(db));
  note(`${TURNS} turns in ${Math.round(turns / 1000)} s`);
  raw.close();
}

await buildCache(process.argv[2] ?? '');
