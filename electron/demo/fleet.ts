/** Starts and ends the demo fleet: three bots under traffic, a flag service, an alert service. All on loopback. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { ConfigInput } from '#shared/model/config.ts';
import {
  ADMIN_SECRET,
  at,
  CLIENT_SECRET,
  type DemoPorts,
  demoConfig,
  MODELS_SECRET,
} from './config.ts';
import { BOTS, type BotProfile } from './world/bots.ts';

export interface DemoProcess {
  pid: number | undefined;
  onExit(fn: (code: number | null) => void): void;
  /** Asks it to end. */
  kill(): void;
}

/** Starts a module as a process of its own: `fork` under Node, `utilityProcess` in Electron. */
export type SpawnDemo = (module: URL, env: Record<string, string>) => DemoProcess;

export interface DemoOptions {
  /** A folder for the fleet's own files; made when it is not there. */
  dir: string;
  /** Where the console receives traces. It may begin to listen later. */
  otlpPort: number;
  /** The same seed makes the same choices everywhere. */
  seed: number;
  spawn: SpawnDemo;
  /** Ends the fleet, also while it starts. */
  signal?: AbortSignal;
  /** Told once for each process that ends by itself. Nothing is started again. */
  onProblem?: (message: string) => void;
}

export type DemoName = 'flags' | 'alerts' | 'users' | BotProfile['id'];

export interface DemoFleet {
  config: ConfigInput;
  secrets: Record<string, string>;
  ports: DemoPorts;
  /** When the fleet's present began, milliseconds since the epoch. */
  startedAt: number;
  /** Processes that run now. */
  pids(): Partial<Record<DemoName, number>>;
  /** Ends one process, for drills; resolves when it is gone. */
  end(name: DemoName): Promise<void>;
  /** Starts one that ended again, on the same port; the flag service comes back as it went. */
  restart(name: DemoName): Promise<void>;
  stop(): Promise<void>;
}

/** Two seconds on an idle machine with two cores; a busy one may take long. */
const READY_WITHIN = 60_000;
const ENDS_WITHIN = 2000;

interface Plan {
  name: DemoName;
  /** File name below `processes/`. */
  module: string;
  env: Record<string, string>;
  /** Answers 2xx when it is ready; null = ready at once. */
  ready: string | null;
}

/** Resolves when all of it answers. Rejects with a sentence for a person when a process ends or does not get ready. */
export async function startDemoFleet(options: DemoOptions): Promise<DemoFleet> {
  mkdirSync(options.dir, { recursive: true });
  const ports = await choosePorts(options.otlpPort);
  const secrets = {
    [ADMIN_SECRET]: `*:*.${randomBytes(24).toString('hex')}`,
    [CLIENT_SECRET]: `default:production.${randomBytes(24).toString('hex')}`,
    [MODELS_SECRET]: `sk-demo-${randomBytes(24).toString('hex')}`,
  };
  const startedAt = Date.now();
  const running = new Map<DemoName, Running>();
  const plans = planFleet(options, ports, secrets, startedAt);

  const begin = async (plan: Plan, extra: Record<string, string> = {}) => {
    options.signal?.throwIfAborted();
    const process = start(plan, { ...plan.env, ...extra }, options.spawn);
    running.set(plan.name, process);
    process.exited.then((code) => {
      if (running.get(plan.name) === process) running.delete(plan.name);
      if (!process.wanted) return;
      options.onProblem?.(`The demo's ${plan.name} ended by itself (${code ?? 'killed'}).`);
    });
    await ready(plan, process, options.signal);
    process.wanted = true;
  };
  const stop = async () => {
    options.signal?.removeEventListener('abort', stop);
    await Promise.all([...running.values()].map(endProcess));
  };
  options.signal?.addEventListener('abort', stop);
  try {
    // All at once: whoever needs another waits for it.
    await Promise.all(plans.map((plan) => begin(plan)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    config: demoConfig(ports, startedAt),
    secrets,
    ports,
    startedAt,
    pids: () =>
      Object.fromEntries(
        [...running].flatMap(([name, { process }]) =>
          process.pid === undefined ? [] : [[name, process.pid]],
        ),
      ),
    end: async (name) => {
      const process = running.get(name);
      if (process) await endProcess(process);
    },
    restart: async (name) => {
      const plan = plans.find((one) => one.name === name);
      if (plan && !running.has(name)) await begin(plan, { DEMO_RESUME: '1' });
    },
    stop,
  };
}

function planFleet(
  options: DemoOptions,
  ports: DemoPorts,
  secrets: Record<string, string>,
  startedAt: number,
): Plan[] {
  const common = {
    DEMO_SEED: String(options.seed),
    DEMO_STARTED_AT: String(startedAt),
    DEMO_DIR: options.dir,
    DEMO_PARENT_PID: String(process.pid),
    // Compiled once for all of them, and for the next start.
    NODE_COMPILE_CACHE: path.join(options.dir, 'compiled'),
    // Small processes: they hold little and need not keep garbage.
    NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=96',
  };
  const admin = secrets[ADMIN_SECRET] ?? '';
  const client = secrets[CLIENT_SECRET] ?? '';
  const botUrls = Object.fromEntries(BOTS.map((bot) => [bot.id, at(ports.bots[bot.id])]));
  const metricUrls = Object.fromEntries(
    BOTS.map((bot) => [bot.id, `${at(ports.bots[bot.id])}/metrics`]),
  );
  return [
    {
      name: 'flags',
      module: 'flags',
      env: {
        ...common,
        DEMO_PORT: String(ports.flags),
        DEMO_ADMIN_TOKEN: admin,
        DEMO_CLIENT_TOKEN: client,
      },
      ready: `${at(ports.flags)}/health`,
    },
    ...BOTS.map((bot) => ({
      name: bot.id,
      module: 'bot',
      env: {
        ...common,
        DEMO_BOT: bot.id,
        DEMO_PORT: String(ports.bots[bot.id]),
        DEMO_FLAGS_URL: at(ports.flags),
        DEMO_CLIENT_TOKEN: client,
        DEMO_MODELS_KEY: secrets[MODELS_SECRET] ?? '',
        DEMO_OTLP_URL: `${at(ports.otlp)}/v1/traces`,
        // One of each kind that a receiver must take: gzipped JSON, protobuf, plain JSON.
        ...(bot.id === 'sales-assistant' ? { DEMO_OTLP_PROTOCOL: 'protobuf' } : {}),
        ...(bot.id === 'support-bot' ? { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } : {}),
      },
      ready: `${at(ports.bots[bot.id])}/health`,
    })),
    {
      name: 'alerts',
      module: 'alerts',
      env: { ...common, DEMO_PORT: String(ports.alerts), DEMO_TARGETS: JSON.stringify(metricUrls) },
      ready: `${at(ports.alerts)}/-/ready`,
    },
    {
      name: 'users',
      module: 'users',
      env: { ...common, DEMO_BOTS: JSON.stringify(botUrls) },
      ready: null,
    },
  ];
}

interface Running {
  process: DemoProcess;
  exited: Promise<number | null>;
  /** True from when it was ready until it is asked to end: its end is told then. */
  wanted: boolean;
}

function start(plan: Plan, env: Record<string, string>, spawn: SpawnDemo): Running {
  // The ending is that of this module: sources run as they are, the build has everything as JavaScript.
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const process = spawn(new URL(`./processes/${plan.module}.${ending}`, import.meta.url), env);
  return {
    process,
    exited: new Promise((resolve) => process.onExit(resolve)),
    wanted: false,
  };
}

async function ready(plan: Plan, running: Running, signal: AbortSignal | undefined): Promise<void> {
  const { ready: url } = plan;
  let gone: string | null = null;
  running.exited.then((code) => {
    gone = `The demo's ${plan.name} ended while it started (${code ?? 'killed'}). The log has what it said.`;
  });
  const until = Date.now() + READY_WITHIN;
  do {
    signal?.throwIfAborted();
    if (url === null || (await answers(url))) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (gone !== null) throw new Error(gone);
  } while (Date.now() < until);
  throw new Error(
    `The demo's ${plan.name} did not answer at ${url} within ${READY_WITHIN / 1000} s.`,
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

async function endProcess(running: Running): Promise<void> {
  running.wanted = false;
  const { process: child, exited } = running;
  child.kill();
  const late = setTimeout(() => {
    if (child.pid === undefined) return;
    try {
      process.kill(child.pid, 'SIGKILL');
    } catch {
      // It went in the meantime.
    }
  }, ENDS_WITHIN);
  await exited;
  clearTimeout(late);
}

/** Free ports of 127.0.0.1, all held until the last is chosen, so that they differ. */
async function choosePorts(otlp: number): Promise<DemoPorts> {
  const servers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const numbers = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const [flags = 0, alerts = 0, support = 0, sales = 0, docs = 0] = numbers;
  return {
    flags,
    alerts,
    otlp,
    bots: { 'support-bot': support, 'sales-assistant': sales, 'docs-search': docs },
  };
}
