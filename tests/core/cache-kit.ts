/** A real cache in a folder of its own, and the records that sources would bring. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Cache } from '#core/cache/client.ts';
import { WriteDb } from '#core/cache/db.ts';
import { type CacheOptions, openCache } from '#core/cache/open.ts';
import { openCacheFile } from '#core/cache/open-file.ts';
import type { SeriesPoints, SpanRecord } from '#core/sources/connector.ts';
import { silentLog } from '../fixtures/deps.ts';

export const WORKER = new URL('../../electron/core/cache/worker.ts', import.meta.url);

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nightdesk-cache-'));
  undo.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Closed and removed after the test. */
export async function testCache(options: Partial<CacheOptions> = {}): Promise<Cache> {
  const dataDir = options.dataDir ?? (await tempDir());
  const cache = await openCache({ worker: WORKER, log: silentLog, ...options, dataDir });
  undo.push(() => cache.close());
  return cache;
}

/** The writer's connection without its thread: for many small runs. `statements`: all SQL it was given. */
export async function directDb() {
  const { db: raw } = openCacheFile(join(await tempDir(), 'cache.db'), 0, null);
  undo.push(() => raw.close());
  const statements = new Set<string>();
  const prepare = raw.prepare.bind(raw);
  raw.prepare = (sql: string) => {
    statements.add(sql);
    return prepare(sql);
  };
  const db = new WriteDb(raw, { slowTurnMs: {}, flagServices: {}, masking: null });
  return { db, raw, statements };
}

export function points(
  at: readonly [ts: number, value: number][],
  key: Partial<SeriesPoints['key']> = {},
): SeriesPoints {
  return {
    key: { signal: 'latency_p95', service: 'bot', environment: 'production', version: '', ...key },
    ts: Float64Array.from(at, (one) => one[0]),
    value: Float64Array.from(at, (one) => one[1]),
  };
}

export interface TurnInput {
  conversation: string | null;
  trace: string;
  at?: number;
  ms?: number;
  said?: string;
  answer?: string;
  service?: string;
  environment?: string;
  version?: string;
  language?: string;
  answerLanguage?: string;
  unsure?: boolean;
  cost?: number;
  attributes?: Record<string, unknown>;
}

const text = (role: string, content: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);

/** The spans of one turn as a bot exports them: the agent's span, and a model call inside it. */
export function turn(input: TurnInput): [SpanRecord, SpanRecord] {
  const at = input.at ?? 1_700_000_000_000;
  const ms = input.ms ?? 900;
  const place = {
    conversation: input.conversation,
    service: input.service ?? 'bot',
    environment: input.environment ?? 'production',
    version: input.version ?? 'v41',
  };
  const span = (id: string, parentId: string | null, name: string) => ({
    traceId: input.trace,
    spanId: `${input.trace}-${id}`,
    parentId,
    name,
    startedAt: at,
    durationMs: ms,
    status: 'unset' as const,
    statusMessage: '',
    events: [],
  });
  const root = `${input.trace}-a`;
  return [
    {
      ...place,
      span: {
        ...span('a', null, 'invoke_agent bot'),
        operation: 'turn',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          ...(input.conversation === null ? {} : { 'gen_ai.conversation.id': input.conversation }),
          'gen_ai.input.messages': text('user', input.said ?? 'Where is my order?'),
          'gen_ai.output.messages': text('assistant', input.answer ?? 'On its way.'),
          'ai.model.version': place.version,
          ...(input.language === undefined ? {} : { 'ai.language': input.language }),
          ...(input.answerLanguage === undefined
            ? {}
            : { 'ai.answer.language': input.answerLanguage }),
          ...(input.unsure ? { 'ai.unsure': true } : {}),
          ...(input.cost === undefined ? {} : { 'ai.cost_usd': input.cost }),
          ...input.attributes,
        },
      },
    },
    {
      ...place,
      span: {
        ...span('b', root, 'chat'),
        operation: 'chat',
        attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm-1' },
      },
    },
  ];
}
