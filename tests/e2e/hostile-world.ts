/**
 * A console around which everything that may speak to it is hostile: services (through the real SDK), the flag service, the
 * alert service, the models that answer again, and the authors of runbooks.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SpanStatusCode } from '@opentelemetry/api';
import { stringify } from 'yaml';
import type { ConfigInput } from '#shared/model/config.ts';
import { freePort } from '../../electron/host/free-port.ts';
import { FIRING, startAlertService } from '../fixtures/alert-service.ts';
import type { FaultyServer } from '../fixtures/faulty-server.ts';
import { FEATURES, SECRETS, startFlagService } from '../fixtures/flag-service.ts';
import { HIDES, HOSTILE, type HostileText } from '../fixtures/hostile.ts';
import { startModelServer } from '../fixtures/model-server.ts';
import { type Sdk, span, startSdk } from '../fixtures/otlp.ts';
import { type RunningConsole, startConsole } from './kit.ts';

export const ALERT = `Bot${HIDES}`;
export const ENDPOINTS = ['old', 'new'] as const;
/** IDs that hide something too, but not where they begin. */
export const HIDING_ID = 'hiding-\u202eid\u200b-1';
const OTHER_HIDING_ID = 'hiding-\u202eid\u200b-2';

/** What an address means something by. */
export const ADDRESS_IDS = ['a%2Fb', 'a/b', '100%', '..', 'trace.js'];

export const idOf = (index: number) => `hostile-${String(index).padStart(2, '0')}`;

export interface HostileWorld {
  console: RunningConsole;
  /** The alert service's server. */
  alerts: FaultyServer;
  stop(): Promise<void>;
}

export async function hostileWorld(): Promise<HostileWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightdesk-hostile-'));
  const open: { close(): Promise<unknown> }[] = [
    { close: () => rm(folder, { recursive: true, force: true }) },
  ];
  const stop = async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  };
  try {
    const port = await freePort();
    const alerts = await startAlertService([hostileAlert()]);
    open.push(alerts);
    const flags = await startFlagService();
    open.push(flags);
    await hostileFlag(flags.admin);
    const models = await startModelServer(({ body }) =>
      body.model === 'new' && body.messages.at(-1)?.role !== 'tool'
        ? { kind: 'calls', calls: [{ name: HIDES, arguments: JSON.stringify({ q: HIDES }) }] }
        : { kind: 'text', text: `${HIDES} is your answer` },
    );
    open.push(models);
    await hostileRunbook(path.join(folder, 'runbooks'));
    const config: ConfigInput = {
      version: 1,
      environments: [{ name: 'production' }],
      services: [
        {
          id: 'support-bot',
          environments: { production: { where: { service: 'support-bot' } } },
          modelFlag: { source: 'flags', flag: 'model', stable: 'v41' },
        },
      ],
      sources: [
        { kind: 'otlp', id: 'transcripts', port },
        { kind: 'alertmanager', id: 'alerts', url: alerts.server.url, every: '1s' },
        {
          kind: 'unleash',
          id: 'flags',
          url: flags.server.url,
          every: '1s',
          secret: 'UNLEASH_ADMIN',
          environments: { production: { name: 'production', clientSecret: 'UNLEASH_CLIENT' } },
        },
        { kind: 'runbook-folder', id: 'runbooks', path: path.join(folder, 'runbooks') },
      ],
      endpoints: ENDPOINTS.map((id) => ({
        id,
        baseUrl: models.baseUrl,
        model: id,
        version: id === 'old' ? 'v41' : 'v42',
        prices: { input: 1, output: 2 },
      })),
    };
    const file = path.join(folder, 'nightdesk.yml');
    await writeFile(file, stringify(config));
    const console = await startConsole({
      dataDir: path.join(folder, 'data'),
      args: ['--config', file],
      env: SECRETS,
    });
    open.push({ close: () => console.stop() });
    const sdk = startSdk(`http://127.0.0.1:${port}`, 'json', true);
    for (const [index, one] of HOSTILE.entries()) say(sdk, idOf(index), one.text);
    say(sdk, HIDING_ID, HIDES);
    say(sdk, OTHER_HIDING_ID, HIDES);
    complaints(sdk);
    for (const id of ADDRESS_IDS) say(sdk, id, `called ${id}`);
    await sdk.flush();
    await sdk.shutdown();
    return { console, alerts: alerts.server, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function hostileAlert() {
  const at = Date.now() - 5 * 60_000;
  return {
    ...FIRING,
    labels: { ...FIRING.labels, alertname: ALERT },
    annotations: { summary: `p95 above ${HIDES}` },
    startsAt: at,
    updatedAt: at,
  };
}

/** A flag of hostile variants, with a history of them. */
async function hostileFlag(
  admin: (method: string, path: string, body?: unknown) => Promise<unknown>,
): Promise<void> {
  await admin('POST', FEATURES, { name: 'model', type: 'release', description: HIDES });
  const strategies = `${FEATURES}/model/environments/production/strategies`;
  const variant = (name: string, weightType: 'fix' | 'variable', weight: number) => ({
    name,
    weight,
    weightType,
    stickiness: 'default',
  });
  await admin('POST', strategies, {
    name: 'flexibleRollout',
    title: HIDES,
    parameters: { rollout: '100', stickiness: 'default', groupId: HIDES },
    constraints: [],
    variants: [variant('v41', 'fix', 750), variant(`v42${HIDES}`, 'variable', 250)],
  });
  await admin('POST', `${FEATURES}/model/environments/production/on`);
}

async function hostileRunbook(folder: string): Promise<void> {
  await mkdir(folder);
  const front = stringify({
    title: `When it says ${HIDES}`,
    owner: HIDES,
    alerts: [ALERT],
    services: ['support-bot'],
    references: { flags: [HIDES] },
  });
  const body = `Text ${HIDES}\n\n- [ ] Do ${HIDES}\n- Look at [${HIDES}](https://beacon.invalid/\u202e)\n\n\`${HIDES}\`\n`;
  await writeFile(path.join(folder, 'hostile.md'), `---\n${front}---\n${body}`);
}

/** A failing turn that has the text in everything that a service can send. */
function say({ tracer }: Sdk, id: string, text: HostileText['text']): void {
  const at = Date.now() - 60_000;
  const name = text.slice(0, 150);
  const said = (role: string) =>
    JSON.stringify([
      {
        role,
        parts: [
          { type: 'text', content: text },
          { type: name, content: name },
        ],
      },
    ]);
  const own = { 'gen_ai.conversation.id': id };
  const turn = span(
    tracer,
    text.slice(0, 2000),
    null,
    at,
    at + 900,
    {
      ...own,
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.input.messages': said('user'),
      'gen_ai.output.messages': said('assistant'),
      'ai.model.version': text.slice(0, 60),
      'ai.prompt.version': name,
      'ai.index.version': name,
      'ai.channel': name,
      'ai.language': name,
      'ai.answer.language': `other ${name}`,
      'ai.unsure': true,
    },
    (root) =>
      root.addEvent('feature_flag.evaluation', {
        'feature_flag.key': name,
        'feature_flag.result.variant': name,
      }),
  );
  span(
    tracer,
    `execute_tool ${text.slice(0, 200)}`,
    turn,
    at + 100,
    at + 200,
    {
      ...own,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': text.slice(0, 200),
      'gen_ai.tool.call.arguments': JSON.stringify({ [text.slice(0, 300)]: text.slice(0, 5000) }),
      'gen_ai.tool.call.result': text,
    },
    (tool) => {
      tool.addEvent(name, { [name]: name });
      tool.setStatus({ code: SpanStatusCode.ERROR, message: text.slice(0, 500) });
    },
  );
  span(tracer, 'retrieval', turn, at + 200, at + 300, {
    ...own,
    'gen_ai.operation.name': 'retrieval',
    'ai.retrieval.query': text.slice(0, 5000),
    'ai.retrieval.filter': `${name} none`,
    'ai.retrieval.documents': JSON.stringify([{ id: text.slice(0, 500), language: name }]),
  });
  span(tracer, 'chat', turn, at + 300, at + 800, {
    ...own,
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': name,
    'gen_ai.response.finish_reasons': [name],
  });
}

/** Enough that say the same, and enough healthy ones beside them, for a cluster; its version and language are hostile. */
function complaints({ tracer }: Sdk): void {
  const at = Date.now() - 30_000;
  const said = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  for (let index = 0; index < 40; index++) {
    const failing = index % 2 === 0;
    span(tracer, 'invoke_agent', null, at + index * 20, at + index * 20 + 500, {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.conversation.id': `said-${index}`,
      'gen_ai.input.messages': said(
        'user',
        failing ? 'my parcel never left the harbour' : 'how do I change my address',
      ),
      'gen_ai.output.messages': said('assistant', failing ? 'I am not sure' : 'In your settings.'),
      'ai.model.version': failing ? HIDES : 'v41',
      'ai.channel': failing ? HIDES : 'web',
      'ai.language': failing ? HIDES : 'en',
      'ai.unsure': failing,
    });
  }
}
