/** Tracing backends on real ports, and consoles that may ask them. */
import { afterEach } from 'vitest';
import type { Caller, CoreDeps } from '#core/deps.ts';
import type { Input, Output } from '#shared/contract/index.ts';
import { Config, type ConfigInput } from '#shared/model/config.ts';
import { freePort } from '../../electron/host/free-port.ts';
import { type Asked, type FaultyServer, startFaultyServer } from '../fixtures/faulty-server.ts';
import { type RunningCore, runningCore } from '../fixtures/running-core.ts';
import { tempDir } from './cache-kit.ts';

export const EMAIL = 'ana.perez@example.com';
const admin = { name: 'ada', role: 'admin' } as const satisfies Caller;

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const START = Date.now() - 3_600_000;

/** The trace of turn `number` (from 0) of a conversation, as an exporter sends it; so many have one start as `abreast` says. */
export function turnOf(
  conversation: string,
  number = 0,
  { service = 'support-bot', abreast = 1, said = `I am ${EMAIL}, turn ${number}` } = {},
) {
  const input = [{ role: 'user', parts: [{ type: 'text', content: said }] }];
  const at = START + Math.floor(number / abreast) * 100;
  return {
    resource: {
      attributes: [
        text('service.name', service),
        text('deployment.environment.name', 'production'),
      ],
    },
    scopeSpans: [
      {
        spans: [
          {
            traceId: traceOf(service, number),
            spanId: 'cd'.repeat(8),
            name: 'invoke_agent',
            startTimeUnixNano: `${at}000000`,
            endTimeUnixNano: `${at + 50}000000`,
            attributes: [
              text('gen_ai.operation.name', 'invoke_agent'),
              text('gen_ai.conversation.id', conversation),
              text('gen_ai.input.messages', JSON.stringify(input)),
            ],
          },
        ],
      },
    ],
  };
}

export type Told = ReturnType<typeof turnOf>;

export const traceOf = (service: string, number: number) =>
  (service === 'support-bot' ? 'a' : 'b') + number.toString(16).padStart(31, '0');

/** Answers what `know` tells of an ID, else 404. Its lookup's address is `${url}/by/{id}`. */
export async function tracingBackend(
  know: (id: string, asked: Asked) => readonly Told[] | Promise<readonly Told[]>,
): Promise<FaultyServer> {
  const server = await startFaultyServer(async (asked) => {
    const resourceSpans = await know(decodeURIComponent(asked.path.replace('/by/', '')), asked);
    return resourceSpans.length > 0
      ? { body: { resourceSpans } }
      : { status: 404, body: 'no such thing' };
  });
  open.push(server.close);
  return server;
}

export interface ConsoleBeside extends RunningCore {
  dataDir: string;
  reveal(asked: Input<'conversations.reveal'>): Promise<Output<'conversations.reveal'>>;
  fetched(id: string): Promise<Output<'conversations.fetch'>['asked']>;
  /** Sends spans to a source's receiver, as a service does. */
  export(source: string, turns: readonly Told[]): Promise<void>;
  keyOf(id: string, service?: string): Promise<number>;
}

type OtlpInput = Extract<ConfigInput['sources'][number], { kind: 'otlp' }>;

/** One source per entry, each with a receiver of its own. */
export async function consoleBeside(
  sources: Readonly<Record<string, Pick<OtlpInput, 'lookup' | 'timeout'>>>,
  deps: Partial<CoreDeps> = {},
): Promise<ConsoleBeside> {
  const dataDir = await tempDir();
  const ports = new Map<string, number>();
  for (const id of Object.keys(sources)) ports.set(id, await freePort());
  const config = Config.parse({
    version: 1,
    environments: [{ name: 'production' }],
    services: ['support-bot', 'sales-assistant'].map((id) => ({
      id,
      environments: { production: { where: {} } },
    })),
    sources: Object.entries(sources).map(([id, source]) => ({
      kind: 'otlp',
      id,
      port: ports.get(id),
      ...source,
    })),
  });
  const running = await runningCore(dataDir, config, deps);
  open.push(running.close);
  const { core, viewer, responder } = running;
  return {
    ...running,
    dataDir,
    reveal: async (asked) =>
      (await core.call('conversations.reveal', asked, admin)) as Output<'conversations.reveal'>,
    fetched: async (id) => (await responder('conversations.fetch', { id })).asked,
    export: async (source, turns) => {
      await viewer('sources.sync', { id: source });
      const response = await fetch(`http://127.0.0.1:${ports.get(source)}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: turns }),
      });
      if (!response.ok) throw new Error(`${source} answers ${response.status}`);
    },
    keyOf: async (id, service) =>
      (await viewer('conversations.read', { id, ...(service ? { service } : {}) })).conversation
        .summary.key,
  };
}
