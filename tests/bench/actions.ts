/**
 * What confirming costs beyond the calls it cannot do without, and how long a plan that was computed ahead takes: a
 * real cache and journal, the connector, and a flag service in a process of its own (the demo's; a real Unleash where
 * one can be had).
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import { createActions } from '#core/actions/engine.ts';
import type { ActionFacts } from '#core/actions/facts.ts';
import { createLocks } from '#core/actions/locks.ts';
import { createHttp } from '#core/sources/http.ts';
import { featurePath } from '#core/sources/unleash/control.ts';
import { createUnleashConnector } from '#core/sources/unleash/index.ts';
import { WireFeature } from '#core/sources/unleash/wire.ts';
import { Config, type SourceConfigOf } from '#shared/model/config.ts';
import { DEFAULT_SIGNALS } from '#shared/model/default-signals.ts';
import { missing, startUnleash } from '../backends/harness/index.ts';
import { clockAt, inTempDir, log, noSecrets, open } from './kit.ts';
import { missing as gap, median, quantile, report, SMOKE, sized, timed } from './report.ts';

const ROUNDS = sized(60, 3);
const WARM = sized(10, 1);
const FLAG = 'bench-model';
const ENVIRONMENT = 'production';
const request = { kind: 'rollback', service: 'bench', environment: ENVIRONMENT } as const;

interface FlagServer {
  name: string;
  url: string;
  admin: string;
  client: string;
  stop(): Promise<void>;
}

const clock = clockAt(Date.now);
const signal = () => AbortSignal.timeout(30_000);
/** None of these is asked between the press and `stored`. */
const facts: ActionFacts = {
  service: async () => null,
  conversations: async () => 0,
  changes: async () => [],
  breaches: async () => [],
  silences: async () => [],
  freshness: async () => [],
  signals: () => DEFAULT_SIGNALS,
};

async function measure(server: FlagServer, dir: string): Promise<void> {
  const config = Config.parse({
    version: 1,
    environments: [{ name: ENVIRONMENT, protected: true }],
    services: [
      {
        id: 'bench',
        environments: { [ENVIRONMENT]: { where: { service: 'bench' } } },
        modelFlag: { source: 'flags', flag: FLAG, stable: 'v41', candidate: 'v42' },
      },
    ],
    sources: [
      {
        id: 'flags',
        kind: 'unleash',
        url: server.url,
        secret: 'ADMIN',
        environments: { [ENVIRONMENT]: { name: ENVIRONMENT, clientSecret: 'CLIENT' } },
      },
    ],
  });
  const http = createHttp({
    base: server.url,
    timeoutMs: 10_000,
    headers: async () => ({ authorization: server.admin }),
  });
  await makeFlag(http);
  const secrets: Record<string, string> = { ADMIN: server.admin, CLIENT: server.client };
  const connector = createUnleashConnector(
    config.sources.find((one): one is SourceConfigOf<'unleash'> => one.kind === 'unleash') ??
      never('no source'),
    {
      clock,
      random: Math.random,
      log,
      secrets: { ...noSecrets, get: async (name) => secrets[name] ?? null },
      config,
      signals: DEFAULT_SIGNALS,
      baseDir: dir,
    },
  );
  const cache = await open(dir);
  let changed: () => void = () => undefined;
  const locks = createLocks({
    cache,
    clock,
    protectedEnvironments: () => [ENVIRONMENT],
    ranOut: () => undefined,
  });
  const actions = createActions({
    cache,
    clock,
    log,
    locks,
    config: () => config,
    control: () => connector.control,
    silences: () => undefined,
    facts,
    publish: () => changed(),
  });
  const confirmation = { by: 'bench', role: 'responder', reason: '' } as const;

  /** From the press to the step `stored`. */
  async function confirmed(plan: string): Promise<{ id: string; ms: number }> {
    const start = performance.now();
    const { id } = await actions.execute(plan, confirmation);
    for (;;) {
      const news = new Promise<void>((resolve) => {
        changed = resolve;
      });
      const { steps, outcome } = await actions.read(id);
      if (steps.some(({ name, state }) => name === 'stored' && state === 'done')) break;
      if (outcome === 'failed') throw new Error(JSON.stringify(steps));
      await news;
    }
    return { id, ms: performance.now() - start };
  }

  /** The calls without which nothing is safe: read, write, read back. */
  async function bare(weight: number): Promise<void> {
    const path = featurePath('default', FLAG);
    const feature = await http.json(path, WireFeature, { signal: signal() });
    const strategy =
      feature.environments.find(({ name }) => name === ENVIRONMENT)?.strategies?.[0] ??
      never('no strategy');
    const variants = strategy.variants?.map((one) => ({
      ...one,
      weight: one.name === 'v41' ? weight : 1000 - weight,
    }));
    await http.raw(`${path}/environments/${ENVIRONMENT}/strategies/${strategy.id}`, {
      method: 'PUT',
      body: { ...strategy, variants },
      signal: signal(),
    });
    await http.json(path, WireFeature, { signal: signal() });
  }

  const took = { confirmed: [] as number[], bare: [] as number[], ahead: [] as number[] };
  try {
    for (let round = 0; round < WARM + ROUNDS; round++) {
      await actions.prepare([request]);
      let plan = '';
      const ahead = await timed(async () => {
        plan = (await actions.plan(request, signal())).id;
      });
      const { id, ms } = await confirmed(plan);
      const undo = await actions.undo(id, confirmation, signal());
      while ((await actions.read(undo.id)).steps[1]?.state !== 'done') {
        await clock.sleep(2, signal());
      }
      // Undone, it would go on to watch for traffic that never comes.
      const direct = await timed(() => bare(1000));
      await bare(750);
      if (round < WARM) continue;
      took.confirmed.push(ms);
      took.bare.push(direct);
      took.ahead.push(ahead);
    }
  } finally {
    await actions.close();
    locks.close();
    await cache.close();
  }
  const [value, limit] = [median(took.confirmed), median(took.bare)];
  report({
    name: `actions.execute: confirmed to stored, ${server.name}`,
    value,
    unit: 'ms',
    limit,
    ratio: value / limit,
    goal: '<= 1.3',
    met: value / limit <= 1.3,
    of: 'median, beside read, write and read back alone',
  });
  const p95 = quantile(took.ahead, 0.95);
  report({
    name: `actions.plan: computed ahead, p95, ${server.name}`,
    value: p95,
    unit: 'ms',
    goal: '<= 5',
    met: p95 <= 5,
  });
}

async function makeFlag(http: ReturnType<typeof createHttp>): Promise<void> {
  const post = (path: string, body?: object) =>
    http.raw(path, { method: 'POST', ...(body ? { body } : {}), signal: signal() });
  const all = '/api/admin/projects/default/features';
  await post(all, { name: FLAG, type: 'release' });
  const variant = { stickiness: 'default' };
  await post(`${all}/${FLAG}/environments/${ENVIRONMENT}/strategies`, {
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'default', groupId: FLAG },
    constraints: [],
    variants: [
      { ...variant, name: 'v41', weight: 750, weightType: 'fix' },
      { ...variant, name: 'v42', weight: 250, weightType: 'variable' },
    ],
  });
  await post(`${all}/${FLAG}/environments/${ENVIRONMENT}/on`);
}

async function startDemoFlags(dir: string): Promise<FlagServer> {
  const port = await freePort();
  const [admin, client] = ['*:*.bench-admin-token', 'default:production.bench-client-token'];
  const module = new URL('../../electron/demo/processes/flags.ts', import.meta.url);
  const child = fork(module, {
    env: {
      ...process.env,
      DEMO_SEED: '1',
      DEMO_STARTED_AT: String(Date.now()),
      DEMO_DIR: dir,
      DEMO_PARENT_PID: String(process.pid),
      DEMO_PORT: String(port),
      DEMO_ADMIN_TOKEN: admin,
      DEMO_CLIENT_TOKEN: client,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) break;
    await clock.sleep(50);
  }
  return {
    name: 'demo flag service',
    url,
    admin,
    client,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function realUnleash(): Promise<FlagServer> {
  const unleash = await startUnleash();
  const { url, adminToken: admin, clientToken: client } = unleash;
  return { name: 'real Unleash', url, admin, client, stop: () => unleash.stop() };
}

function never(why: string): never {
  throw new Error(why);
}

async function on(start: (dir: string) => Promise<FlagServer>): Promise<void> {
  await inTempDir(async (dir) => {
    const server = await start(dir);
    try {
      await measure(server, dir);
    } finally {
      await server.stop();
    }
  });
}

await on(startDemoFlags);
const why = SMOKE ? 'not in a smoke run' : await missing('unleash');
if (why === null) await on(realUnleash);
else gap('actions.execute: confirmed to stored, real Unleash', why);
