/** What the real OpenTelemetry SDK exports is read back as the conversation that was held. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { summariseFacts, turnFacts } from '#core/analysis/conversation.ts';
import { parseMessages } from '#core/analysis/turn-parse.ts';
import { type Received, receive, type Sdk, span, startSdk } from '../fixtures/otlp.ts';
import { holdConversation, recordedConversations } from '../fixtures/recorded.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function receiver(...args: Parameters<typeof receive>): Promise<Received> {
  const received = await receive(...args);
  open.push(received);
  return received;
}

function sdk(...args: Parameters<typeof startSdk>): Sdk {
  const started = startSdk(...args);
  open.push({ stop: () => started.shutdown() });
  return started;
}

const WAYS = (['json', 'protobuf'] as const).flatMap((encoding) =>
  [false, true].map((gzip) => ({ encoding, gzip })),
);

describe.each(WAYS)('one turn through the SDK as $encoding, gzip $gzip', ({ encoding, gzip }) => {
  it('is read back with its steps, facts and times', async () => {
    const received = await receiver();
    const { tracer, flush } = sdk(received.url, encoding, gzip);
    const t = Date.now() - 60_000;
    const user = {
      role: 'user',
      parts: [{ type: 'text', content: '¿Dónde está mi reembolso? 💶' }],
    };
    const answer = { role: 'assistant', parts: [{ type: 'text', content: 'No estoy seguro.' }] };
    const root = tracer.startSpan('invoke_agent support-bot', {
      startTime: t,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.conversation.id': 'c-7f3a91e2',
        'gen_ai.input.messages': JSON.stringify([user]),
        'gen_ai.output.messages': JSON.stringify([answer]),
        'ai.model.version': 'v42',
        'ai.prompt.version': 'p-118',
        'ai.index.version': 'kb-0312',
        'ai.language': 'es',
        'ai.answer.language': 'en',
        'ai.unsure': true,
        'ai.handoff': false,
        'ai.cost_usd': 0.009,
      },
    });
    root.addEvent(
      'feature_flag.evaluation',
      { 'feature_flag.key': 'support-bot-model', 'feature_flag.result.variant': 'v42' },
      t,
    );
    span(tracer, 'guardrail.input', root, t + 5, t + 110, {
      'gen_ai.operation.name': 'guardrail',
      'ai.guardrail.blocked': false,
    });
    span(tracer, 'retrieval', root, t + 700, t + 4410, { 'gen_ai.operation.name': 'retrieval' });
    span(tracer, 'chat gpt', root, t + 4500, t + 7740.5, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'support-large',
      'gen_ai.usage.input_tokens': 812,
      'gen_ai.usage.output_tokens': 64,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.server.time_to_first_token': 1.18,
      'ai.cost_usd': 0.009,
    });
    root.end(t + 7900);
    await flush();
    span(tracer, 'user_feedback', root, t + 20_000, t + 20_000, { 'ai.feedback': 'thumbs_down' });
    await flush();

    const [assembled, ...others] = received.turns();
    expect(others).toEqual([]);
    expect(assembled).toMatchObject({
      conversation: 'c-7f3a91e2',
      service: 'support-bot',
      environment: 'production',
    });
    expect(assembled?.text).toBe('¿Dónde está mi reembolso? 💶\nNo estoy seguro.');
    expect(assembled?.turn).toEqual({
      traceId: root.spanContext().traceId,
      name: 'invoke_agent support-bot',
      startedAt: t,
      durationMs: 7900,
      messageTimes: [0, 5680],
      messages: [user, answer],
      live: {
        version: 'v42',
        model: 'support-large',
        prompt: 'p-118',
        index: 'kb-0312',
        flags: { 'support-bot-model': 'v42' },
      },
      language: 'es',
      answerLanguage: 'en',
      unsure: true,
      handoff: false,
      error: null,
      guardrailBlocked: false,
      feedback: ['thumbs_down'],
      feedbackTimes: [20_000],
      finishReason: 'stop',
      inputTokens: 812,
      outputTokens: 64,
      costUsd: 0.009,
      timeToFirstTokenMs: 1180,
      spanCount: 5,
    });
    const chat = [...received.spans.values()].find((record) => record.span.operation === 'chat');
    expect(chat?.span).toMatchObject({ startedAt: t + 4500, durationMs: 3240.5 });
    expect(chat?.conversation).toBeNull();
    expect(summariseFacts(assembled ? [turnFacts(assembled.turn)] : [], 5000)).toMatchObject({
      title: '¿Dónde está mi reembolso? 💶',
      failures: ['unsure', 'thumbs_down', 'slow', 'language_switched'],
    });
  });
});

describe('a failing export', () => {
  it('is kept by the SDK and sent again until it is committed', async () => {
    let failures = 2;
    const received = await receiver({
      commit: () => {
        if (failures-- > 0) throw new Error('disk full');
      },
    });
    const { tracer, flush } = sdk(received.url, 'protobuf', false);
    span(tracer, 'chat', null, Date.now() - 10, Date.now(), { 'gen_ai.operation.name': 'chat' });
    await flush();
    expect(failures).toBe(-1);
    expect(received.spans.size).toBe(1);
  });
});

const AIRLINE = fileURLToPath(
  new URL('../../../shared/data/conversations/airline.json', import.meta.url),
);
const absent = existsSync(AIRLINE) ? '' : ' (skipped: the recorded conversations are not here)';

describe.skipIf(absent !== '')(`recorded conversations${absent}`, () => {
  for (const { encoding, gzip } of WAYS.slice(1, 3)) {
    it(`come back message for message as ${encoding}, gzip ${gzip}`, async () => {
      const recorded = recordedConversations(AIRLINE);
      expect(recorded).toHaveLength(24);
      const received = await receiver();
      const { tracer, flush } = sdk(received.url, encoding, gzip);
      for (const [index, one] of recorded.entries()) {
        holdConversation(tracer, one, Date.now() - 3_600_000 + index * 1000, !gzip);
      }
      await flush();

      const byConversation = Map.groupBy(received.turns(), (turn) => turn.conversation);
      expect(byConversation.size).toBe(24);
      for (const { id, messages } of recorded) {
        const turns = byConversation.get(id) ?? [];
        expect(turns.flatMap(({ turn }) => turn.messages)).toEqual(parseMessages(messages, 'user'));
      }
    });
  }
});
