/** A bot of the demo: started once for each of support-bot, sales-assistant and docs-search. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { serveCompletions } from '../bot/completions.ts';
import { startFlags } from '../bot/flags.ts';
import { fieldsOf, readChat, textOf } from '../bot/request.ts';
import { botService } from '../bot/service.ts';
import { lastValues, playHistory } from '../telemetry/history.ts';
import { liveMetrics } from '../telemetry/live.ts';
import { exposeHistory, OPENMETRICS_TYPE } from '../telemetry/openmetrics.ts';
import { emitPast } from '../telemetry/replay.ts';
import { liveTelemetry, pastTelemetry, type TelemetryOptions } from '../telemetry/tracer.ts';
import { TraceStore } from '../telemetry/traces.ts';
import { type BotProfile, botNamed } from '../world/bots.ts';
import { pastConversations } from '../world/past.ts';
import { answering, endWithParent, listen, required, run } from './process.ts';

const ENVIRONMENT = 'production';
const FEEDBACK = ['thumbs_up', 'thumbs_down', 'regenerate', 'ticket'] as const;
const OUTCOMES = ['resolved', 'handoff', 'abandoned'] as const;
/** Conversations of the past per parcel, and the pause after it. */
const PARCEL = 8;
const PAUSE_MS = 60;

run(async () => {
  const bot = botNamed(required('DEMO_BOT'));
  const seed = required('DEMO_SEED');
  const startedAt = Number(required('DEMO_STARTED_AT'));
  const labels = { service: bot.id, environment: ENVIRONMENT };
  const options: TelemetryOptions = {
    service: bot.id,
    environment: ENVIRONMENT,
    release: '2026.11.2',
    url: required('DEMO_OTLP_URL'),
    protocol: process.env.DEMO_OTLP_PROTOCOL === 'protobuf' ? 'protobuf' : 'json',
    seed,
  };
  const history = playHistory(bot, seed, startedAt);
  const metrics = liveMetrics(bot, labels, lastValues(history), seed);
  const modelsKey = required('DEMO_MODELS_KEY');
  const traces = new TraceStore();
  const telemetry = liveTelemetry(options, traces);
  const flagsUrl = required('DEMO_FLAGS_URL');
  await answering(`${flagsUrl}/health`);
  const flags = await startFlags(bot, flagsUrl, required('DEMO_CLIENT_TOKEN'));
  const service = botService(bot, seed, flags, telemetry.tracer, metrics);

  const app = new Hono();
  app.get('/health', (c) => c.json({ ok: true, service: bot.id }));
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  app.get('/metrics/history', () => {
    const pieces = ReadableStream.from(exposeHistory(history, labels)).pipeThrough(
      new TextEncoderStream(),
    );
    return new Response(pieces, { headers: { 'content-type': OPENMETRICS_TYPE } });
  });
  app.get('/traces/:conversation', (c) => {
    if (c.req.header('authorization') !== `Bearer ${modelsKey}`)
      return c.json({ error: 'no' }, 401);
    const found = traces.read(c.req.param('conversation'));
    if (!found) return c.json({ error: 'not among the latest' }, 404);
    return c.body(Buffer.from(found), 200, { 'content-type': 'application/json' });
  });
  app.post('/chat', async (c) => {
    const body: unknown = await c.req.json().catch(() => null);
    const id = textOf(fieldsOf(body), 'conversationId');
    const request = readChat(bot, body, id === null || service.isNew(id));
    if (!request) return c.json({ error: 'conversationId and message are needed' }, 400);
    const { plan, fallback, turn } = await service.chat(request);
    const { answer, answerLanguage, expects, unsure, handoff, blocked, error } = plan;
    return c.json({
      turn,
      answer,
      answerLanguage,
      expects,
      unsure,
      handoff,
      blocked,
      error,
      fallback,
    });
  });
  app.post('/feedback', async (c) => {
    const fields = fieldsOf(await c.req.json().catch(() => null));
    const kind = FEEDBACK.find((one) => one === fields.kind);
    if (!kind) return c.json({ error: `kind is one of ${FEEDBACK.join(', ')}` }, 400);
    return c.body(null, service.feedback(textOf(fields, 'conversationId') ?? '', kind) ? 204 : 404);
  });
  app.post('/close', async (c) => {
    const fields = fieldsOf(await c.req.json().catch(() => null));
    const outcome = OUTCOMES.find((one) => one === fields.outcome);
    if (!outcome) return c.json({ error: `outcome is one of ${OUTCOMES.join(', ')}` }, 400);
    const csat = typeof fields.csat === 'number' ? fields.csat : null;
    const known = service.close(textOf(fields, 'conversationId') ?? '', {
      outcome,
      csat,
      ticket: false,
    });
    return c.body(null, known ? 204 : 404);
  });
  serveCompletions(app, bot, seed, modelsKey, flags);
  await listen(app, Number(required('DEMO_PORT')));
  endWithParent(Number(required('DEMO_PARENT_PID')), async () => {
    flags.stop();
    await telemetry.shutdown();
  });
  await sendPast(bot, seed, startedAt, options, traces);
});

/** The last minutes first: they are what somebody who was paged looks for. */
async function sendPast(
  bot: BotProfile,
  seed: string,
  startedAt: number,
  options: TelemetryOptions,
  traces: TraceStore,
): Promise<void> {
  const past = pastTelemetry(options, traces);
  const newestFirst = pastConversations(seed, bot).toReversed();
  for (let i = 0; i < newestFirst.length; i += PARCEL) {
    for (const one of newestFirst.slice(i, i + PARCEL)) emitPast(past.tracer, startedAt, one);
    await past.send();
    await sleep(PAUSE_MS);
  }
  await past.shutdown();
}
