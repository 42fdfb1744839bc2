/** Re-runs on a real cache against a real server: a conversation of two turns, and two endpoints with a judge. */
import { afterEach } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import { createReplays, type Replays } from '#core/replay/engine.ts';
import type { Topic } from '#shared/contract/index.ts';
import { Config, type ConfigInput } from '#shared/model/config.ts';
import type { Replay } from '#shared/model/replay.ts';
import { realClock, secretsOf, silentLog } from '../fixtures/deps.ts';
import {
  type AskedCompletion,
  type ModelServer,
  startModelServer,
  type Told,
} from '../fixtures/model-server.ts';
import { testCache, turn } from './cache-kit.ts';

export const AT = 1_700_000_000_000;
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface World {
  cache: Cache;
  config: Config;
  replays: Replays;
  server: ModelServer;
  topics: Topic[];
  key: number;
}

/** A conversation of two turns, the first with a tool call, and two endpoints on one server. */
export async function world(
  answer: (asked: AskedCompletion, count: number) => Told | Promise<Told>,
  more: { config?: Partial<ConfigInput>; dataDir?: string; endpoint?: object } = {},
): Promise<World> {
  const server = await startModelServer(answer);
  open.push(server);
  const cache = await testCache(more.dataDir === undefined ? {} : { dataDir: more.dataDir });
  const spans = [
    ...withTool(
      turn({
        conversation: 'c-1',
        trace: 't1',
        at: AT,
        said: 'Where is A-1?',
        answer: 'On its way.',
        language: 'en',
      }),
    ),
    ...turn({
      conversation: 'c-1',
      trace: 't2',
      at: AT + 60_000,
      said: 'Thanks a lot for your help',
      answer: 'You are welcome.',
      language: 'en',
    }),
  ];
  await cache.write('commitBatch', { source: 's', batch: { spans } });
  const config = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    services: [{ id: 'bot', environments: { production: { where: {} } } }],
    sources: [{ id: 'otlp', kind: 'otlp' }],
    endpoints: ['old', 'new', 'judge'].map((id) => ({
      id,
      baseUrl: server.baseUrl,
      model: id,
      ...(id === 'judge' ? {} : { version: id === 'old' ? 'v41' : 'v42' }),
      prices: { input: 1, output: 2 },
      timeout: '2s',
      seed: true,
      ...more.endpoint,
    })),
    replay: { judge: 'judge' },
    ...more.config,
  } satisfies ConfigInput);
  const topics: Topic[] = [];
  const replays = createReplays({
    cache,
    clock: realClock,
    log: silentLog,
    secrets: secretsOf({}),
    config: () => config,
    publish: (changed) => topics.push(...changed),
  });
  open.push(replays);
  const [found] = await cache.read('findConversations', { ids: ['c-1'], limit: 1 });
  return { cache, config, replays, server, topics, key: found?.key ?? -1 };
}

export function withTool(spans: ReturnType<typeof turn>) {
  const [root, chat] = spans;
  const schema = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
  Object.assign(chat.span.attributes, {
    'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
    'gen_ai.tool.definitions': JSON.stringify([
      { type: 'function', name: 'lookup', parameters: schema },
    ]),
  });
  const tool = {
    ...chat,
    span: {
      ...chat.span,
      spanId: 't1-tool',
      name: 'execute_tool lookup',
      operation: 'tool' as const,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'lookup',
        'gen_ai.tool.call.id': 'c',
        'gen_ai.tool.call.arguments': '{"id":"A-1"}',
        'gen_ai.tool.call.result': '{"state":"sent"}',
      },
    },
  };
  return [root, chat, tool];
}

/** What a well-behaved model says: a tool call where it may, then words. */
export const polite = ({ body }: AskedCompletion): Told => {
  const last = body.messages.at(-1);
  if (last?.role === 'user' && body.tools && String(last.content).includes('A-1')) {
    return { kind: 'calls', calls: [{ name: 'lookup', arguments: '{"id":"A-1"}' }] };
  }
  return { kind: 'text', text: `Your order ${body.seed} was sent today and is on its way.` };
};

export async function ended(replays: Replays, id: string): Promise<Replay> {
  for (;;) {
    const { replay } = await replays.read(id);
    if (replay.state !== 'running') return replay;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const ASK = { samples: 2, history: 'own' as const, judge: false, budget: {} };
