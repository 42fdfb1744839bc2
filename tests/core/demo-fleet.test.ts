/** The demo fleet as it really runs: its own processes, real HTTP, real traces. One fleet for all tests of this file, in order. */
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_SECRET, at } from '../../electron/demo/config.ts';
import { type DemoFleet, startDemoFleet } from '../../electron/demo/fleet.ts';
import { botNamed } from '../../electron/demo/world/bots.ts';
import { pastConversations } from '../../electron/demo/world/past.ts';
import { Config } from '../../shared/model/config.ts';
import { type OtlpSink, otlpSink } from '../fixtures/otlp-sink.ts';

const SEED = 42;
const SUPPORT = botNamed('support-bot');

let dir: string;
let sink: OtlpSink;
let fleet: DemoFleet;
const problems: string[] = [];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'demo-'));
  sink = await otlpSink();
  fleet = await startDemoFleet({
    dir,
    seed: SEED,
    otlpPort: sink.port,
    onProblem: (message) => problems.push(message),
    spawn: (module, env) => {
      const child = fork(fileURLToPath(module), [], {
        env: { PATH: process.env.PATH ?? '', ...env },
        execArgv: [],
      });
      return {
        pid: child.pid,
        onExit: (fn) => child.once('exit', fn),
        kill: () => child.kill('SIGTERM'),
      };
    },
  });
}, 40_000);

afterAll(async () => {
  await fleet?.stop();
  await sink?.close();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

describe('a fleet that has just started', () => {
  test('is watched by a configuration that is valid', () => {
    expect(Config.safeParse(fleet.config).error).toBeUndefined();
    expect(Object.keys(fleet.pids()).toSorted()).toEqual([
      'alerts',
      'docs-search',
      'flags',
      'sales-assistant',
      'support-bot',
      'users',
    ]);
  });

  test('lets live counters go on where the history of metrics ends', async () => {
    const base = at(fleet.ports.bots['support-bot']);
    const history = await text(`${base}/metrics/history`);
    const live = await text(`${base}/metrics`);
    for (const version of ['v41', 'v42']) {
      const last =
        values(history, 'gen_ai_server_request_duration_seconds_count', version).at(-1) ?? 0;
      const now = values(live, 'gen_ai_server_request_duration_seconds_count', version).at(-1) ?? 0;
      expect(last).toBeGreaterThan(500);
      expect(now).toBeGreaterThanOrEqual(last);
      expect(now).toBeLessThan(last + 1000);
    }
    expect(history.endsWith('# EOF\n')).toBe(true);
    expect(values(history, 'ai_requests_total', 'v41').length).toBeGreaterThan(1440);
  });

  test('sends the past conversations that its seed says, in three kinds of OTLP', async () => {
    const expected = pastConversations(String(SEED), SUPPORT);
    const wanted = new Map(
      expected.flatMap((one) =>
        one.turns.map((turn) => [
          `${one.user.conversationId} ${turn.message}`,
          one.ago - turn.offsetMs,
        ]),
      ),
    );
    await until('all past turns arrive', () => {
      const seen = pastTurns();
      return [...wanted.keys()].every((key) => seen.has(key));
    });
    const seen = pastTurns();
    for (const [key, ago] of wanted) expect(seen.get(key)).toBeCloseTo(fleet.startedAt - ago, -1);
    expect(sink.kinds).toEqual(
      new Set([
        'application/json gzip',
        'application/json identity',
        'application/x-protobuf identity',
      ]),
    );
  });
});

describe('the story', () => {
  test('an alert fires for the support bot alone', async () => {
    await until('the alert fires', async () => (await alerts()).length > 0);
    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      labels: {
        alertname: 'SupportBotLatencyHigh',
        service: 'support-bot',
        environment: 'production',
      },
      annotations: { runbook: 'quality-drop-after-version-change.md' },
      status: { state: 'active' },
    });
  });

  test('failing turns are Spanish refund questions on v42 that found English documents', async () => {
    await until('unsure turns are traced', () =>
      liveRoots().some(
        (span) =>
          span.attributes['ai.unsure'] === true &&
          span.attributes['ai.answer.language'] === 'en' &&
          span.attributes['ai.language'] === 'es',
      ),
    );
    const switched = liveRoots().filter(
      (span) => span.attributes['ai.language'] !== span.attributes['ai.answer.language'],
    );
    expect(new Set(switched.map((span) => span.attributes['ai.model.version']))).toEqual(
      new Set(['v42']),
    );
    const traces = new Set(switched.map((span) => span.traceId));
    const found = sink.spans.filter(
      (span) => span.name === 'retrieval' && traces.has(span.traceId),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const span of found) {
      expect(span.attributes['ai.retrieval.filter']).toBe('lang=none');
      expect(String(span.attributes['ai.retrieval.documents'])).toContain('refunds-policy.md');
    }
  });

  test('a silence suppresses it, and its end brings it back', async () => {
    const api = `${at(fleet.ports.alerts)}/api/v2`;
    const posted = await post(`${api}/silences`, {
      matchers: [
        { name: 'alertname', value: 'SupportBotLatencyHigh', isRegex: false, isEqual: true },
      ],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 60_000).toISOString(),
      createdBy: 'test',
      comment: 'quiet',
    });
    const { silenceID } = await posted.json();
    expect((await alerts())[0]?.status).toEqual({
      state: 'suppressed',
      silencedBy: [silenceID],
      inhibitedBy: [],
    });
    await fetch(`${api}/silence/${silenceID}`, { method: 'DELETE' });
    expect((await alerts())[0]?.status.state).toBe('active');
  });

  test('a kill switch turns a bot to its fallback at once', async () => {
    await admin('/features/docs-search-enabled/environments/production/off', 'POST');
    await until('docs-search falls back', async () => {
      const answer = await post(`${at(fleet.ports.bots['docs-search'])}/chat`, {
        conversationId: 'c-00000001',
        message: 'How do I pin the SDK?',
        language: 'en',
      });
      return (await answer.json()).fallback;
    });
    await admin('/features/docs-search-enabled/environments/production/on', 'POST');
  });

  test('after the variant is turned back, v42 gets nothing and the alert resolves', async () => {
    const environment = '/features/support-bot-model/environments/production';
    const [strategy] = await (await admin(`${environment}/strategies`)).json();
    const weights = (variant: { name: string }) => ({
      ...variant,
      weight: variant.name === 'v42' ? 0 : 1000,
    });
    await admin(`${environment}/strategies/${strategy.id}`, 'PUT', {
      ...strategy,
      variants: strategy.variants.map(weights),
    });
    await until('the alert resolves', async () =>
      (await alerts()).every((alert) => alert.labels.service !== 'support-bot'),
    );
    // By now all turns that were under way have ended.
    const requests = async (version: string) =>
      values(
        await text(`${at(fleet.ports.bots['support-bot'])}/metrics`),
        'ai_requests_total',
        version,
      ).at(-1) ?? 0;
    const before = { v41: await requests('v41'), v42: await requests('v42') };
    await until('v41 answers twenty more', async () => (await requests('v41')) >= before.v41 + 20);
    expect(await requests('v42')).toBe(before.v42);
  }, 60_000);
});

test('ends with all its processes, and none of them ended before', async () => {
  const pids = Object.values(fleet.pids());
  expect(problems).toEqual([]);
  await fleet.stop();
  expect(pids.length).toBe(6);
  for (const pid of pids) expect(alive(pid)).toBe(false);
});

test('a process whose starter is gone ends by itself', async () => {
  const module = fileURLToPath(new URL('../../electron/demo/processes/flags.ts', import.meta.url));
  const env = {
    PATH: process.env.PATH,
    DEMO_SEED: '1',
    DEMO_DIR: dir,
    DEMO_STARTED_AT: String(Date.now()),
    DEMO_PORT: '0',
    DEMO_ADMIN_TOKEN: 'a',
    DEMO_CLIENT_TOKEN: 'c',
  };
  // The starter starts it without a channel, tells its pid, and is killed.
  const starter = spawn(process.execPath, [
    '-e',
    `const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(module)}],
       { env: { ...${JSON.stringify(env)}, DEMO_PARENT_PID: String(process.pid) }, stdio: 'ignore' });
     console.log(child.pid); setInterval(() => {}, 1000);`,
  ]);
  const pid = await new Promise<number>((resolve) =>
    starter.stdout.once('data', (line) => resolve(Number(line))),
  );
  expect(alive(pid)).toBe(true);
  starter.kill('SIGKILL');
  await until('the orphan ends', () => !alive(pid));
});

interface ShownAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  status: { state: string; silencedBy: string[] };
}

async function alerts(): Promise<ShownAlert[]> {
  return (await fetch(`${at(fleet.ports.alerts)}/api/v2/alerts`)).json();
}

function liveRoots() {
  return sink.spans.filter(
    (span) => span.name.startsWith('invoke_agent support') && span.startMs > fleet.startedAt,
  );
}

/** Conversation and message → when the turn began. */
function pastTurns(): Map<string, number> {
  return new Map(
    sink.spans
      .filter((span) => span.name === 'invoke_agent support-bot' && span.startMs < fleet.startedAt)
      .map((span) => {
        const [message] = JSON.parse(String(span.attributes['gen_ai.input.messages']));
        return [
          `${span.attributes['gen_ai.conversation.id']} ${message.parts[0].content}`,
          span.startMs,
        ];
      }),
  );
}

function admin(place: string, method = 'GET', body?: object): Promise<Response> {
  return fetch(`${at(fleet.ports.flags)}/api/admin/projects/default${place}`, {
    method,
    headers: {
      authorization: fleet.secrets[ADMIN_SECRET] ?? '',
      'content-type': 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Values of a series of one version, in the order they stand. */
function values(exposition: string, name: string, version: string): number[] {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(`version="${version}"`))
    .map((line) => Number(line.split('} ')[1]?.split(' ')[0]));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The bound is there so that a failure ends; how long it takes is no part of the test. */
async function until(
  what: string,
  holds: () => unknown | Promise<unknown>,
  pauseMs = 100,
): Promise<void> {
  const end = Date.now() + 55_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
